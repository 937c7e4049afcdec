"""Staffed hours: when someone is here, and when a clock that runs only then is due. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from forum.rules.limits import COUNTED_IN_STAFFED_HOURS
from forum.states import Severity

#: Weekday ("0" is Monday) to spans of local time, each ("08:00", "22:00"); "24:00" is midnight at the end.
#: Empty: the site never said when someone is here, so every hour counts.
Hours = Mapping[str, Sequence[Sequence[str]]]

#: No clock runs longer than this, or than its target if that is longer, however few the staffed hours are.
LONGEST_WAIT = dt.timedelta(days=60)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _spans(day: dt.date, hours: Hours, zone: ZoneInfo) -> list[tuple[dt.datetime, dt.datetime]]:
    """The staffed spans of a local day, in UTC: a difference of local times would miss a clock change.

    They never overlap: an hour that a clock change leaves out would else count twice.
    """
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    spans: list[tuple[dt.datetime, dt.datetime]] = []
    for opens, closes in sorted(
        (_minutes(span[0]), _minutes(span[1])) for span in hours.get(str(day.weekday()), ())
    ):
        start, end = ((midnight + dt.timedelta(minutes=n)).astimezone(dt.UTC) for n in (opens, closes))
        if spans:
            start = max(start, spans[-1][1])
        if start < end:
            spans.append((start, end))
    return spans


def is_staffed(when: dt.datetime, *, hours: Hours, zone: ZoneInfo) -> bool:
    """Does the site say that someone is here at this moment? Never set: nobody promised it."""
    day = when.astimezone(zone).date()
    return any(start <= when < end for start, end in _spans(day, hours, zone))


def next_staffed(when: dt.datetime, *, hours: Hours, zone: ZoneInfo) -> dt.datetime | None:
    """When the next staffed span begins after this moment, in UTC; None when the site never said."""
    first = when.astimezone(zone).date()
    for later in range(15):  # two weeks: a clock change may leave out a whole span
        for start, _end in _spans(first + dt.timedelta(days=later), hours, zone):
            if start > when:
                return start
    return None


def due_at(
    opened: dt.datetime, *, severity: Severity, target: dt.timedelta, hours: Hours, zone: ZoneInfo
) -> dt.datetime:
    """When the first action is due: `target` after `opened`, for routine work counted in staffed hours only.

    `opened` is aware; the answer is in UTC. Severities 0 and 1 run day and night.
    """
    opened = opened.astimezone(dt.UTC)
    if severity not in COUNTED_IN_STAFFED_HOURS or next_staffed(opened, hours=hours, zone=zone) is None:
        return opened + target
    latest = opened + max(target, LONGEST_WAIT)
    left, day = target, opened.astimezone(zone).date()
    while day <= latest.astimezone(zone).date():
        for start, end in _spans(day, hours, zone):
            start = max(start, opened)
            if end - start >= left:
                return min(start + left, latest)
            left -= max(end - start, dt.timedelta())
        day += dt.timedelta(days=1)
    return latest


def add_working_days(start: dt.datetime, days: int, *, zone: ZoneInfo) -> dt.datetime:
    """The same local hour that many working days (Monday to Friday) later."""
    local = start.astimezone(zone)
    while days:
        local += dt.timedelta(days=1)
        days -= local.weekday() < 5
    return local.astimezone(dt.UTC)
