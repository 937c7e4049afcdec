"""The team's day in words: who is on, what one took oneself, what the last shift left word of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from forum import rules
from forum.clocks import clock, hours_in_words
from forum.models import HouseRules, Member, Shift
from forum.waiting import Here


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
    """ "You until 4 pm; TideWatcher until 6 pm"; empty when nobody says they are on."""
    ordered = sorted(shifts, key=lambda shift: shift.member_id != member.pk)
    return "; ".join(
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


def is_here(house: HouseRules, *, now: dt.datetime) -> Here:
    """When someone is here, of house rules read just now: the team sees its own changes at once."""
    hours, zone = house.staffed_hours, ZoneInfo(settings.TIME_ZONE)
    return Here(
        words=hours_in_words(hours),
        is_now=rules.is_staffed(now, hours=hours, zone=zone),
        next_at=rules.next_staffed(now, hours=hours, zone=zone),
    )
