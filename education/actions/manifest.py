"""The manifest of the starter lessons: the SHA-256 of each text as shipped; no other text loads as one."""

import tomllib
from pathlib import Path

from wagtail.models import Locale

from education.models import LessonPage
from education.starter_format import STARTER, StarterLesson, load_courses
from education.states import STARTER_AUTHOR

MANIFEST = "manifest.toml"


def key_of(lang: str, course: str, lesson: str) -> str:
    """The name of a lesson in the manifest."""
    return f"{lang}/{course}/{lesson}"


def starter_page(lesson: StarterLesson, *, locale: Locale | None = None) -> LessonPage:
    """An unsaved lesson with the shipped text."""
    page = (
        LessonPage(slug=lesson.slug, live=False, locale=locale)
        if locale
        else LessonPage(slug=lesson.slug, live=False)
    )
    fill_page(page, lesson)
    return page


def fill_page(page: LessonPage, lesson: StarterLesson) -> None:
    page.title = page.draft_title = lesson.title
    page.summary, page.minutes, page.for_whom = lesson.summary, lesson.minutes, lesson.for_whom
    page.mentions, page.help_kinds = ", ".join(lesson.mentions), ", ".join(lesson.help_kinds)
    page.author_mark, page.review_due_on = STARTER_AUTHOR, None
    page.body = page.body.stream_block.to_python(lesson.body)


def manifest_now(folder: Path = STARTER) -> dict[str, str]:
    """The SHA-256 of each shipped lesson, computed from the files."""
    return {
        key_of(course.lang, course.slug, lesson.slug): starter_page(lesson).fingerprint()
        for lang in languages_in(folder)
        for course in load_courses(folder, lang)
        for lesson in course.lessons
    }


def read_manifest(folder: Path = STARTER) -> dict[str, str]:
    """The manifest as shipped; empty when there is none."""
    path = folder / MANIFEST
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def write_manifest(folder: Path = STARTER) -> int:
    """Write the manifest of the texts as they are; returns how many lessons it names."""
    rows = manifest_now(folder)
    lines = [
        "# SHA-256 of each starter lesson as shipped. Written by: manage.py load_starter --write-manifest",
        "",
    ]
    lines += [f'"{key}" = "{value}"' for key, value in sorted(rows.items())]
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(rows)


def languages_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and len(path.name) == 2)
