"""What the reading pages show: the same for readers and for the editor's preview. No writes, few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from education import progress
from education.models import (
    CoursePage,
    CrisisResource,
    HomePage,
    LearnIndexPage,
    LessonPage,
    LessonReview,
    Source,
)
from education.models.pages import LEARN_SLUG

SHORT_MINUTES = 5
SHORT_SHOWN = 3


@dataclass(frozen=True)
class LessonRow:
    """A lesson in a list."""

    pk: int
    title: str
    slug: str
    minutes: int
    summary: str
    url: str
    is_done: bool
    is_current: bool = False


@dataclass(frozen=True)
class CourseRow:
    """A course in a list, with its lessons in order."""

    title: str
    slug: str
    summary: str
    for_today: str
    icon: str
    urgent: bool
    url: str
    lessons: tuple[LessonRow, ...]

    @property
    def minutes(self) -> int:
        """Reading time of all its lessons, in minutes."""
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def done(self) -> int:
        """How many of its lessons are marked done."""
        return sum(lesson.is_done for lesson in self.lessons)


# --- finding pages ----------------------------------------------------------------------------------
def find_page(model: type[Page], *, slug: str = "") -> Any:
    """The live page of this type in the reader's language, or None. One query."""
    pages = model.objects.live().filter(locale__language_code=get_language())
    return (pages.filter(slug=slug) if slug else pages).order_by("path").first()


def find_lesson(course: str, slug: str) -> LessonPage | None:
    """The lesson if the public may read it, with `.signed` as its review. One query."""
    review = (
        LessonReview.objects.filter(
            page__live=True,
            page__live_revision_id=F("revision_id"),
            page__slug=slug,
            page__locale__language_code=get_language(),
            page__url_path__endswith=f"/{LEARN_SLUG}/{course}/{slug}/",
        )
        .select_related("page")
        .first()
    )
    if review is None:
        return None
    lesson = review.page
    lesson.signed = review
    return lesson


def course_rows(top: Page, *, kept: progress.Progress, current: int | None = None) -> list[CourseRow]:
    """The live courses at or below `top` with the lessons the public may read. Always one query."""
    course_depth = top.depth + {LearnIndexPage: 1, HomePage: 2}.get(type(top), 0)
    rows = (
        Page.objects.filter(live=True, path__startswith=top.path)
        .filter(
            Q(depth=course_depth, coursepage__isnull=False)
            | Q(depth=course_depth + 1, lessonpage__reviews__revision_id=F("live_revision_id"))
        )
        .order_by("path")
        .values(
            "pk",
            "title",
            "slug",
            "depth",
            "coursepage__summary",
            "coursepage__for_today",
            "coursepage__icon",
            "coursepage__urgent",
            "lessonpage__summary",
            "lessonpage__minutes",
        )
    )
    found: list[tuple[dict[str, Any], list[LessonRow]]] = []
    done = set(kept.done)
    for row in rows:
        if row["depth"] == course_depth:
            found.append((row, []))
        elif found:  # a lesson whose course is not live is not shown
            found[-1][1].append(
                LessonRow(
                    pk=row["pk"],
                    title=row["title"],
                    slug=row["slug"],
                    minutes=row["lessonpage__minutes"],
                    summary=row["lessonpage__summary"],
                    url=reverse("lesson", args=(found[-1][0]["slug"], row["slug"])),
                    is_done=row["pk"] in done,
                    is_current=row["pk"] == current,
                )
            )
    return [
        CourseRow(
            title=row["title"],
            slug=row["slug"],
            summary=row["coursepage__summary"],
            for_today=row["coursepage__for_today"],
            icon=row["coursepage__icon"],
            urgent=row["coursepage__urgent"],
            url=reverse("course", args=(row["slug"],)),
            lessons=tuple(lessons),
        )
        for row, lessons in found
    ]


def _just_done(lessons: Iterable[LessonRow], request: Any) -> LessonRow | None:
    """The lesson the reader marked done a moment ago, so that the page can say so and offer to undo it."""
    asked = request.GET.get("done", "")
    return next((lesson for lesson in lessons if lesson.is_done and str(lesson.pk) == asked), None)


def _resume(courses: list[CourseRow], kept: progress.Progress) -> LessonRow | None:
    return next((lesson for course in courses for lesson in course.lessons if lesson.pk == kept.at), None)


# --- what each page shows ---------------------------------------------------------------------------
def home_context(home: HomePage, request: Any) -> dict[str, Any]:
    """The home page: two queries."""
    kept = progress.read(request)
    courses = course_rows(home, kept=kept)
    lessons = [lesson for course in courses for lesson in course.lessons]
    start = next((lesson for lesson in lessons if lesson.pk == home.start_lesson_id), None)
    return {
        "home": home,
        "kept": kept,
        "resume": _resume(courses, kept),
        "start": start,
        "courses": [course for course in courses if course.for_today and course.lessons],
        "has_lessons": bool(lessons),
    }


