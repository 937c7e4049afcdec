"""What waits for a person: the list, and the next free item. Moderators only."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum import actions, queue_list
from forum.models import ReviewItem, ReviewReason
from forum.states import ItemStatus
from forum.views.doors import member_of, moderators_only

ITEMS_A_PAGE = 50
#: How many free items are tried before "nothing is free" is believed.
TRIES = 20
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@require_safe
@moderators_only
def queue(request: HttpRequest) -> HttpResponse:
    """Reasons, boards and clocks of what waits, never the words or who wrote them; by keyset, 50 a list."""
    me, now = member_of(request), timezone.now()
    waiting = ReviewItem.objects.open().filter(post__isnull=False)
    at_risk = waiting.filter(severity__in=queue_list.AT_RISK)
    others = waiting.exclude(severity__in=queue_list.AT_RISK)
    chips = _chips(request.GET.get("kind", ""))
    kind = next((chip["kind"] for chip in chips if chip["chosen"]), "")
    shown = others.filter(_because(kind)) if kind else others
    risk, risk_older = _page(at_risk, request.GET.get("risk_after", ""))
    rest, rest_older = _page(shown, request.GET.get("after", ""))
    counts = waiting.order_by().aggregate(
        risk=Count("pk", filter=Q(severity__in=queue_list.AT_RISK)),
        rest=Count("pk", filter=~Q(severity__in=queue_list.AT_RISK)),
    )
    context = {
        "now": now,
        "risk": queue_list.rows_of(risk, member=me, now=now),
        "rest": queue_list.rows_of(rest, member=me, now=now),
        "risk_count": counts["risk"],
        "rest_count": counts["rest"],
        "chips": chips,
        "chosen_kind": kind,
        "risk_older_url": f"?risk_after={risk_older}" if risk_older else "",
        "rest_older_url": f"?{f'kind={kind}&' if kind else ''}after={rest_older}" if rest_older else "",
        "later_page": bool(request.GET.get("after") or request.GET.get("risk_after")),
    }
    return render(request, "forum/queue.html", context)


def _because(kind: str) -> Exists:
    return Exists(ReviewReason.objects.filter(item=OuterRef("pk"), kind=kind))


def _chips(chosen: str) -> list[dict[str, Any]]:
    """The reasons that wait under "Everything else", each with its number of items; one query."""
    counted = (
        ReviewReason.objects.filter(item__status=ItemStatus.OPEN, item__post__isnull=False)
        .exclude(item__severity__in=queue_list.AT_RISK)
        .order_by()
        .values("kind")
        .annotate(items=Count("item", distinct=True))
    )
    counts = {row["kind"]: row["items"] for row in counted}
    return [
        {"kind": str(kind), "label": label, "count": counts[kind], "chosen": kind == chosen}
        for kind, label in queue_list.CHIPS.items()
        if kind in counts
    ]


def _page(items: QuerySet[ReviewItem], after: str) -> tuple[list[ReviewItem], str]:
    """Fifty items behind the place `after`, and the place where the next fifty begin."""
    place = _read_place(after)
    if place:
        severity, due_at, pk = place
        items = items.filter(
            Q(severity__gt=severity)
            | Q(severity=severity, due_at__gt=due_at)
            | Q(severity=severity, due_at=due_at, pk__gt=pk)
        )
    # The list counts words and shows none: the rendered texts stay in the database.
    wanted = items.for_the_list().defer("post__latest_revision__html", "post__latest_revision__source")
    found = list(wanted[: ITEMS_A_PAGE + 1])
    more, found = len(found) > ITEMS_A_PAGE, found[:ITEMS_A_PAGE]
    return found, _place(found[-1]) if more else ""


def _place(item: ReviewItem) -> str:
    return f"{item.severity}.{(item.due_at - _EPOCH) // dt.timedelta(microseconds=1)}.{item.pk}"


def _read_place(text: str) -> tuple[int, dt.datetime, int] | None:
    """What a "show more" link carries; anything else counts as the first page."""
    try:
        severity, microseconds, pk = (int(part) for part in text.split("."))
        if not (0 <= severity < 2**15 and 0 <= pk < 2**63):
            return None
        return severity, _EPOCH + dt.timedelta(microseconds=microseconds), pk
    except (ValueError, OverflowError):
        return None


@moderators_only
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the first item that is free and not about one's own post; a lost race goes on to the next."""
    me = member_of(request)
    free = (
        ReviewItem.objects.open()
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=timezone.now()), post__isnull=False)
        .exclude(post__author=me)
        .select_related("post")
    )
    for item in free[:TRIES]:
        if actions.claim_item(by=me, item=item):
            return HttpResponseRedirect(item.get_absolute_url())
    messages.info(request, _("Nothing free is waiting right now."))
    return HttpResponseRedirect(reverse("queue"))
