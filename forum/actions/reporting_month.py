"""The public report of a month: what the team did, in numbers that give nobody away.

Made once by the system when the month is over, never by hand and never again. It holds no word about a
person, a board or a post. Numbers from 1 to 4 are left out when it is made, so nothing later can bring them
back: see `suppress`.
"""

import datetime as dt
import statistics
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from forum.actions import record
from forum.figures import NEEDS, decided_between, microseconds, undone_acts, undone_since
from forum.models import (
    Appeal,
    ModAction,
    MonthlyReport,
    Post,
    Report,
    ReviewReason,
    SafetyEscalation,
    Sanction,
)
from forum.states import (
    ActorRole,
    AppealState,
    Decision,
    PostState,
    ReasonKind,
    ReportState,
    SanctionKind,
)

#: Counts from 1 up to this are left out.
SMALL = 4
#: A share is said in tenths, and only of this many: each tenth then fits several counts.
TENTHS_NEED = 50
#: After a pause this many months are made up for, oldest first.
MAKES_UP_FOR = 12
#: Reasons for which a rule of the software asked a person to look.
ASKED_BY_A_RULE = (
    ReasonKind.CRISIS,
    ReasonKind.SCAN_ERROR,
    ReasonKind.WATCHED,
    ReasonKind.PII,
    ReasonKind.LINK,
)
#: Decisions about a text before others read it.
BEFORE_PUBLICATION = (Decision.APPROVE, Decision.REDACT, Decision.RETURN, Decision.REJECT)

Table = dict[str, int | None]


def suppress(parts: Mapping[str, int], *, total: str = "") -> Table:
    """A table of counts fit for everyone: 1 to 4 become None; `total` names the sum, if one is shown.

    While any part is left out the total is too. The parts that are shown then say nothing about those that
    are not, each of which may be anything from 1 to 4, also for someone who knows this rule. Leaving out a
    second part and showing the total would not do: of 1, 5 and 5 with the sum 11 and one 5 shown, the rest
    is 6, and only 1 and 5 fit. Raises ValueError for a count below 0.
    """
    if any(count < 0 for count in parts.values()):
        raise ValueError("a count is never below 0")
    shown: Table = {name: None if 1 <= count <= SMALL else count for name, count in parts.items()}
    if total:
        shown[total] = None if None in shown.values() else sum(parts.values())
    return shown


def make_due_reports() -> list[MonthlyReport]:
    """A report for each month that is over and has none, beginning where the last one ended.

    The very first is about last month. No report speaks of a time before the first post.
    """
    this_month = timezone.localdate(timezone=_zone()).replace(day=1)
    newest = MonthlyReport.objects.values_list("month", flat=True).first()
    month = _next(newest) if newest else _before(this_month)
    missing = []
    while month < this_month:
        missing.append(month)
        month = _next(month)
    return [report for month in missing[-MAKES_UP_FOR:] if (report := make_report(month=month))]


def monthly_report_job() -> None:
    """For the worker."""
    make_due_reports()


