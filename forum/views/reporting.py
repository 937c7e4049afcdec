"""Reporting a post: worry about a person stands first."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.actions import Refused
from forum.forms.reporting import ReportForm
from forum.models import Post, Report
from forum.states import ReportCategory
from forum.views import keeping
from forum.views.doors import member_of, members_only, refuse_unless

#: Whom to call when one fears for somebody (safety.screening says the same of such words).
HELP_KINDS = ("suicide", "emergency", "overdose")


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("category", "note")
@members_only
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell the team about a post. What one may not see answers as what is not there."""
    post = get_object_or_404(
        Post.objects.seen_by(request.user).select_related("topic", "author"), public_id=public_id
    )
    if request.method != "POST" and "sent" in request.GET:
        earlier = Report.objects.filter(reporter__user=request.user, post=post).order_by("-pk").first()
        if earlier:
            return _thanks(request, post, earlier)
    refuse_unless(rules.may_report(request.user, post))
    if request.method != "POST":
        kept = keeping.came_back(request)
        return _page(request, post, ReportForm(initial=kept), came_back=bool(kept))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, post, form, status=422)
    try:
        actions.report_post(
            by=member_of(request),
            post=post,
            category=form.cleaned_data["category"],
            note=form.cleaned_data["note"],
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, post, form, status=422)
    keeping.done(request)
    return HttpResponseRedirect(f"{request.path}?sent")


def _page(
    request: HttpRequest, post: Post, form: ReportForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "post": post,
        "form": form,
        "token": keeping.new_token(request),
        "help_kinds": HELP_KINDS,
        "worried": form["category"].value() == ReportCategory.WORRIED,
    }
    return render(request, "forum/report.html", context | more, status=status)


def _thanks(request: HttpRequest, post: Post, sent: Report) -> HttpResponse:
    """What happens next, and for a worry the numbers that answer at once."""
    context = {"post": post, "help_kinds": HELP_KINDS, "worried": sent.category == ReportCategory.WORRIED}
    return render(request, "forum/reported.html", context)
