"""Reading: home, the list of courses, a course, a lesson; and the buttons that keep a reader's place."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from education import progress, reading
from education.models import CoursePage, HomePage, LearnIndexPage


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render; a place that could not be read is forgotten, so that the kind line about it shows once."""
    response = render(request, template, context)
    if context["kept"].broken:
        progress.forget(response)
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the reader's language."""
    page = reading.find_page(HomePage)
    if page is None:
        raise Http404
    return _page(request, "education/home_page.html", reading.home_context(page, request))


@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    """All courses."""
    page = reading.find_page(LearnIndexPage)
    if page is None:
        raise Http404
    return _page(request, "education/learn_index_page.html", reading.learn_context(page, request))


@require_safe
def course(request: HttpRequest, course: str) -> HttpResponse:
    """The lessons of one course."""
    page = reading.find_page(CoursePage, slug=course)
    if page is None:
        return _not_in_this_language(course)
    return _page(request, "education/course_page.html", reading.course_context(page, request))


@require_safe
@cache_control(private=True)
def lesson(request: HttpRequest, course: str, lesson: str) -> HttpResponse:
    """One lesson, if the public may read it."""
    page = reading.find_lesson(course, lesson)
    if page is None:
        return _not_in_this_language(course, lesson)
    context = reading.lesson_context(page, request)
    if context["course"] is None:
        raise Http404
    return _page(request, "education/lesson_page.html", context)


def _not_in_this_language(course: str, lesson: str = "") -> HttpResponse:
    """Not there: 404. If it is there in the site's first language alone, the list of courses says so."""
    here = get_language()
    if here != settings.LANGUAGE_CODE:
        with override(settings.LANGUAGE_CODE):
            twin = (
                reading.find_lesson(course, lesson) if lesson else reading.find_page(CoursePage, slug=course)
            )
        if twin is not None:
            return redirect("learn")
    raise Http404


def _from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site's page sent this.

    The buttons below carry no CSRF token: a token would set one more cookie on every lesson (contract: On
    the device), and all they change is the reader's own cookie.
    """
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


@csrf_exempt
@require_POST
def keep(request: HttpRequest, course: str, lesson: str) -> HttpResponse:
    """Mark a lesson done and go on, take that back, or keep the place; what is kept stays in the browser."""
    if _from_elsewhere(request):
        return HttpResponseForbidden()
    page = reading.find_lesson(course, lesson)
    if page is None:
        raise Http404
    context = reading.lesson_context(page, request)
    kept, after = context["kept"], context["after"]
    what = request.POST.get("what", "")
    here = reverse("lesson", args=(course, lesson))
    if what == "done":
        kept = kept.with_done(page.pk, then=after.pk if after else None)
        # The next page says what was done and offers to undo it.
        where = f"{after.url if after else reverse('course', args=(course,))}?done={page.pk}"
    elif what == "undo":
        kept = kept.without(page.pk)
        where = here
    elif what == "place":
        kept = kept.at_place(page.pk)
        where = f"{here}?kept=1"
    else:
        return HttpResponseRedirect(here)
    response = HttpResponseRedirect(where)
    progress.write(response, kept)
    return response


@csrf_exempt
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Remove what this browser keeps about reading."""
    if _from_elsewhere(request):
        return HttpResponseForbidden()
    response = redirect("learn")
    progress.forget(response)
    return response
