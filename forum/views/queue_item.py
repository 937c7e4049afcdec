"""One item of the queue with its decision. Moderators only."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forum import actions, queue_showing, rules
from forum.actions import Conflict, Refused
from forum.forms.deciding import DecisionForm
from forum.models import ReviewItem
from forum.states import Decision, ItemStatus
from forum.views import appeals, keeping
from forum.views.doors import member_of, moderators_only
from forum.views.queue import after_deciding


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
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
    return HttpResponseRedirect(after_deciding(found))


def _conflict(request: HttpRequest, pk: int, typed: dict[str, Any]) -> HttpResponse:
    """Someone was faster: say who did what, give the words back, and offer the item anew while it is open."""
    actions.count_conflict()
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
