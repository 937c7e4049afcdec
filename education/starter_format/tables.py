"""The folders and TOML files: courses, sources, helplines, glossary."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from education.starter_format.lesson import read_lesson
from education.starter_format.shapes import (
    HELP_KINDS,
    SOURCE_KINDS,
    StarterCourse,
    StarterError,
    StarterResource,
    StarterSource,
    StarterTerm,
    check_members,
    check_slug,
    check_table,
    parse_toml,
)

STARTER = Path(__file__).parent.parent / "starter"

_LESSON_FILE = re.compile(r"(\d\d)-([a-z0-9-]+)\.md")
Row = TypeVar("Row")


def load_courses(folder: Path = STARTER, lang: str = "en") -> list[StarterCourse]:
    """Every course of ``lang`` under ``folder``, in course order, with its lessons. Raises StarterError."""
    courses = [
        _load_course(path.parent, folder, lang) for path in sorted((folder / lang).glob("*/course.toml"))
    ]
    return sorted(courses, key=lambda course: (course.order, course.slug))


def load_sources(folder: Path = STARTER) -> dict[str, StarterSource]:
    """The sources by key. Raises StarterError."""

    def check(table: dict[str, Any], file: str, line: int) -> None:
        check_members([table["kind"]], SOURCE_KINDS, "kind", file, line)

    return {row.key: row for row in _load_rows(folder / "sources.toml", folder, StarterSource, check)}


def load_crisis_resources(folder: Path = STARTER) -> list[StarterResource]:
    """The helplines in file order, the most urgent first. Raises StarterError."""

    def check(table: dict[str, Any], file: str, line: int) -> None:
        check_members(table["kinds"], HELP_KINDS, "kind", file, line)
        if not table.get("phone") and not table.get("sms"):
            raise StarterError(file, line, "a helpline needs a phone or an sms number")

    return list(_load_rows(folder / "crisis_resources.toml", folder, StarterResource, check))


def load_glossary(folder: Path = STARTER, lang: str = "en") -> list[StarterTerm]:
    """The glossary terms by their English name. Raises StarterError."""
    rows = _load_rows(folder / lang / "glossary.toml", folder, StarterTerm, lambda table, file, line: None)
    return sorted(rows, key=lambda row: row.term.casefold())


def _load_course(path: Path, folder: Path, lang: str) -> StarterCourse:
    file = str((path / "course.toml").relative_to(folder))
    table = parse_toml(_read(path / "course.toml", file), file=file)
    check_table(table, StarterCourse, file=file, line=1, computed={"lang", "lessons"})
    if table["slug"] != path.name:
        raise StarterError(file, 1, f"the slug must be the folder's name, {path.name}")
    lessons = []
    for lesson_path in sorted(path.glob("*.md")):
        name = str(lesson_path.relative_to(folder))
        lesson = read_lesson(_read(lesson_path, name), file=name)
        match = _LESSON_FILE.fullmatch(lesson_path.name)
        if match is None or match[2] != lesson.slug:
            raise StarterError(name, 2, f"the file must be called NN-{lesson.slug}.md")
        lessons.append(lesson)
    return StarterCourse(**table, lang=lang, lessons=tuple(lessons))


def _load_rows(
    path: Path, folder: Path, shape: Callable[..., Row], check: Callable[[dict[str, Any], str, int], None]
) -> Iterator[Row]:
    file = str(path.relative_to(folder))
    text = _read(path, file)
    for key, table in parse_toml(text, file=file).items():
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.strip() == f"[{key}]"), 1)
        if not isinstance(table, dict):
            raise StarterError(file, line, f"{key} must stand in a [table]")
        check_slug(key, file, line)
        check_table(table, shape, file=file, line=line, computed={"key"})
        check(table, file, line)
        yield shape(key=key, **table)


def _read(path: Path, file: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StarterError(file, 1, "the file is missing") from None
    except UnicodeDecodeError:
        raise StarterError(file, 1, "the file is not UTF-8") from None
