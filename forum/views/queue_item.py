"""One item of the queue with its decision. Moderators only."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forum import actions, inserting, queue_showing, rules
from forum.actions import Conflict, Refused
from forum.actions.undoing import REVERSE
from forum.forms.deciding import DecisionForm
from forum.models import HouseRules, ModAction, ReviewItem
from forum.states import Decision, ItemStatus, PostState
from forum.views import appeals, keeping
from forum.views.doors import member_of, moderators_only
from forum.views.queue import after_deciding


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note", "title", "text")
@moderators_only
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: why it is here, the post folded, the decision. Reading changes nothing."""
    appealed = ReviewItem.objects.filter(pk=pk, appeal__isnull=False)
    waiting = appealed.select_related("claimed_by__user").first()
    if waiting:
        return appeals.appeal_item(request, waiting)
    found = _find(pk)
    if not rules.may_decide_about(request.user, found.post):
        return _own(request)
    if request.method == "POST":
        return _decide(request, found)
    kept = keeping.came_back(request)
    return _show(
        request, found, DecisionForm(item=found, by=member_of(request), initial=kept), came_back=bool(kept)
    )


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
            "post__topic__author",
            "claimed_by__user",
            "previous",
        )
        .prefetch_related("reasons__report", "notes__by__user", "escalations"),
        pk=pk,
    )


def _own(request: HttpRequest) -> HttpResponse:
    """Nobody decides about their own words."""
    return render(request, "forum/queue_item_own.html", status=403)


def _decide(request: HttpRequest, found: ReviewItem) -> HttpResponse:
    form = DecisionForm(request.POST, item=found, by=member_of(request))
    if "use" in request.POST:
        return _show(request, found, form.with_template(), used=True)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        act = _carry_out(request, found, form, key)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, found, form, status=422)
    except Conflict:
        return _conflict(request, found.pk, form.cleaned_data)
    except PermissionDenied:
        return _own(request)
    keeping.done(request)
    return HttpResponseRedirect(after_deciding(found, act))


def _carry_out(request: HttpRequest, found: ReviewItem, form: DecisionForm, key: str) -> ModAction:
    """One form, one act: decide it, or hand it on."""
    data, decision = form.cleaned_data, Decision(form.cleaned_data["decision"])
    common: dict[str, Any] = {
        "by": member_of(request),
        "item": found,
        "version": data["version"],
        "note": data["note"],
        "idempotency_key": key,
    }
    if decision == Decision.ESCALATE:
        return actions.escalate(**common)
    if decision == Decision.SECOND_OPINION:
        return actions.ask_colleague(**common)
    decided = actions.decide(
        **common,
        revision_id=data["revision"],
        decision=decision,
        reason_code=data["reason_code"],
        message=data["message"],
        wording=form.wording,
        rules_missed=data["rules_missed"],
    )
    return decided.action


def _conflict(request: HttpRequest, pk: int, typed: dict[str, Any]) -> HttpResponse:
    """Someone was faster: say who did what, give the words back, and offer the item anew while it is open."""
    actions.count_conflict()
    fresh = _find(pk)
    # The changed text is read from what was sent: an item that is closed has no field for it.
    names = ("title", "text") if typed["decision"] == Decision.REDACT else ()
    kept = {"message": typed["message"], "note": typed["note"]}
    kept |= {name: request.POST[name] for name in names if name in request.POST}
    form = DecisionForm(item=fresh, by=member_of(request), initial=kept)
    conflict = queue_showing.what_happened(fresh, member=member_of(request))
    return _show(request, fresh, form, conflict=conflict, kept=kept, status=409)


@moderators_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back while it can be; the item that opens again is shown. `pk` is the act's."""
    action = get_object_or_404(ModAction, pk=pk, verb__in=REVERSE, item_id__isnull=False)
    me = member_of(request)
    try:
        done = actions.undo_decision(by=me, action=action)
    except (Conflict, PermissionDenied):
        found = _find(action.item_id or 0)
        if not rules.may_decide_about(request.user, found.post):
            return _own(request)
        return _show(request, found, DecisionForm(item=found, by=me), too_late=True, status=409)
    if done.to_state == PostState.HIDDEN:  # somebody may have read it: it keeps its place (decision 6)
        words = _("Taken back before any notice went out. It is hidden now, and waits for a decision.")
    else:
        words = _("Taken back before any notice went out. It waits again as before.")
    messages.success(request, words)
    return HttpResponseRedirect(reverse("queue_item", args=[done.item_id]))


def _show(
    request: HttpRequest, found: ReviewItem, form: DecisionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    me, now, post = member_of(request), timezone.now(), queue_showing.post_of(found)
    is_open = found.status == ItemStatus.OPEN
    decided = None if is_open else queue_showing.decided_act(found)
    escalated = next((one for one in found.escalations.all() if one.closed_at is None), None)
    others = is_open and found.is_claimed_by_another(me, now=now)
    before = queue_showing.told_before(post, user=request.user)
    texts = [post.published_revision, post.latest_revision, *(one.published_revision for one in before)]
    inserting.insert(texts, user=request.user)
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
        "decided": queue_showing.in_words(decided) if decided else None,
        "undo_pk": decided.pk if decided and actions.can_be_undone(decided, by=me) else None,
        "undo_minutes": HouseRules.current().undo_minutes,
        "may_restore": rules.may_restore(request.user, post),
        "escalated": escalated,
        "earlier": queue_showing.earlier_items(found),
        "told_before": before,
    }
    return render(request, "forum/queue_item.html", context | more, status=status)
