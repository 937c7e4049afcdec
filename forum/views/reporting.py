"""Reporting a post: worry about a person stands first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.actions import Conflict, Refused, TooManyReports
from forum.forms.reporting import ReportForm
from forum.models import Post, Report
from forum.states import ReportCategory, ReportState
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
    earlier = Report.objects.filter(reporter__user=request.user, post=post).order_by("-pk").first()
    if request.method == "POST" and "take_back" in request.POST:
        return _take_back(request, post, earlier)
    if request.method != "POST" and earlier and _is_about_this(earlier, post, request):
        return _reported(request, post, earlier)
    refuse_unless(rules.may_report(request.user, post))
    if request.method != "POST":
        kept = keeping.came_back(request)
        return _page(request, post, ReportForm(initial=kept), came_back=bool(kept))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, post, form, status=422)
    try:
        sent = actions.report_post(
            by=member_of(request),
            post=post,
            category=form.cleaned_data["category"],
            note=form.cleaned_data["note"],
        )
    except TooManyReports as refusal:
        form.add_error(None, refusal.message)
        return _page(request, post, form, status=422, worried=True)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, post, form, status=422)
    keeping.done(request)
    if not Post.objects.seen_by(request.user).filter(pk=post.pk).exists():
        # The report that reached the site's number: from now on this address answers nobody.
        return _reported(request, post, sent, is_new=True, is_hidden=True)
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


def _is_about_this(report: Report, post: Post, request: HttpRequest) -> bool:
    """Did this member report what is shown now? After a published change they can report again."""
    if report.state == ReportState.WITHDRAWN:
        return False
    return report.revision_id == post.published_revision_id or "sent" in request.GET


def _reported(request: HttpRequest, post: Post, sent: Report, **more: bool) -> HttpResponse:
    """What happens next, and for a worry the numbers that answer at once; a way to take it back."""
    context = {
        "post": post,
        "help_kinds": HELP_KINDS,
        "worried": sent.category == ReportCategory.WORRIED,
        "is_new": "sent" in request.GET,
        "is_open": sent.state == ReportState.OPEN,
        "outcome": sent.get_state_display(),
    }
    return render(request, "forum/reported.html", context | more)


def _take_back(request: HttpRequest, post: Post, report: Report | None) -> HttpResponse:
    """Sent twice, the second finds it done; when the team was faster, they say so by a notice."""
    if report is None:
        raise Http404
    try:
        actions.withdraw_report(by=member_of(request), report=report)
    except Conflict:
        messages.info(request, _("The team looked at it in the meantime. You get a notice."))
    else:
        messages.success(request, _("Your report is taken back. The author never learns of it."))
    return HttpResponseRedirect(post.get_absolute_url())
