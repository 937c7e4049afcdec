"""Where a reader was, kept in one signed cookie of their own browser: no account, no id, no row anywhere.

It holds the lesson to go on with and the lessons marked done, by their page numbers. It is written only when
the reader presses a button that says so. Leave removes it (contract: On the device).
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django.core import signing

COOKIE = "hub_progress"
SALT = "education.progress"
MAX_BYTES = 3_800
KEPT_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Progress:
    """`at`: the lesson to go on with; `done`: marked done, oldest first; `broken`: could not be read."""

    at: int | None = None
    done: tuple[int, ...] = ()
    broken: bool = False

    def with_done(self, lesson: int, *, then: int | None) -> "Progress":
        """The lesson is done; `then` is the one to go on with."""
        rest = tuple(number for number in self.done if number != lesson)
        return Progress(at=then, done=(*rest, lesson))

    def without(self, lesson: int) -> "Progress":
        """The lesson is not done after all, and is the one to go on with."""
        return Progress(at=lesson, done=tuple(number for number in self.done if number != lesson))

    def at_place(self, lesson: int) -> "Progress":
        """Go on with this lesson."""
        return replace(self, at=lesson, broken=False)


def read(request) -> Progress:
    """What the cookie says. A cookie that was changed, or is too long, counts as none, marked `broken`."""
    text = request.COOKIES.get(COOKIE, "")
    if not text:
        return Progress()
    if len(text) > MAX_BYTES:
        return Progress(broken=True)
    try:
        at, done = signing.loads(text, salt=SALT)
        if not (at is None or isinstance(at, int)) or not all(isinstance(number, int) for number in done):
            raise ValueError
    except (signing.BadSignature, ValueError, TypeError):
        return Progress(broken=True)
    return Progress(at=at, done=tuple(done))


def write(response, progress: Progress) -> None:
    """Keep it in the browser; the oldest done lessons go first when it would grow too long."""
    done = list(progress.done)
    text = signing.dumps((progress.at, done), salt=SALT, compress=True)
    while len(text) > MAX_BYTES and done:
        done = done[len(done) // 10 + 1 :]
        text = signing.dumps((progress.at, done), salt=SALT, compress=True)
    response.set_cookie(
        COOKIE,
        text,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response) -> None:
    """Remove it."""
    response.delete_cookie(COOKIE, samesite="Lax")
