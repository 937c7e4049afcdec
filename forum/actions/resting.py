"""A board at rest takes nothing new. Asked inside the transaction that writes, as slow mode is."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from forum import rules
from forum.actions.errors import Refused
from forum.clocks import clock
from forum.models import Board, Member


def rest_of(board: Board, *, now: dt.datetime) -> dt.datetime | None:
    """When the rest of this board is over; None while it does not rest. Asks nothing of the database."""
    return rules.rest_ends_at(board, now=now, zone=ZoneInfo(settings.TIME_ZONE))


def refuse_at_rest(*, by: Member, board: Board, now: dt.datetime) -> None:
    """Raise Refused while the board rests; the team is exempt. A change of what was sent is no new post."""
    ends_at = rest_of(board, now=now)
    if ends_at is None or rules.may_write_at_rest(by.user):
        return
    raise Refused(
        _(
            "%(board)s rests until %(time)s, so nothing was sent. Your words are here. "
            "If it cannot wait, the help on this page is there now."
        )
        % {"board": board.name, "time": clock(ends_at, now=now)}
    )
