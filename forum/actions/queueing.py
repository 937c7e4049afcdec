"""Putting something into the queue: one open item a post, all reasons on it, by severity and due time."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least

from forum import rules
from forum.models import Appeal, HouseRules, Post, Report, ReviewItem, ReviewReason
from forum.rules import Reason
from forum.states import ItemStatus, ReasonKind, Severity


def due(severity: Severity, *, now: dt.datetime) -> dt.datetime:
    """When the first action on something that arrives now is due, by the site's targets and hours."""
    house = HouseRules.current()
    return rules.due_at(
        now,
        severity=severity,
        target=house.targets[severity],
        hours=house.staffed_hours,
        zone=ZoneInfo(settings.TIME_ZONE),
    )


def put_in_queue(
    *,
    post: Post,
    reasons: Iterable[Reason],
    ruleset: str = "",
    report: Report | None = None,
    previous: ReviewItem | None = None,
    now: dt.datetime,
) -> ReviewItem:
    """Open an item for the post, or add the reasons to the one that is open.

    A later reason may raise the severity and pull the due time earlier, never later. Adding one bumps the
    item's version, so that nobody decides without having seen it.
    """
    reasons = list(reasons)
    severity = min(reason.severity for reason in reasons)
    due_at = due(severity, now=now)
    item = _raise_open(post=post, severity=severity, due_at=due_at)
    raised = item is not None
    while item is None:
        previous = previous or ReviewItem.objects.filter(post=post).order_by("-pk").first()
        try:
            with transaction.atomic():
                item = ReviewItem.objects.create(
                    post=post, severity=severity, due_at=due_at, opened_at=now, previous=previous
                )
        except IntegrityError:
            # Someone opened one at the same moment, and has committed: the reasons go there.
            item = _raise_open(post=post, severity=severity, due_at=due_at)
            raised = item is not None
    known = set(item.reasons.values_list("kind", "rule_id", "report_id")) if raised else set()
    news = [
        reason
        for reason in reasons
        if (reason.kind, reason.rule_id, report.pk if report else None) not in known
    ]
    _write_reasons(item, news, ruleset=ruleset, report=report)
    return item


def open_appeal_item(
    *, appeal: Appeal, reasons: Iterable[Reason], ruleset: str, now: dt.datetime
) -> ReviewItem:
    """An appeal waits like something worrying, and its answer is due when the appeal says.

    Words of danger in it (`reasons`) are looked at as soon as anywhere else.
    """
    reasons = [Reason(ReasonKind.APPEAL, Severity.CONCERN, holds=False), *reasons]
    severity = min(reason.severity for reason in reasons)
    due_at = appeal.due_at
    if len(reasons) > 1:
        due_at = min(due_at, due(severity, now=now))
    item = ReviewItem.objects.create(appeal=appeal, severity=severity, due_at=due_at, opened_at=now)
    _write_reasons(item, reasons, ruleset=ruleset)
    return item


def _write_reasons(
    item: ReviewItem, reasons: Iterable[Reason], *, ruleset: str, report: Report | None = None
) -> None:
    ReviewReason.objects.bulk_create(
        ReviewReason(
            item=item,
            kind=reason.kind,
            rule_id=reason.rule_id,
            ruleset_version=ruleset if reason.kind in {ReasonKind.CRISIS, ReasonKind.SCAN_ERROR} else "",
            spans=[list(span) for span in reason.spans],
            report=report,
        )
        for reason in reasons
    )


def _raise_open(*, post: Post, severity: Severity, due_at: dt.datetime) -> ReviewItem | None:
    """The open item of the post, locked and made no less urgent than this; None when none is open.

    A conditional UPDATE: it takes the item's lock and shows whether one is open.
    """
    items = ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN)
    raised = items.update(
        severity=Least(F("severity"), Value(int(severity))),
        due_at=Case(When(due_at__gt=due_at, then=Value(due_at)), default=F("due_at")),
        version=F("version") + 1,
    )
    return items.get() if raised else None


def report_reason(severity: Severity) -> Reason:
    """A report as a reason: it never holds, the post stays up."""
    return Reason(ReasonKind.REPORT, severity, holds=False)
