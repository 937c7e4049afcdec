"""Waits and deadlines in words."""

import datetime as dt
from itertools import groupby

from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.rules import Hours


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


def hours_in_words(hours: Hours) -> str:
    """Staffed hours as people say them: "every day, 8:00 AM to 10:00 PM"; empty when they were never set."""
    week = [tuple((span[0], span[1]) for span in hours.get(str(day), ())) for day in range(7)]
    lines = []
    for spans, run in groupby(enumerate(week), key=lambda pair: pair[1]):
        if spans:
            days = [day for day, _spans in run]
            times = _(" and ").join(_span_in_words(*span) for span in spans)
            lines.append(_("%(days)s, %(times)s") % {"days": _days_in_words(days), "times": times})
    return "; ".join(lines)


def _days_in_words(days: list[int]) -> str:
    first, last = str(WEEKDAYS[days[0]]), str(WEEKDAYS[days[-1]])
    if len(days) == 7:
        return _("every day")
    if len(days) == 1:
        return first
    if len(days) == 2:
        return _("%(first)s and %(last)s") % {"first": first, "last": last}
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _span_in_words(start: str, end: str) -> str:
    if (start, end) == ("00:00", "24:00"):
        return _("all day")
    return _("%(first)s to %(last)s") % {"first": _time_in_words(start), "last": _time_in_words(end)}


def _time_in_words(clock_time: str) -> str:
    if clock_time in {"00:00", "24:00"}:
        return _("midnight")
    return formats.time_format(dt.time.fromisoformat(clock_time), "TIME_FORMAT")


def span_of_day(starts: dt.time | None, ends: dt.time | None) -> str:
    """Hours that come back each day and may cross midnight: "10:00 PM to 7:00 AM"; empty when not set."""
    if starts is None or ends is None:
        return ""
    return _span_in_words(starts.strftime("%H:%M"), ends.strftime("%H:%M"))
