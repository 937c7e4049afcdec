"""What a moderator keeps away from: topics, boards, and people they know. Moderators only."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forum import actions
from forum.actions import Refused
from forum.forms.shifts import AcquaintanceForm, TopicsForm
from forum.models import Acquaintance, ModeratorChoice
from forum.views.doors import member_of, moderators_only


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def choices(request: HttpRequest) -> HttpResponse:
    """Topics and boards one would rather not be given; no reason is asked."""
    if request.method != "POST":
        return _show(request)
    form = TopicsForm(request.POST)
    if not form.is_valid():
        return _show(request, topics=form, status=422)
    actions.choose_topics(
        by=member_of(request),
        opted_out=form.cleaned_data["opted_out"],
        boards=form.cleaned_data["boards"],
    )
    messages.success(request, _("Saved. “Take the next one” leaves these to colleagues."))
    return HttpResponseRedirect(reverse("choices"))


@moderators_only
@require_POST
def know(request: HttpRequest) -> HttpResponse:
    """Put someone on the list of people one knows."""
    form = AcquaintanceForm(request.POST)
    if form.is_valid():
        try:
            actions.declare_acquaintance(by=member_of(request), other=form.cleaned_data["other"])
        except Refused as refusal:
            form.add_error("handle", refusal.message)
    if form.errors:
        return _show(request, people=form, status=422)
    messages.success(request, _("Saved. A colleague decides what is about them."))
    return HttpResponseRedirect(reverse("choices"))


@moderators_only
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take someone off the list; one who is not on it is fine too."""
    actions.forget_acquaintance(by=member_of(request), other_id=pk)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("choices"))


def _show(
    request: HttpRequest,
    *,
    topics: TopicsForm | None = None,
    people: AcquaintanceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    me = member_of(request)
    known = Acquaintance.objects.filter(moderator=me).select_related("other__user").order_by("pk")
    context: dict[str, Any] = {
        "topics": topics or TopicsForm(initial=_chosen(me.pk)),
        "people": people or AcquaintanceForm(),
        "known": known,
    }
    return render(request, "forum/choices.html", context, status=status)


def _chosen(member_id: int) -> dict[str, Any]:
    choice = ModeratorChoice.objects.filter(member=member_id).prefetch_related("boards").first()
    if choice is None:
        return {}
    return {"opted_out": choice.opted_out, "boards": [board.slug for board in choice.boards.all()]}
