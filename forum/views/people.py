"""Limits on a person: the team's page about them, and the person's own page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from forum import actions, queue_showing
from forum.actions import Conflict, Refused
from forum.actions.sanctioning import may_sanction
from forum.actions.standing import day_of, limit_reason
from forum.forms.people import LiftForm, SanctionForm
from forum.models import Member, Post, Sanction
from forum.people_showing import limits_of
from forum.rules import Restraint
from forum.states import ItemStatus, SanctionEnd, SanctionKind
from forum.views import keeping
from forum.views.doors import member_of, members_only, moderators_only

#: Fields of the writing pages whose text a refused request gives back.
TYPED = ("title", "text", "message", "note")


@require_safe
@members_only
def standing(request: HttpRequest) -> HttpResponse:
    """What limits this person now or did of late, why, until when, and the way to a second look."""
    limits = limits_of(member_of(request))
    return render(request, "forum/standing.html", {"limits": limits})


def closed(request: HttpRequest, restraint: Restraint) -> HttpResponse:
    """In place of any page that a suspension closes: the same words, and what was being written."""
    typed = {name: request.POST[name] for name in TYPED if request.POST.get(name)}
    kept = typed or {name: words for name, words in keeping.came_back(request).items() if name in TYPED}
    context = {
        "limits": [limit for limit in limits_of(member_of(request)) if limit.in_force],
        "closed": True,
        "day": day_of(restraint.ends_at),
        "reason": limit_reason(restraint.reason_code),
        "kept": "\n\n".join(words for words in kept.values() if words),
    }
    return render(request, "forum/standing.html", context, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
@moderators_only
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person who wrote a post, as counts; their limits so far, and setting one."""
    post, by = _post(public_id), member_of(request)
    if not may_sanction(by, post.author):
        return _not_yours(request, post)
    if request.method != "POST":
        kept = keeping.came_back(request)
        return _page(request, post, SanctionForm(initial=kept), came_back=bool(kept))
    form = SanctionForm(request.POST)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _page(request, post, form, status=422)
    data = form.cleaned_data
    try:
        actions.sanction_member(
            by=by,
            member=post.author,
            kind=SanctionKind(data["kind"]),
            ends_at=form.ends_at(),
            reason_code=data["reason_code"],
            message=data["message"],
            note=data["note"],
            board=data["board"],
            idempotency_key=key,
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, post, form, status=422)
    except Conflict:
        form.add_error(None, _("Something changed in the meantime. Look again, then decide."))
        return _page(request, post, form, status=409)
    except PermissionDenied:
        return _not_yours(request, post)
    keeping.done(request)
    messages.success(request, _("It is set from now on. The person is told, with the reason."))
    return HttpResponseRedirect(request.path)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("note")
@moderators_only
def lift(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """End a limit before its time: asks once, then does it."""
    post, by = _post(public_id), member_of(request)
    limit = get_object_or_404(
        Sanction.objects.select_related("member__user", "board"), pk=pk, member_id=post.author_id
    )
    if not may_sanction(by, post.author):
        return _not_yours(request, post)
    page = reverse("person", args=[post.public_id])
    sent_twice = limit.ended_by_id == by.pk and limit.ended_as == SanctionEnd.LIFTED
    if not limit.is_in_force and (request.method != "POST" or sent_twice):
        messages.info(request, _("That limit is over."))
        return HttpResponseRedirect(page)
    form = LiftForm(initial=keeping.came_back(request))
    late = False
    if request.method == "POST":
        form = LiftForm(request.POST)
        if form.is_valid():
            try:
                actions.lift_sanction(by=by, sanction=limit, note=form.cleaned_data["note"])
            except Conflict:
                late = True
                form.add_error(None, _("That limit is over already: it ended, or a colleague was faster."))
            else:
                keeping.done(request)
                messages.success(request, _("Lifted. The person is told."))
                return HttpResponseRedirect(page)
    context = {
        "form": form,
        "post": post,
        "kind": SanctionKind(limit.kind).label,
        "day": day_of(limit.ends_at),
        "token": keeping.new_token(request),
    }
    status = 409 if late else 422 if form.errors else 200
    return render(request, "forum/lift.html", context, status=status)


def _post(public_id: str) -> Post:
    """The post by which the team finds its author; somebody who left has no limits to set."""
    post = get_object_or_404(
        Post.objects.select_related("author__user", "topic__board", "topic__author"), public_id=public_id
    )
    if post.author.user is None:
        raise Http404
    return post


def _not_yours(request: HttpRequest, post: Post) -> HttpResponse:
    """Nobody decides about themselves, about somebody they know, or (but for the lead) about a colleague."""
    own = post.author.user_id == request.user.pk
    return render(request, "forum/person_not_yours.html", {"post": post, "own": own}, status=403)


def _page(
    request: HttpRequest, post: Post, form: SanctionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    author: Member = post.author
    limits = limits_of(author, all_of_them=True)
    context = {
        "post": post,
        "item": post.items.filter(status=ItemStatus.OPEN).first(),
        "form": form,
        "history": queue_showing.history_of(author, now=timezone.now()),
        "in_force": [limit for limit in limits if limit.in_force],
        "over": [limit for limit in limits if not limit.in_force],
        "token": keeping.token_of(request) if status == 422 else keeping.new_token(request),
    }
    return render(request, "forum/person.html", context | more, status=status)
