"""What can honestly be said about the wait (contract: Wait, honestly said)."""

import datetime as dt
from dataclasses import dataclass
from statistics import quantiles

from django.utils import timezone

from forum.models import ReviewItem
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
