"""Two kinds of message of the fault tests' own: news to members, and a page to the person on call."""

from accounts import mailing, notices, outbox
from accounts.notices import Words
from accounts.states import MailGroup

NEWS, PAGE = "tests.news", "tests.on_call"


def register() -> None:
    """Make the kinds known to this process."""
    for kind in (NEWS, PAGE):
        notices.register_resolver(
            kind, lambda person, subject: Words("Words of a test", "/talk/"), mail=MailGroup.DECISIONS
        )
    outbox.register_on_call(PAGE)


def forget() -> None:
    """Take both back."""
    for kind in (NEWS, PAGE):
        notices._resolvers.pop(kind)
        mailing._groups.pop(kind)
    outbox._on_call_kinds.discard(PAGE)
