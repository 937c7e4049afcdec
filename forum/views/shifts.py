"""The team's day: being on, breaks, the note for the next shift, a word after a hard item."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import actions, team_showing
from forum.actions import Refused
from forum.forms.shifts import HandOverForm, ShiftForm
from forum.models import HandOver, HouseRules
from forum.views import keeping
from forum.views.doors import member_of, moderators_only


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def shift(request: HttpRequest) -> HttpResponse:
    """Say that one is on and until when; see one's own load, that nobody else sees."""
    if request.method != "POST":
        return _show_shift(request, ShiftForm())
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return _show_shift(request, form, status=422)
    try:
        actions.begin_shift(by=member_of(request), until=form.cleaned_data["until"])
    except Refused as refusal:
        form.add_error("until", refusal.message)
        return _show_shift(request, form, status=422)
    messages.success(request, _("You are on. Thank you for being here."))
    return HttpResponseRedirect(reverse("queue"))


def _show_shift(request: HttpRequest, form: ShiftForm, *, status: int = 200) -> HttpResponse:
    me, now, house = member_of(request), timezone.now(), HouseRules.current()
    shifts = list(actions.open_shifts(now))
    own = team_showing.own_shift(shifts, me)
    if own and own.until and not form.is_bound:
        form.initial = {"until": timezone.localtime(own.until).time()}
    context = {
        "form": form,
        "own": own,
        "load": team_showing.load_of(own, house=house) if own else None,
        "who_is_on": team_showing.who_is_on(shifts, member=me, now=now),
        "break_after": house.break_after,
        "debrief_url": house.debrief_url or reverse("debrief"),
    }
    return render(request, "forum/shift.html", context, status=status)


@moderators_only
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Say that one is off."""
    actions.end_shift(by=member_of(request))
    messages.success(request, _("Your shift is over. What you had is back in the queue. Thank you."))
    return HttpResponseRedirect(reverse("shift"))


@moderators_only
@require_POST
def rest(request: HttpRequest) -> HttpResponse:
    """Take a break: colleagues get what one had."""
    actions.take_break(by=member_of(request))
    messages.success(request, _("Enjoy your break. What you had is back in the queue."))
    return HttpResponseRedirect(reverse("shift"))


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("text")
@moderators_only
def hand_over(request: HttpRequest) -> HttpResponse:
    """Leave word for whoever comes next."""
    if request.method != "POST":
        kept = keeping.came_back(request)
        return _show_note(request, HandOverForm(initial=kept), came_back=bool(kept))
    form = HandOverForm(request.POST)
    if form.is_valid():
        try:
            actions.leave_note(by=member_of(request), text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error("text", refusal.message)
    if form.errors:
        return _show_note(request, form, status=422)
    keeping.done(request)
    messages.success(request, _("Your note stands in the queue now."))
    return HttpResponseRedirect(reverse("queue"))


def _show_note(request: HttpRequest, form: HandOverForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "token": keeping.new_token(request),
        "newest": HandOver.objects.select_related("by__user").first(),
    }
    return render(request, "forum/hand_over.html", context | more, status=status)


@require_safe
@moderators_only
def debrief(request: HttpRequest) -> HttpResponse:
    """Plain words after a hard item, and with whom to talk."""
    return render(request, "forum/debrief.html", {"debrief_url": HouseRules.current().debrief_url})
