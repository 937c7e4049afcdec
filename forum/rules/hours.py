"""Staffed hours: when someone is here, and when a clock that runs only then is due. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from forum.rules.limits import COUNTED_IN_STAFFED_HOURS
from forum.states import Severity

#: Weekday ("0" is Monday) to spans of local time, each ("08:00", "22:00"); "24:00" is midnight at the end.
#: Empty: the site never said when someone is here, so every hour counts.
Hours = Mapping[str, Sequence[Sequence[str]]]

#: A clock that cannot end (no staffed minute in a week) would search for ever.
_SEARCHES_DAYS = 60


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _spans(day: dt.date, hours: Hours, zone: ZoneInfo) -> list[tuple[dt.datetime, dt.datetime]]:
    """The staffed spans of a local day, in UTC: a difference of local times would miss a clock change."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    spans = []
    for start, end in sorted((span[0], span[1]) for span in hours.get(str(day.weekday()), ())):
        ends = [midnight + dt.timedelta(minutes=_minutes(clock)) for clock in (start, end)]
        spans.append((ends[0].astimezone(dt.UTC), ends[1].astimezone(dt.UTC)))
    return spans


def is_staffed(when: dt.datetime, *, hours: Hours, zone: ZoneInfo) -> bool:
    """Does the site say that someone is here at this moment? Never set: nobody promised it."""
    day = when.astimezone(zone).date()
    return any(start <= when < end for start, end in _spans(day, hours, zone))


def due_at(
    opened: dt.datetime, *, severity: Severity, target: dt.timedelta, hours: Hours, zone: ZoneInfo
) -> dt.datetime:
    """When the first action is due: `target` after `opened`, for routine work counted in staffed hours only.

    `opened` is aware; the answer is in UTC. Severities 0 and 1 run day and night.
    """
    if severity not in COUNTED_IN_STAFFED_HOURS or not any(hours.values()):
        return opened + target
    left, day = target, opened.astimezone(zone).date()
    for _day in range(_SEARCHES_DAYS):
        for start, end in _spans(day, hours, zone):
            start = max(start, opened.astimezone(dt.UTC))
            if end <= start:
                continue
            if end - start >= left:
                return start + left
            left -= end - start
        day += dt.timedelta(days=1)
    return opened + target


def add_working_days(start: dt.datetime, days: int, *, zone: ZoneInfo) -> dt.datetime:
    """The same local hour that many working days (Monday to Friday) later."""
    local = start.astimezone(zone)
    while days:
        local += dt.timedelta(days=1)
        days -= local.weekday() < 5
    return local.astimezone(dt.UTC)