def learn_context(learn: LearnIndexPage, request: Any) -> dict[str, Any]:
    """The list of courses: two queries."""
    kept = progress.read(request)
    courses = course_rows(learn, kept=kept)
    lessons = [lesson for course in courses for lesson in course.lessons]
    return {
        "learn": learn,
        "kept": kept,
        "courses": [course for course in courses if course.lessons],
        "count": len(lessons),
        "resume": _resume(courses, kept),
        "short": [lesson for lesson in lessons if lesson.minutes <= SHORT_MINUTES][:SHORT_SHOWN],
    }


def course_context(course: CoursePage, request: Any) -> dict[str, Any]:
    """One course: two queries."""
    kept = progress.read(request)
    rows = course_rows(course, kept=kept) if course.path else []
    row = rows[0] if rows else None
    lessons = row.lessons if row else ()
    return {
        "course": course,
        "row": row,
        "kept": kept,
        "next_lesson": next((lesson for lesson in lessons if not lesson.is_done), None),
        "just_done": _just_done(lessons, request),
    }


def lesson_context(lesson: LessonPage, request: Any) -> dict[str, Any]:
    """One lesson: three queries beside the one that found it."""
    kept = progress.read(request)
    course = _course_of(lesson, kept)
    lessons = course.lessons if course else ()
    place = next((at for at, row in enumerate(lessons) if row.pk == lesson.pk), None)
    sources = _numbered_sources(lesson)
    signed = getattr(lesson, "signed", None)
    return {
        "lesson": lesson,
        "course": course,
        "number": place + 1 if place is not None else None,
        "before": lessons[place - 1] if place else None,
        "after": lessons[place + 1] if place is not None and place + 1 < len(lessons) else None,
        "signed": signed,
        "facts": _facts(lesson, signed),
        "sources": sources,
        "claim_numbers": {source["key"]: source["number"] for source in sources},
        "parts": _parts(lesson, request.GET.get("answer", "")),
        "helplines": helplines(lesson.help_kind_list),
        "kept": kept,
        "is_done": lesson.pk in kept.done,
        "just_done": _just_done(lessons, request),
        "just_kept": "kept" in request.GET and kept.at == lesson.pk,
    }


def _course_of(lesson: LessonPage, kept: progress.Progress) -> CourseRow | None:
    """The course with its lessons; None for a lesson that is not in the tree yet (a preview)."""
    if not lesson.path:
        return None
    steplen = lesson.steplen
    top = CoursePage(path=lesson.path[:-steplen], depth=lesson.depth - 1)
    rows = course_rows(top, kept=kept, current=lesson.pk)
    return rows[0] if rows else None


def _parts(lesson: LessonPage, answer: str) -> list[dict[str, Any]]:
    """The blocks in order; checks are numbered, and the answer in the address opens its reason."""
    number, _dash, option = answer.partition("-")
    parts, checks = [], 0
    for block in lesson.body:
        part: dict[str, Any] = {"block": block}
        if block.block_type == "check":
            checks += 1
            part["check"] = checks
            part["chosen"] = (
                int(option) if number == str(checks) and option.isdecimal() and len(option) < 3 else 0
            )
        parts.append(part)
    return parts


def _numbered_sources(lesson: LessonPage) -> list[dict[str, Any]]:
    keys = lesson.source_keys()
    known = {source.key: source for source in Source.objects.filter(key__in=keys)} if keys else {}
    return [
        {"number": number, "key": key, "text": known[key].words, "url": known[key].url}
        for number, key in enumerate((key for key in keys if key in known), start=1)
    ]


def _facts(lesson: LessonPage, signed: LessonReview | None) -> list[dict[str, str]]:
    """The four marks: who wrote it, who reviewed it, when, and when again. (Sources stand below them.)"""
    by_site = signed if signed is not None and not signed.is_starter else None
    facts = [
        {"name": _("Written by"), "value": lesson.author_mark or _("Not said yet")},
        {
            "name": _("Reviewed by"),
            "value": by_site.reviewer_mark if by_site else _("Not yet reviewed by this site’s clinician"),
        },
    ]
    if by_site:
        facts.append({"name": _("Reviewed on"), "value": _day(by_site.at)})
    elif lesson.last_published_at:
        facts.append({"name": _("Last changed"), "value": _day(lesson.last_published_at)})
    facts.append(
        {
            "name": _("Review due"),
            "value": _day(lesson.review_due_on) if lesson.review_due_on else _("Waits for its first review"),
        }
    )
    return facts


def _day(when: Any) -> str:
    return formats.date_format(when, "DATE_FORMAT")


# --- helplines ------------------------------------------------------------------------------------------
def helplines(kinds: list[str] | tuple[str, ...]) -> list[CrisisResource]:
    """The helplines for these kinds, in the order of the kinds, each once. One query; none for no kinds."""
    if not kinds:
        return []
    lines = list(CrisisResource.objects.for_this_site())
    found: dict[int, CrisisResource] = {}
    for kind in kinds:
        for line in lines:
            if kind in line.kind_list:
                found.setdefault(line.pk, line)
    return list(found.values())
