"""This room's share of search: lessons the public may read, and words that are explained."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from wagtail.search.query import PlainText

from education.models import GlossaryTerm, LessonPage
from safety.characters import text_norm

MOST_LESSONS = 4
MOST_TERMS = 3
#: A shorter word of a question is looked for as it stands, a longer one in its other forms too.
_WHOLE_WORD = 4


@dataclass(frozen=True)
class FoundLesson:
    """A lesson that was found, as a row of a list."""

    title: str
    summary: str
    minutes: int
    url: str


def find_lessons(*, words: list[str]) -> list[FoundLesson]:
    """Lessons in the reader's language that hold all these words, else some of them; the nearest first.

    Asked of those the public may read, as the lists of lessons are. At most four queries.
    """
    if not words:
        return []
    lessons = LessonPage.objects.readable().filter(locale__language_code=get_language())
    readable = list(lessons.values_list("pk", flat=True))
    found: list[LessonPage] = []
    for operator in ("and", "or"):
        here = LessonPage.objects.filter(pk__in=readable)
        found = list(here.search(PlainText(" ".join(words), operator=operator))[:MOST_LESSONS])
        if found or len(words) == 1:
            break
    return [_shown(lesson) for lesson in found]


def _shown(lesson: LessonPage) -> FoundLesson:
    course, slug = lesson.url_path.rstrip("/").split("/")[-2:]
    return FoundLesson(
        title=lesson.title,
        summary=lesson.summary,
        minutes=lesson.minutes,
        url=reverse("lesson", args=(course, slug)),
    )


def find_terms(*, words: list[str]) -> list[GlossaryTerm]:
    """Explained words that are among these. One query: they are few, and are compared without accents."""
    asked = {text_norm(word) for word in words}
    terms = GlossaryTerm.objects.filter(locale__language_code=get_language()) if asked else []
    return [term for term in terms if any(_meets(asked, one) for one in text_norm(term.term).split())][
        :MOST_TERMS
    ]


def _meets(asked: set[str], word: str) -> bool:
    """Is this word asked for, as it stands or with another ending?"""
    word = word.strip("(),.;:")
    return word in asked or any(
        len(one) > _WHOLE_WORD and len(word) > _WHOLE_WORD and (one.startswith(word) or word.startswith(one))
        for one in asked
    )
