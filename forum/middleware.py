"""A suspension holds at every address of Talk and of the team, in every session."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from forum import rules
from forum.signals import SUSPENDED
from forum.views.people import closed

#: Where a suspended person gets no further; help, lessons and their own pages stay open.
CLOSED = frozenset({"talk", "queue", "team", "cms"})
#: What stays open in Talk: the rules, what was decided, and the way to a second look.
STAYS_OPEN = frozenset({"guidelines", "standing"})


class SuspendedPeople:
    """Answers 403 with the reason, the end and the way to appeal. Nothing is asked for anybody else.

    Live sessions end with the suspension (the epoch of the account), and signing in marks the new one
    (`forum.signals`): so the database is asked in marked sessions alone, and a mark whose time is over goes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_closed(request.path_info) and SUSPENDED in request.session and request.user.is_authenticated:
            restraint = rules.stops_all(rules.restraints_of(request.user))
            if restraint:
                return closed(request, restraint)
            del request.session[SUSPENDED]
        return self.get_response(request)


def _is_closed(path: str) -> bool:
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] in dict(settings.LANGUAGES):
        parts = parts[1:]
    if not parts or parts[0] not in CLOSED:
        return False
    if parts[0] != "talk" or len(parts) == 1:
        return True
    is_appeal = len(parts) == 4 and (parts[1], parts[3]) == ("p", "appeal")
    return parts[1] not in STAYS_OPEN and not is_appeal
