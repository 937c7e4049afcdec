"""The monthly report of moderation, for everyone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum import month_showing
from forum.models import MonthlyReport


@require_safe
def moderation_report(request: HttpRequest) -> HttpResponse:
    """The newest month, or the one asked for as ?month=2026-10; and a list of all months."""
    months = [(f"{report.month:%Y-%m}", report) for report in MonthlyReport.objects.all()]
    asked = request.GET.get("month", "")
    shown = next((report for key, report in months if key == asked or not asked), None)
    if asked and shown is None:
        raise Http404
    context = {
        "report": shown,
        "month": month_showing.month_name(shown) if shown else "",
        "sections": month_showing.sections_of(shown) if shown else [],
        "others": [(key, month_showing.month_name(report)) for key, report in months if report is not shown],
    }
    return render(request, "forum/moderation_report.html", context)
