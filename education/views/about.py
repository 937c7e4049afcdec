"""What stands behind the lessons: words explained, who reviews, how we write."""

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from education.models import GlossaryTerm, LessonReview
from education.states import ReviewKind


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Words from A to Z in the reader's language."""
    terms = GlossaryTerm.objects.filter(locale__language_code=get_language()).select_related("source")
    return render(
        request, "education/glossary.html", {"terms": sorted(terms, key=lambda term: slugify(term.term))}
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, and what it is not."""
    return render(request, "education/about.html")


@require_safe
def reviewers(request: HttpRequest) -> HttpResponse:
    """Who signed how many of the lessons that are live now, and how many wait for a first review."""
    live = LessonReview.objects.filter(page__live=True, page__live_revision_id=F("revision_id"))
    signed = (
        live.filter(kind=ReviewKind.SITE)
        .values("reviewer_mark")
        .annotate(lessons=Count("pk"))
        .order_by("reviewer_mark")
    )
    waiting = live.filter(kind=ReviewKind.STARTER).count()
    return render(request, "education/reviewers.html", {"signed": signed, "waiting": waiting})


@require_safe
def how_we_write(request: HttpRequest) -> HttpResponse:
    """The rules lessons are written by."""
    return render(request, "education/how_we_write.html")
