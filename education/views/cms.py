"""Pages inside the CMS."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from education import rules
from education.actions import take_down_lesson
from education.forms import TakeDownForm
from education.models import LessonPage


def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take the lesson down."""
    lesson = get_object_or_404(LessonPage, pk=pk, live=True)
    if not rules.may_take_down(request.user):
        raise PermissionDenied
    form = TakeDownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_down_lesson(lesson=lesson, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The lesson is down. Visitors no longer see it."))
        return redirect("wagtailadmin_explore", lesson.get_parent().pk)
    return render(request, "education/cms_take_down.html", {"form": form, "lesson": lesson})
