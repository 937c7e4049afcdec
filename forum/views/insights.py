"""How moderation goes: the figures as charts with tables, and as JSON. About the queue, never a person."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from forum import figures, figures_json, insights_showing, rules
from forum.models import HouseRules
from forum.views.doors import View, members_only

USUAL_SPAN = 30


def _those_who_may_read_figures(view: View) -> View:
    """Moderators, safety leads, operators; for everyone else these pages do not exist."""

    @wraps(view)
    @members_only
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_read_figures(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return door


def _span(request: HttpRequest) -> int:
    """The span asked for, in days; anything else counts as the usual one."""
    asked = request.GET.get("days", "")
    return next((days for days in figures.SPANS if asked == str(days)), USUAL_SPAN)


@require_safe
@_those_who_may_read_figures
def insights(request: HttpRequest) -> HttpResponse:
    """The figures of the last 7, 30 or 90 days."""
    days = _span(request)
    found = figures.figures_of(days)
    context = {
        "parts": insights_showing.parts_of(found, targets=HouseRules.current().targets),
        "days": days,
        "made_at": found.made_at,
        "spans": [
            {
                "days": span,
                "label": ngettext("%(n)d day", "%(n)d days", span) % {"n": span},
                "chosen": span == days,
            }
            for span in figures.SPANS
        ],
    }
    return render(request, "forum/insights.html", context)


@require_safe
@_those_who_may_read_figures
def as_json(request: HttpRequest) -> HttpResponse:
    """The same figures, in the shape of `figures_json.as_json`."""
    return JsonResponse(figures_json.as_json(figures.figures_of(_span(request))))
