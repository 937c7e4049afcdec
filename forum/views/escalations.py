"""What the team asked the clinician on call: the list, one of them, and the answer.

A clinician who does not moderate sees here the one post they were asked about, and nothing else of the queue.
"""

import datetime as dt
from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import actions, inserting, queue_list, queue_showing, rules
from forum.actions import Conflict
from forum.clocks import clock, elapsed
from forum.forms.escalating import CloseForm
from forum.models import Post, ReviewReason, SafetyEscalation
from forum.models.review import ItemNote
from forum.states import EscalationOutcome, PostState, Severity
from forum.views import keeping
from forum.views.doors import View, member_of, members_only, refuse_unless

#: How many answered ones stand below those that wait.
ANSWERED_SHOWN = 20


def clinicians_only(view: View) -> View:
    """For whoever does not answer escalations these pages do not exist, moderators among them."""

    @wraps(view)
    @members_only
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_answer_escalations(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return door


@require_safe
@clinicians_only
def escalations(request: HttpRequest) -> HttpResponse:
    """What waits for the clinician, the longest first, and what was answered lately; never the words."""
    asked = SafetyEscalation.objects.select_related(
        "item__post__topic__board",
        "item__post__topic__author",
        "item__post__author",
        "item__post__published_revision",
        "item__post__latest_revision",
        "acknowledged_by__user",
        "closed_by__user",
    ).prefetch_related(Prefetch("item__reasons", ReviewReason.objects.select_related("report")))
    context = {
        "waiting": _rows(request, asked.filter(closed_at=None).order_by("opened_at")),
        "answered": _rows(request, asked.exclude(closed_at=None).order_by("-closed_at")[:ANSWERED_SHOWN]),
    }
    return render(request, "forum/escalations.html", context)


def _rows(request: HttpRequest, found: Iterable[SafetyEscalation]) -> list[dict[str, str]]:
    """One line each; what is about themselves or somebody they know is answered by a colleague."""
    now = timezone.now()
    return [
        {
            "kind": "risk" if one.acknowledged_at is None else "",
            "heading": queue_list.heading_of(one.item.reasons.all()),
            "text": f"{queue_list.kind_of(one.item.post)}. {queue_list.state_of(one.item.post)}",
            "wait": _since(one, now=now),
            "due": _who_looks(one),
            "url": reverse("escalation", args=[one.pk]),
        }
        for one in found
        if one.item.post and not rules.is_too_close(request.user, one.item.post)
    ]


def _since(one: SafetyEscalation, *, now: dt.datetime) -> str:
    if one.closed_at:
        return _("Answered %(time)s") % {"time": clock(one.closed_at, now=now)}
    return _("Asked %(span)s ago") % {"span": elapsed(one.opened_at, now=now)}


def _who_looks(one: SafetyEscalation) -> str:
    if one.closed_at and one.closed_by:
        ended = {"name": one.closed_by.handle, "outcome": EscalationOutcome(one.outcome).label}
        return _("%(name)s: %(outcome)s") % ended
    if one.acknowledged_by:
        return _("%(name)s is looking") % {"name": one.acknowledged_by.handle}
    return _("Nobody is looking yet")


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
@clinicians_only
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: why it was asked, the words folded, the answer. Reading changes nothing."""
    found = _find(request, pk)
    if request.method == "POST":
        return _close(request, found)
    kept = keeping.came_back(request)
    return _show(request, found, CloseForm(initial=kept), came_back=bool(kept))


@clinicians_only
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one is looking; the team sees it at once."""
    found = _find(request, pk)
    actions.acknowledge(by=member_of(request), escalation=found)
    return HttpResponseRedirect(reverse("escalation", args=[pk]))


def _find(request: HttpRequest, pk: int) -> SafetyEscalation:
    found = get_object_or_404(
        SafetyEscalation.objects.filter(item__post__isnull=False)
        .select_related(
            "item__post__topic__board",
            "item__post__topic__author",
            "item__post__topic__first_post__published_revision",
            "item__post__author__user",
            "item__post__published_revision",
            "item__post__latest_revision",
            "opened_by__user",
            "acknowledged_by__user",
            "closed_by__user",
        )
        .prefetch_related(
            Prefetch("item__reasons", ReviewReason.objects.select_related("report")),
            Prefetch("item__notes", ItemNote.objects.select_related("by__user")),
        ),
        pk=pk,
    )
    refuse_unless(not rules.is_too_close(request.user, found.item.post))
    return found


def _close(request: HttpRequest, found: SafetyEscalation) -> HttpResponse:
    form = CloseForm(request.POST)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    me, data = member_of(request), form.cleaned_data
    try:
        actions.close_escalation(
            by=me,
            escalation=found,
            outcome=EscalationOutcome(data["outcome"]),
            message=data["message"],
            note=data["note"],
            idempotency_key=key,
        )
    except Conflict:
        kept = {"message": data["message"], "note": data["note"]}
        fresh = _find(request, found.pk)
        return _show(request, fresh, CloseForm(initial=kept), late=True, kept=kept, status=409)
    keeping.done(request)
    messages.success(request, _("Answered. The team decides about the post now."))
    return HttpResponseRedirect(reverse("escalations"))


def _show(
    request: HttpRequest, found: SafetyEscalation, form: CloseForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    now, post = timezone.now(), queue_showing.post_of(found.item)
    inserting.insert([post.published_revision, post.latest_revision], user=request.user)
    context: dict[str, Any] = {
        "escalation": found,
        "post": post,
        "heading": queue_showing.heading_of(found.item.reasons.all()),
        "reasons": queue_showing.reasons_of(found.item),
        "notes": found.item.notes.all(),
        "kind": queue_showing.kind_of(post),
        "state": queue_showing.state_of(post),
        "is_open": found.closed_at is None,
        "who_looks": _who_looks(found),
        "asked_at": clock(found.opened_at, now=now),
        "answer": _answer(found),
        "form": form,
        "token": keeping.token_of(request) if status == 422 else keeping.new_token(request),
        "history": queue_showing.history_of(post.author, now=now),
        "severity": str(Severity(found.item.severity).label),
        "topic_title": _topic_title(post),
    }
    return render(request, "forum/escalation.html", context | more, status=status)


def _answer(found: SafetyEscalation) -> dict[str, str] | None:
    """How it ended, for the team's eyes; the words to the author stand on the record."""
    if found.closed_at is None:
        return None
    return {
        "outcome": str(EscalationOutcome(found.outcome).label),
        "when": clock(found.closed_at),
        "who": found.closed_by.handle if found.closed_by else "",
    }


def _topic_title(post: Post) -> str:
    """What the topic of a reply is called, while members can read that; a clinician sees no other post."""
    first = post.topic.first_post
    if post.is_first or first is None or first.state != PostState.PUBLISHED:
        return ""
    return post.topic.title
