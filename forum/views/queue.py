"""The list of what waits for a person. Moderators only."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import actions, queue_list, team_showing
from forum.models import HandOver, HouseRules, Member, ModAction, ReviewItem, ReviewReason
from forum.queue_list import MAY_BE_AT_RISK
from forum.queue_showing import VERBS
from forum.states import Severity
from forum.views.doors import member_of, moderators_only

ITEMS_A_PAGE = 50
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@require_safe
@moderators_only
def queue(request: HttpRequest) -> HttpResponse:
    """Reasons, boards and clocks of what waits, never the words or who wrote them; by keyset, 50 a list."""
    me, now = member_of(request), timezone.now()
    waiting = ReviewItem.objects.open()
    at_risk, others = waiting.filter(MAY_BE_AT_RISK), waiting.exclude(MAY_BE_AT_RISK)
    chips = _chips(request.GET.get("kind", ""))
    kind = next((chip["kind"] for chip in chips if chip["chosen"]), "")
    risk, risk_older = _page(at_risk, request.GET.get("risk_after", ""))
    rest, rest_older = _page(others.filter(_because(kind)) if kind else others, request.GET.get("after", ""))
    both = [*risk, *rest]
    queue_list.with_reasons(both)
    escalated, close = queue_list.escalations_of(both), actions.in_own_topic(me, both)

    def rows(items: list[ReviewItem]) -> list[queue_list.Row]:
        return queue_list.rows_of(items, member=me, now=now, verbs=VERBS, escalated=escalated, close=close)

    counts = waiting.order_by().aggregate(
        risk=Count("pk", filter=MAY_BE_AT_RISK), rest=Count("pk", filter=~MAY_BE_AT_RISK)
    )
    context = {
        "now": now,
        "risk": rows(risk),
        "rest": rows(rest),
        "risk_count": counts["risk"],
        "rest_count": counts["rest"],
        "chips": chips,
        "chosen_kind": kind,
        "risk_older_url": f"?risk_after={risk_older}" if risk_older else "",
        "rest_older_url": f"?{f'kind={kind}&' if kind else ''}after={rest_older}" if rest_older else "",
        "later_page": bool(request.GET.get("after") or request.GET.get("risk_after")),
        "was_hard": "hard" in request.GET,
        "just_decided": _just_decided(request, me),
    }
    return render(request, "forum/queue.html", context | _the_day(me, now))


def _the_day(me: Member, now: dt.datetime) -> dict[str, Any]:
    """Who is on, one's own load, the note of the last shift, and whether these are staffed hours."""
    house, shifts = HouseRules.current(), list(actions.open_shifts(now))
    own = team_showing.own_shift(shifts, me)
    return {
        "who_is_on": team_showing.who_is_on(shifts, member=me, now=now),
        "load": team_showing.load_of(own, house=house) if own else None,
        "hand_over": HandOver.objects.select_related("by__user").first(),
        "team_hours": team_showing.is_here(house, now=now),
        "undo_minutes": house.undo_minutes,
        "debrief_url": house.debrief_url or reverse("debrief"),
    }


def after_deciding(item: ReviewItem, act: ModAction | None = None) -> str:
    """Where a moderator goes after a decision: the queue, which offers undo, and to talk after a hard one."""
    query = [f"decided={act.pk}"] if act else []
    query += ["hard"] if item.severity == Severity.IMMINENT else []
    return reverse("queue") + (f"?{'&'.join(query)}" if query else "")


def _just_decided(request: HttpRequest, me: Member) -> dict[str, Any] | None:
    """The act this moderator comes from, in words, and whether it can still be taken back."""
    number = request.GET.get("decided", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    act = ModAction.objects.filter(pk=number, actor_id=me.pk, item_id__isnull=False).first()
    if act is None:
        return None
    undo_pk = act.pk if actions.can_be_undone(act, by=me) else None
    return {"words": VERBS.get(act.verb, ""), "undo_pk": undo_pk}


def _because(kind: str) -> Exists:
    return Exists(ReviewReason.objects.filter(item=OuterRef("pk"), kind=kind))


def _chips(chosen: str) -> list[dict[str, Any]]:
    """The reasons that wait under "Everything else", each with its number of items; one query."""
    counted = (
        ReviewReason.objects.filter(item__in=ReviewItem.objects.open().order_by().exclude(MAY_BE_AT_RISK))
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
