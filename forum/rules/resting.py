"""The hours in which a board rests: it is read, and nothing new is taken. Pure."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo


def rest_ends_at(board: Any, *, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """When the rest this board has now is over, in UTC; None while it does not rest.

    `now` is aware. The hours are local to `zone` and may cross midnight; from and until the same is no rest.
    Compared in UTC: on the night of a clock change the rest is an hour longer or shorter, and never twice.
    """
    starts, ends = board.rests_from, board.rests_until
    if starts is None or ends is None or starts == ends:
        return None
    today = now.astimezone(zone).date()
    for day in (today - dt.timedelta(days=1), today):
        last_day = day if starts < ends else day + dt.timedelta(days=1)
        begins = dt.datetime.combine(day, starts, tzinfo=zone).astimezone(dt.UTC)
        over = dt.datetime.combine(last_day, ends, tzinfo=zone).astimezone(dt.UTC)
        if begins <= now < over:
            return over
    return None


def board_rests(board: Any, *, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Does this board take no new posts at this moment?"""
    return rest_ends_at(board, now=now, zone=zone) is not None