def make_report(*, month: dt.date) -> MonthlyReport | None:
    """The report of the month that begins on this day; the one there is when it was made before.

    None while the month is not over, or when nobody had ever written anything by its end. The acting person
    is the system; the record says so. Raises ValueError when the day is not the first of a month.
    """
    if month.day != 1:
        raise ValueError("a month begins on its first day")
    since, until = _midnight(month), _midnight(_next(month))
    now = timezone.now()
    if now < until or not Post.objects.filter(submitted_at__lt=until).exists():
        return None
    made = MonthlyReport.objects.filter(month=month).first()
    if made:
        return made
    figures = _figures(since, until)
    try:
        with transaction.atomic():
            made = MonthlyReport.objects.create(month=month, figures=figures, made_at=now)
            record.append(
                by=None,
                role=ActorRole.SYSTEM,
                verb="publish_report",
                subject_kind="month",
                subject_id=f"{month:%Y-%m}",
                automated=True,
            )
    except IntegrityError:  # another worker was faster
        return MonthlyReport.objects.get(month=month)
    return made


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=_zone())


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _before(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


# --- the figures -------------------------------------------------------------------------------------------


def _figures(since: dt.datetime, until: dt.datetime) -> dict[str, Any]:
    """What the month's row holds; each inner table is one call of `suppress`. Waits are whole minutes."""
    return {
        "read_first": _read_first(since, until),
        "median_wait": _median_wait(since, until),
        "afterwards": _afterwards(since, until),
        "reports": _reports(since, until),
        "appeals": _appeals(since, until),
        "sanctions": _sanctions(since, until),
        "rule_tenths": _rule_tenths(since, until),
        "escalations": suppress(
            {"asked": SafetyEscalation.objects.filter(opened_at__gte=since, opened_at__lt=until).count()}
        ),
    }


def _read_first(since: dt.datetime, until: dt.datetime) -> Table:
    """Texts a person read before others could, by what they decided; undone decisions are none."""
    counted = (
        decided_between(since, until)
        .filter(resolution__in=BEFORE_PUBLICATION, post__isnull=False)
        .exclude(pk__in=undone_since(since))
        .values("resolution")
        .annotate(items=Count("pk"))
    )
    found = {row["resolution"]: row["items"] for row in counted}
    names = {
        "published": Decision.APPROVE,
        "changed": Decision.REDACT,
        "sent_back": Decision.RETURN,
        "not_published": Decision.REJECT,
    }
    return suppress({name: found.get(decision, 0) for name, decision in names.items()}, total="all")


def _median_wait(since: dt.datetime, until: dt.datetime) -> int | None:
    """Half of the texts read first had their decision within so many minutes; None under 20 of them."""
    waits = (
        decided_between(since, until)
        .filter(resolution__in=BEFORE_PUBLICATION, post__isnull=False)
        .values_list("opened_at", "resolved_at")
    )
    minutes = [(end - begin).total_seconds() / 60 for begin, end in waits.iterator(chunk_size=2000) if end]
    return max(1, round(statistics.median(minutes))) if len(minutes) >= NEEDS else None


def _afterwards(since: dt.datetime, until: dt.datetime) -> Table:
    """Posts others had read already: hidden, taken down, brought back. One post may stand in all three."""
    acts = (
        ModAction.objects.filter(
            at_us__gte=microseconds(since), at_us__lt=microseconds(until), subject_kind="post"
        )
        .exclude(verb="undo")
        .exclude(from_state=F("to_state"))
        .exclude(pk__in=undone_acts(since).values("pk"))
        .order_by()
    )
    counted: dict[str, int] = acts.aggregate(
        hidden=Count("subject_id", filter=Q(to_state=PostState.HIDDEN), distinct=True),
        taken_down=Count("subject_id", filter=Q(to_state=PostState.REMOVED), distinct=True),
        brought_back=Count(
            "subject_id",
            filter=Q(to_state=PostState.PUBLISHED, from_state__in=[PostState.HIDDEN, PostState.REMOVED]),
            distinct=True,
        ),
    )
    return suppress(counted)


def _reports(since: dt.datetime, until: dt.datetime) -> Table:
    """Reports sent in the month, by what had become of them when this was made."""
    counted = (
        Report.objects.filter(created_at__gte=since, created_at__lt=until)
        .values("state")
        .annotate(reports=Count("pk"))
    )
    found = {row["state"]: row["reports"] for row in counted}
    names = {
        "acted_on": ReportState.UPHELD,
        "post_stays": ReportState.NOT_UPHELD,
        "already_reported": ReportState.DUPLICATE,
        "taken_back": ReportState.WITHDRAWN,
        "still_open": ReportState.OPEN,
    }
    return suppress({name: found.get(state, 0) for name, state in names.items()}, total="all")


def _appeals(since: dt.datetime, until: dt.datetime) -> Table:
    """Appeals decided in the month."""
    counted: dict[str, int] = Appeal.objects.filter(decided_at__gte=since, decided_at__lt=until).aggregate(
        changed=Count("pk", filter=Q(state=AppealState.OVERTURNED)),
        kept=Count("pk", filter=Q(state=AppealState.CONFIRMED)),
    )
    return suppress(counted, total="all")


def _sanctions(since: dt.datetime, until: dt.datetime) -> Table:
    """Sanctions that began in the month, by kind."""
    counted = (
        Sanction.objects.filter(starts_at__gte=since, starts_at__lt=until)
        .order_by()
        .values("kind")
        .annotate(sanctions=Count("pk"))
    )
    found = {row["kind"]: row["sanctions"] for row in counted}
    return suppress({kind: found.get(kind, 0) for kind in SanctionKind.values}, total="all")


def _rule_tenths(since: dt.datetime, until: dt.datetime) -> int | None:
    """For how many tenths of what was read first a rule of the software had asked; None under 50.

    In tenths and not as counts: together with the tables above, counts could give a small one away.
    """
    read = decided_between(since, until).filter(resolution__in=BEFORE_PUBLICATION, post__isnull=False)
    n = read.count()
    if n < TENTHS_NEED:
        return None
    asked = ReviewReason.objects.filter(item__in=read.values("pk"), kind__in=ASKED_BY_A_RULE).aggregate(
        items=Count("item", distinct=True)
    )
    return round(asked["items"] * 10 / n)
