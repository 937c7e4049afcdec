"""Quiet hours and the next summary, in a person's own time. Pure: no database.

An hour that a change of the clocks leaves out or repeats is read as Python's zoneinfo does: left out, the
moment of the change; repeated, the first of the two.
"""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.states import Digest

#: When a summary is written, by the person's clock.
SUMMARY_AT = 8

#: The zones a person can choose from; others share the clock of one of these.
ZONES: tuple[tuple[str, str | Promise], ...] = (
    ("America/New_York", _("Eastern time (New York)")),
    ("America/Chicago", _("Central time (Chicago)")),
    ("America/Denver", _("Mountain time (Denver)")),
    ("America/Phoenix", _("Arizona (Phoenix)")),
    ("America/Los_Angeles", _("Pacific time (Los Angeles)")),
    ("America/Anchorage", _("Alaska (Anchorage)")),
    ("Pacific/Honolulu", _("Hawaii (Honolulu)")),
    ("America/Puerto_Rico", _("Atlantic time (Puerto Rico)")),
    ("America/Halifax", _("Atlantic time (Halifax)")),
    ("America/St_Johns", _("Newfoundland")),
    ("America/Mexico_City", _("Mexico City")),
    ("America/Bogota", _("Bogota, Lima")),
    ("America/Caracas", _("Caracas")),
    ("America/Santiago", _("Santiago")),
    ("America/Argentina/Buenos_Aires", _("Buenos Aires")),
    ("America/Sao_Paulo", _("São Paulo")),
    ("Europe/London", _("London, Dublin")),
    ("Europe/Madrid", _("Madrid, Paris, Berlin")),
    ("Europe/Athens", _("Athens, Kyiv")),
    ("Africa/Lagos", _("Lagos")),
    ("Africa/Johannesburg", _("Johannesburg")),
    ("Africa/Nairobi", _("Nairobi, Istanbul")),
    ("Asia/Dubai", _("Dubai")),
    ("Asia/Karachi", _("Karachi")),
    ("Asia/Kolkata", _("Delhi")),
    ("Asia/Bangkok", _("Bangkok, Jakarta")),
    ("Asia/Manila", _("Manila, Singapore")),
    ("Asia/Tokyo", _("Tokyo, Seoul")),
    ("Australia/Sydney", _("Sydney")),
    ("Pacific/Auckland", _("Auckland")),
)


def zone(name: str) -> ZoneInfo:
    """The zone of this name; the site's own when none was chosen, or this machine does not know it."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def quiet_ends(
    now: dt.datetime, *, quiet_from: int | None, quiet_until: int | None, where: ZoneInfo
) -> dt.datetime | None:
    """When the quiet hours that hold now are over; None when none hold."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    here = now.astimezone(where)
    over_midnight = quiet_from > quiet_until
    if over_midnight:
        is_quiet = here.hour >= quiet_from or here.hour < quiet_until
    else:
        is_quiet = quiet_from <= here.hour < quiet_until
    if not is_quiet:
        return None
    tomorrow = over_midnight and here.hour >= quiet_from
    day = here.date() + dt.timedelta(days=1) if tomorrow else here.date()
    return _moment(day, quiet_until, where)


def next_summary(now: dt.datetime, *, how_often: str, weekday: int, where: ZoneInfo) -> dt.datetime | None:
    """The next time a summary is due after now: each morning, or on one morning of the week."""
    if how_often not in {Digest.DAILY, Digest.WEEKLY}:
        return None
    day = now.astimezone(where).date()
    if how_often == Digest.WEEKLY:
        day += dt.timedelta(days=(weekday - day.weekday()) % 7)
    due = _moment(day, SUMMARY_AT, where)
    if due <= now:
        due = _moment(day + dt.timedelta(days=7 if how_often == Digest.WEEKLY else 1), SUMMARY_AT, where)
    return due


def _moment(day: dt.date, hour: int, where: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=where).astimezone(dt.UTC)
