"""The team's day in words: who is on, what one took oneself, what the last shift left word of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from forum import rules
from forum.clocks import clock
from forum.models import HouseRules, Member, Shift


@dataclass(frozen=True)
class Load:
    """What one moderator took in a shift; shown to that moderator alone."""

    taken: int
    hard: int
    hard_since_break: int
    needs_break: bool


def own_shift(shifts: Iterable[Shift], member: Member) -> Shift | None:
    """One's own among the shifts that go on."""
    return next((shift for shift in shifts if shift.member_id == member.pk), None)


def who_is_on(shifts: Iterable[Shift], *, member: Member, now: dt.datetime) -> str:
    """ "You until 4 pm, TideWatcher until 6 pm"; empty when nobody says they are on."""
    ordered = sorted(shifts, key=lambda shift: shift.member_id != member.pk)
    return ", ".join(
        _one(shift, member=member, now=now)
        for shift in ordered
        if shift.member_id == member.pk or shift.until is None or shift.until > now
    )


def _one(shift: Shift, *, member: Member, now: dt.datetime) -> str:
    name = _("You") if shift.member_id == member.pk else shift.member.handle
    if shift.until is None or shift.until <= now:
        return name
    return _("%(name)s until %(time)s") % {"name": name, "time": clock(shift.until, now=now)}


def load_of(shift: Shift, *, house: HouseRules) -> Load:
    """The counts of one's own shift, and whether a break is due by the site's number."""
    since = max(0, shift.hard_taken - shift.hard_at_break)
    return Load(
        taken=shift.taken,
        hard=shift.hard_taken,
        hard_since_break=since,
        needs_break=since >= house.break_after,
    )


def is_unstaffed(house: HouseRules, *, now: dt.datetime) -> bool:
    """Did the site say when someone is here, and is it not now?"""
    hours = house.staffed_hours
    zone = ZoneInfo(settings.TIME_ZONE)
    return any(hours.values()) and not rules.is_staffed(now, hours=hours, zone=zone)
