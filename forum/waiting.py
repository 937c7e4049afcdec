"""What can honestly be said about the wait (contract: Wait, honestly said)."""

import datetime as dt
import time
from dataclasses import dataclass
from statistics import quantiles
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from forum import rules
from forum.clocks import hours_in_words
from forum.models import HouseRules, ReviewItem
from forum.states import Decision, ItemStatus

LOOKS_BACK = dt.timedelta(days=7)
NEEDS_DECISIONS = 20
MEASURES_AT_MOST = 1000


@dataclass(frozen=True)
class Wait:
    """Median and 95th percentile of the last week's waits, in whole minutes (at least 1)."""

    median: int
    p95: int


def measured_wait() -> Wait | None:
    """The waits of posts decided in the last 7 days, or None while there are fewer than 20 of them."""
    since = timezone.now() - LOOKS_BACK
    decided = ReviewItem.objects.filter(
        status=ItemStatus.RESOLVED,
        resolved_at__gte=since,
        resolution__in=[Decision.APPROVE, Decision.RETURN, Decision.REJECT],
    ).order_by("-resolved_at")
    waits = [
        (resolved - opened).total_seconds() / 60
        for opened, resolved in decided.values_list("opened_at", "resolved_at")[:MEASURES_AT_MOST]
        if resolved
    ]
    if len(waits) < NEEDS_DECISIONS:
        return None
    cuts = quantiles(waits, n=20, method="inclusive")
    return Wait(median=max(1, round(cuts[9])), p95=max(1, round(cuts[18])))


@dataclass(frozen=True)
class Here:
    """When someone of the team is here: in words, now or not, and when the next hours begin.

    `words` are empty while the site never said; then nothing is promised.
    """

    words: str
    is_now: bool
    next_at: dt.datetime | None


#: Changed hours show everywhere after this many seconds; until then pages ask nothing of the database.
HOURS_ARE_KEPT = 30
_kept: tuple[float, rules.Hours] | None = None


def staffed_hours() -> rules.Hours:
    """The site's staffed hours, at most half a minute old: each page that speaks of a wait says them."""
    global _kept
    kept = _kept
    if kept is None or time.monotonic() - kept[0] > HOURS_ARE_KEPT:
        kept = time.monotonic(), HouseRules.current().staffed_hours
        _kept = kept
    return kept[1]


def forget_hours() -> None:
    """Read the hours anew the next time: they were changed."""
    global _kept
    _kept = None


def who_is_here(*, now: dt.datetime | None = None) -> Here:
    """What a page may say about the team's hours, in the reader's language."""
    now, hours, zone = now or timezone.now(), staffed_hours(), ZoneInfo(settings.TIME_ZONE)
    return Here(
        words=hours_in_words(hours),
        is_now=rules.is_staffed(now, hours=hours, zone=zone),
        next_at=rules.next_staffed(now, hours=hours, zone=zone),
    )
