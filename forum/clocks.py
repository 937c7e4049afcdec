"""Waits and deadlines in words."""

import datetime as dt

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def span(length: dt.timedelta) -> str:
    """A length of time in its largest useful unit: minutes under two hours, hours under two days."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return _("less than a minute")
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def elapsed(when: dt.datetime, *, now: dt.datetime | None = None) -> str:
    """How long ago that was."""
    return span((now or timezone.now()) - when)


def clock(when: dt.datetime, *, now: dt.datetime | None = None) -> str:
    """The hour in the site's time zone; with the day when it is not today."""
    local = timezone.localtime(when)
    hour = formats.time_format(local, "TIME_FORMAT")
    if local.date() == timezone.localtime(now or timezone.now()).date():
        return hour
    return _("%(day)s, %(hour)s") % {"day": formats.date_format(local, "MONTH_DAY_FORMAT"), "hour": hour}


def deleted_on(day: dt.date | None) -> str:
    """What stands in the place of words that the purge emptied."""
    if day is None:
        return _("The text was deleted.")
    return _("The text was deleted on %(day)s.") % {"day": formats.date_format(day, "DATE_FORMAT")}
