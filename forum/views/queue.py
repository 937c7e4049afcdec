"""What waits for a person: the list, and one item with its decision. Moderators only."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import actions, queue_showing, rules
from forum.actions import Conflict, Refused
from forum.forms.deciding import DecisionForm
from forum.models import ReviewItem, ReviewReason
from forum.states import Decision, ItemStatus
from forum.views import keeping
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
    at_risk = waiting.filter(severity__in=queue_showing.AT_RISK)
    others = waiting.exclude(severity__in=queue_showing.AT_RISK)
    chips = _chips(request.GET.get("kind", ""))
    kind = next((chip["kind"] for chip in chips if chip["chosen"]), "")
    shown = others.filter(_because(kind)) if kind else others
    risk, risk_older = _page(at_risk, request.GET.get("risk_after", ""))
    rest, rest_older = _page(shown, request.GET.get("after", ""))
    counts = waiting.order_by().aggregate(
        risk=Count("pk", filter=Q(severity__in=queue_showing.AT_RISK)),
        rest=Count("pk", filter=~Q(severity__in=queue_showing.AT_RISK)),
    )
    context = {
        "now": now,
        "risk": queue_showing.rows_of(risk, member=me, now=now),
        "rest": queue_showing.rows_of(rest, member=me, now=now),
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
        .exclude(item__severity__in=queue_showing.AT_RISK)
        .order_by()
        .values("kind")
        .annotate(items=Count("item", distinct=True))
    )
    counts = {row["kind"]: row["items"] for row in counted}
    return [
        {"kind": str(kind), "label": label, "count": counts[kind], "chosen": kind == chosen}
        for kind, label in queue_showing.CHIPS.items()
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


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
@moderators_only
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: why it is here, the post folded, the decision. Reading changes nothing."""
    found = _find(pk)
    if not rules.may_decide_about(request.user, found.post):
        return _own(request)
    if request.method == "POST":
        return _decide(request, found)
    kept = keeping.came_back(request)
    return _show(request, found, DecisionForm(item=found, initial=kept), came_back=bool(kept))


def _find(pk: int) -> ReviewItem:
    return get_object_or_404(
        ReviewItem.objects.filter(post__isnull=False)
        .select_related(
            "post__topic__board",
            "post__topic__first_post__published_revision",
            "post__topic__first_post__latest_revision",
            "post__author__user",
            "post__published_revision",
            "post__latest_revision",
            "claimed_by__user",
        )
        .prefetch_related("reasons__report"),
        pk=pk,
    )


def _own(request: HttpRequest) -> HttpResponse:
    """Nobody decides about their own words."""
    return render(request, "forum/queue_item_own.html", status=403)


def _decide(request: HttpRequest, found: ReviewItem) -> HttpResponse:
    form = DecisionForm(request.POST, item=found)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    data = form.cleaned_data
    try:
        decided = actions.decide(
            by=member_of(request),
            item=found,
            version=data["version"],
            revision_id=data["revision"],
            decision=Decision(data["decision"]),
            reason_code=data["reason_code"],
            message=data["message"],
            note=data["note"],
            idempotency_key=key,
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, found, form, status=422)
    except Conflict:
        return _conflict(request, found.pk, data)
    except PermissionDenied:
        return _own(request)
    keeping.done(request)
    words = queue_showing.VERBS.get(decided.action.verb, "")
    messages.success(request, _("Decided: %(decision)s. Thank you.") % {"decision": words})
    return HttpResponseRedirect(reverse("queue"))


def _conflict(request: HttpRequest, pk: int, typed: dict[str, Any]) -> HttpResponse:
    """Someone was faster: say who did what, give the words back, and offer the item anew while it is open."""
    fresh = _find(pk)
    kept = {"message": typed["message"], "note": typed["note"]}
    form = DecisionForm(item=fresh, initial=kept)
    conflict = queue_showing.what_happened(fresh, member=member_of(request))
    return _show(request, fresh, form, conflict=conflict, kept=kept, status=409)


def _show(
    request: HttpRequest, found: ReviewItem, form: DecisionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    me, now, post = member_of(request), timezone.now(), queue_showing.post_of(found)
    is_open = found.status == ItemStatus.OPEN
    others = is_open and found.is_claimed_by_another(me, now=now)
    context: dict[str, Any] = {
        "item": found,
        "post": post,
        "heading": queue_showing.heading_of(found.reasons.all()),
        "reasons": queue_showing.reasons_of(found),
        "kind": queue_showing.kind_of(post),
        "state": queue_showing.state_of(post),
        "due": queue_showing.due_of(found, now=now) if is_open else "",
        "is_open": is_open,
        "is_overdue": found.due_at < now,
        "mine": is_open and queue_showing.is_mine(found, me, now=now),
        "others": others,
        "form": form,
        "may_decide": is_open and not others,
        "token": keeping.token_of(request) if status == 422 else keeping.new_token(request),
        "history": queue_showing.history_of(post.author, now=now),
        "acts": queue_showing.acts_about(post),
        "decided": None if is_open else queue_showing.decision_of(found),
        "may_restore": rules.may_restore(request.user, post),
    }
    return render(request, "forum/queue_item.html", context | more, status=status)


@moderators_only
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item for 15 minutes, or keep it 15 minutes more."""
    found = _find(pk)
    if not rules.may_decide_about(request.user, found.post):
        return _own(request)
    if not actions.claim_item(by=member_of(request), item=found):
        found = _find(pk)
        messages.warning(request, queue_showing.what_happened(found, member=member_of(request)))
    return HttpResponseRedirect(found.get_absolute_url())


@moderators_only
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass an item on; no reason is asked."""
    actions.pass_item(by=member_of(request), item=_find(pk))
    messages.info(request, _("Passed on. Somebody else takes it."))
    return HttpResponseRedirect(reverse("queue"))
