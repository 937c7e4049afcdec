"""The figures of moderation over a span of days: reads only, about the queue, never about a person.

Percentiles are exact, by linear interpolation between the two nearest values with both ends included, as
`statistics.quantiles(values, n=100, method="inclusive")`: of the sorted values x[0]..x[n-1] the p-th lies at
place (n - 1) * p / 100. Under 20 values nothing is said ("too few"), neither a percentile nor a share; n is
always said. Lengths are seconds by the wall clock, also for clocks that run in staffed hours only.
"""

import datetime as dt
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone

from forum import rules
from forum.answering import answered_between
from forum.models import Appeal, ModAction, QueueConflict, ReviewItem, ReviewReason
from forum.states import AppealState, Decision, ItemStatus, ReasonKind, Severity, Verdict

#: Fewer values than this say nothing reliable.
NEEDS = 20
#: The spans one may choose, in days.
SPANS = (7, 30, 90)
#: Decisions that leave the text as it was: a sampled post they end with was rightly published.
LEFT_AS_IT_WAS = (Decision.KEEP, Decision.APPROVE, Decision.RESTORE)
#: Rows read at a time.
CHUNK = 2000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def percentile(ordered: Sequence[float], p: float) -> float:
    """The p-th percentile of values in ascending order (at least one), by the method stated above."""
    place = (len(ordered) - 1) * p / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True)
class Wait:
    """How long something took, in seconds; both are None under 20 values."""

    n: int
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, values: Iterable[float]) -> "Wait":
        ordered = sorted(values)
        if len(ordered) < NEEDS:
            return cls(len(ordered), None, None)
        return cls(len(ordered), percentile(ordered, 50), percentile(ordered, 95))


