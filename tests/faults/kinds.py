"""Two kinds of message of the fault tests' own: news to members, and a page to the person on call."""

from accounts import notices, outbox
from accounts.notices import Words

NEWS, PAGE = "tests.news", "tests.on_call"


def register() -> None:
    """Make the kinds known to this process."""
    for kind in (NEWS, PAGE):
        notices.register_resolver(kind, lambda person, subject: Words("Words of a test", "/talk/"))
    outbox.register_on_call(PAGE)


def forget() -> None:
    """Take both back."""
    for kind in (NEWS, PAGE):
        notices._resolvers.pop(kind)
    outbox._on_call_kinds.discard(PAGE)