@dataclass(frozen=True)
class Share:
    """`part` of `n`."""

    n: int
    part: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None under 20."""
        return self.part / self.n if self.n >= NEEDS else None


@dataclass(frozen=True)
class Backlog:
    """What is open now: how many, how many of them nobody answered in time, the age of the oldest (s)."""

    open: int = 0
    past_due: int = 0
    oldest_age: float | None = None


@dataclass(frozen=True)
class Figures:
    """Everything /queue/insights/ shows. Keys: values of forum.states, or (weekday, hour), 0 is Monday."""

    made_at: dt.datetime
    days: int
    first_answer: Wait
    by_severity: dict[int, Wait]
    by_reason: dict[str, Wait]
    backlog: Backlog
    backlog_by_severity: dict[int, Backlog]
    late: Share
    late_by_hour: dict[tuple[int, int], Share]
    rules: dict[str, Share]
    missed_in_sample: Share
    rules_missed: Share
    appeals_open: int
    appeals_changed: Share
    conflicts: int
    undone: Share
    returned_then_published: Share
    #: Of topics that began in the span, `rules.ANSWERED_SOON` ago or more: answered by somebody else in it.
    answered: Share
    #: From a first post to the first answer of somebody else, of those that have one.
    first_reply: Wait


def site_zone() -> ZoneInfo:
    """The time zone in which the site counts hours, days and months."""
    return ZoneInfo(settings.TIME_ZONE)


def decided_between(since: dt.datetime, until: dt.datetime) -> "QuerySet[ReviewItem]":
    """Items a person decided in [since, until); one that its author withdrew was decided by nobody."""
    return ReviewItem.objects.filter(
        status=ItemStatus.RESOLVED,
        resolved_at__gte=since,
        resolved_at__lt=until,
        resolution__in=Decision.values,
    ).order_by()


def undone_acts(since: dt.datetime) -> "QuerySet[ModAction]":
    """Decisions taken back, since then, within the minutes for it. The undo itself stands on the new item."""
    undos = ModAction.objects.filter(verb="undo", at_us__gte=microseconds(since), reverses_id__isnull=False)
    return ModAction.objects.filter(pk__in=undos.order_by().values("reverses_id")).order_by()


def undone_since(since: dt.datetime) -> Any:
    """The items those decisions were about, as a subquery of their ids."""
    return undone_acts(since).filter(item_id__isnull=False).values("item_id")


def microseconds(when: dt.datetime) -> int:
    """A moment as the record keeps it: microseconds since 1970-01-01 UTC."""
    return (when - _EPOCH) // dt.timedelta(microseconds=1)


def figures_of(days: int, *, now: dt.datetime | None = None) -> Figures:
    """The figures of the last `days` days; a fixed number of queries, whatever there is to count."""
    now = now or timezone.now()
    since = now - dt.timedelta(days=days)
    answers = _answers(since, now)
    backlog = _backlog(now)
    decided = _decided(since, now)
    appeals = _appeals(since, now)
    answered = answered_between(since, now - rules.ANSWERED_SOON)
    zone = site_zone()
    conflicts = QueueConflict.objects.filter(
        day__gt=since.astimezone(zone).date(), day__lte=now.astimezone(zone).date()
    ).aggregate(total=Sum("count"))
    return Figures(
        made_at=now,
        days=days,
        first_answer=Wait.of(answers.all),
        by_severity={severity.value: Wait.of(answers.by_severity[severity]) for severity in Severity},
        by_reason={kind: Wait.of(answers.by_reason[kind]) for kind in ReasonKind.values},
        backlog=_together(backlog.values()),
        backlog_by_severity={severity.value: backlog.get(severity, Backlog()) for severity in Severity},
        late=Share(sum(answers.due.values()), sum(answers.late.values())),
        late_by_hour={
            (weekday, hour): Share(answers.due[weekday, hour], answers.late[weekday, hour])
            for weekday in range(7)
            for hour in range(24)
        },
        rules=_rules(since, now),
        missed_in_sample=_sampled(since, now),
        rules_missed=Share(decided["standing"], decided["rules_missed"]),
        appeals_open=appeals["open"],
        appeals_changed=Share(appeals["changed"] + appeals["kept"], appeals["changed"]),
        conflicts=conflicts["total"] or 0,
        undone=Share(decided["all"], decided["all"] - decided["standing"]),
        returned_then_published=_returned(since, now),
        answered=Share(answered.n, answered.soon),
        first_reply=Wait.of(answered.waits),
    )


@dataclass
class _Answers:
    """Waits in seconds, and what was due and came late by (weekday, hour) of the time it was due."""

    all: array = field(default_factory=lambda: array("d"))
    by_severity: dict[int, array] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    by_reason: dict[str, array] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    due: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    late: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))


def _answers(since: dt.datetime, now: dt.datetime) -> _Answers:
    """One stream of items: those first answered in the span, and those due in it.

    Each thing due is either answered in time or not, so open ones count too. What its author withdrew before
    anyone answered owed nobody an answer. A claim answers nothing: `first_action_at` is a decision or an
    escalation. An item with two reasons of a kind counts once for that kind.
    """
    answered = Q(first_action_at__gte=since, first_action_at__lt=now)
    due = Q(due_at__gte=since, due_at__lt=now)
    rows: Iterator[tuple] = (
        ReviewItem.objects.filter(answered | due)
        .exclude(status=ItemStatus.RESOLVED, first_action_at=None)
        .order_by("pk")
        .values_list("pk", "severity", "opened_at", "first_action_at", "due_at", "reasons__kind")
        .iterator(chunk_size=CHUNK)
    )
    found, zone = _Answers(), site_zone()
    for _pk, item in groupby(rows, key=itemgetter(0)):
        _pk, severity, opened_at, first_at, due_at, kind = next(item)
        if since <= due_at < now:
            local = due_at.astimezone(zone)
            place = (local.weekday(), local.hour)
            found.due[place] += 1
            found.late[place] += (first_at or now) > due_at
        if first_at is None or not since <= first_at < now:
            continue
        wait = max(0.0, (first_at - opened_at).total_seconds())
        found.all.append(wait)
        found.by_severity[severity].append(wait)
        for one in {kind, *(row[5] for row in item)} - {None}:
            found.by_reason[one].append(wait)
    return found


def _backlog(now: dt.datetime) -> dict[int, Backlog]:
    """What is open, by severity; an item that was escalated is open but was answered."""
    counted = (
        ReviewItem.objects.filter(status=ItemStatus.OPEN)
        .order_by()
        .values("severity")
        .annotate(
            items=Count("pk"),
            past_due=Count("pk", filter=Q(due_at__lt=now, first_action_at=None)),
            oldest=Min("opened_at"),
        )
    )
    return {
        row["severity"]: Backlog(row["items"], row["past_due"], (now - row["oldest"]).total_seconds())
        for row in counted
    }


def _together(parts: Iterable[Backlog]) -> Backlog:
    parts = list(parts)
    return Backlog(
        open=sum(part.open for part in parts),
        past_due=sum(part.past_due for part in parts),
        oldest_age=max((part.oldest_age for part in parts if part.oldest_age is not None), default=None),
    )


def _rules(since: dt.datetime, now: dt.datetime) -> dict[str, Share]:
    """How often each rule that put something into the queue was upheld; undone decisions are left out."""
    judged = (
        ReviewReason.objects.filter(
            item__status=ItemStatus.RESOLVED,
            item__resolved_at__gte=since,
            item__resolved_at__lt=now,
            verdict__in=[Verdict.UPHELD, Verdict.DISMISSED],
        )
        .exclude(rule_id="")
        .exclude(item__in=undone_since(since))
        .order_by("rule_id")
        .values("rule_id")
        .annotate(hits=Count("pk"), upheld=Count("pk", filter=Q(verdict=Verdict.UPHELD)))
    )
    return {row["rule_id"]: Share(row["hits"], row["upheld"]) for row in judged}


def _decided(since: dt.datetime, now: dt.datetime) -> dict[str, int]:
    """All decisions, those that still stand, and those of them that say the rules missed something."""
    decided = decided_between(since, now)
    standing = decided.exclude(pk__in=undone_since(since))
    counted = standing.aggregate(standing=Count("pk"), rules_missed=Count("pk", filter=Q(rules_missed=True)))
    return {"all": decided.count(), **counted}


def _sampled(since: dt.datetime, now: dt.datetime) -> Share:
    """Of the published posts that were read by chance: how many were not left as they were."""
    sampled = ReviewReason.objects.filter(
        kind=ReasonKind.AUDIT_SAMPLE, item__in=decided_between(since, now).values("pk")
    ).exclude(item__in=undone_since(since))
    counted = sampled.aggregate(
        items=Count("item", distinct=True),
        missed=Count("item", filter=~Q(item__resolution__in=LEFT_AS_IT_WAS), distinct=True),
    )
    return Share(counted["items"], counted["missed"])


def _returned(since: dt.datetime, now: dt.datetime) -> Share:
    """Of the posts sent back: how many were published later. A change sent back was published before."""
    returned = (
        decided_between(since, now)
        .filter(Q(post__published_at=None) | Q(post__published_at__gte=F("resolved_at")))
        .filter(resolution=Decision.RETURN)
        .exclude(pk__in=undone_since(since))
    )
    counted = returned.aggregate(
        posts=Count("post", distinct=True),
        published=Count("post", filter=Q(post__published_at__isnull=False), distinct=True),
    )
    return Share(counted["posts"], counted["published"])


def _appeals(since: dt.datetime, now: dt.datetime) -> dict[str, int]:
    lately = Q(decided_at__gte=since, decided_at__lt=now)
    counted: dict[str, int] = Appeal.objects.aggregate(
        open=Count("pk", filter=Q(state=AppealState.OPEN)),
        changed=Count("pk", filter=lately & Q(state=AppealState.OVERTURNED)),
        kept=Count("pk", filter=lately & Q(state=AppealState.CONFIRMED)),
    )
    return counted
