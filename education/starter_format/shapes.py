"""What the starter files hold, as plain frozen data, and the one error they can raise."""

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

HELP_KINDS = frozenset({"emergency", "overdose", "suicide", "violence", "withdrawal", "treatment", "poison"})
SOURCE_KINDS = frozenset({"paper", "report", "web", "law", "book", "guide"})
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Block = dict[str, Any]
_TYPES: dict[str, type] = {"str": str, "int": int, "int | None": int, "list[str]": list}


class StarterError(ValueError):
    """A starter file breaks the format: which ``file``, which ``line`` (from 1), and the ``reason``."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class StarterLesson:
    """One lesson. ``minutes`` is reading time; ``source_keys`` are in the order of their first claim."""

    slug: str
    title: str
    summary: str
    minutes: int
    for_whom: str
    mentions: list[str]
    help_kinds: list[str]
    body: list[Block] = field(default_factory=list)
    source_keys: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class StarterCourse:
    """One course; ``for_today`` is the short question shown in lists, ``lessons`` stand in reading order."""

    slug: str
    title: str
    summary: str
    order: int
    for_today: str
    lang: str = "en"
    lessons: tuple[StarterLesson, ...] = ()


@dataclass(frozen=True)
class StarterSource:
    """What a claim rests on. A field nobody read stays empty.

    ``about`` says in our own words what the source is; ``summarised_by`` whose account was read in its place.
    """

    key: str
    author: str
    kind: str
    title: str = ""
    year: int | None = None
    publisher: str = ""
    url: str = ""
    summarised_by: str = ""
    about: str = ""


@dataclass(frozen=True)
class StarterResource:
    """A helpline. ``reviewed_on`` stays empty until somebody of this site has tried the number."""

    key: str
    region: str
    kinds: list[str]
    name_en: str
    name_es: str
    what_en: str
    what_es: str
    languages: list[str]
    source: str
    phone: str = ""
    sms: str = ""
    sms_text: str = ""
    tty: str = ""
    chat_url: str = ""
    hours: str = ""
    reviewed_on: str = ""


@dataclass(frozen=True)
class StarterTerm:
    """A glossary term in both languages; ``source`` is a source key where the meaning states a fact."""

    key: str
    term: str
    meaning: str
    term_es: str
    meaning_es: str
    source: str = ""


def check_table(table: dict[str, Any], shape: Any, *, file: str, line: int, computed: set[str]) -> None:
    """Refuse a table with a field too many, one missing, one empty, or one of the wrong type."""
    wanted = {item.name: item for item in fields(shape) if item.name not in computed}
    for name, value in table.items():
        if name not in wanted:
            raise StarterError(file, line, f"unknown field {name}")
        kind = _type_name(wanted[name].type)
        if isinstance(value, bool) or not isinstance(value, _TYPES[kind]):
            raise StarterError(file, line, f"{name} has the wrong type")
        if isinstance(value, list) and not all(isinstance(item, str) and item.strip() for item in value):
            raise StarterError(file, line, f"{name} must be a list of words")
        if isinstance(value, str) and not value.strip():
            raise StarterError(file, line, f"{name} is empty: leave it out if it is not known")
    for name, item in wanted.items():
        if item.default is MISSING and item.default_factory is MISSING and name not in table:
            raise StarterError(file, line, f"{name} is missing")


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def check_slug(slug: str, file: str, line: int) -> None:
    if not SLUG.fullmatch(slug):
        raise StarterError(file, line, f"{slug!r} may hold small letters, digits and hyphens only")


def check_members(values: list[str], allowed: frozenset[str], word: str, file: str, line: int) -> None:
    for value in values:
        if value not in allowed:
            raise StarterError(
                file, line, f"{value!r} is no {word}: choose from {', '.join(sorted(allowed))}"
            )


def parse_toml(text: str, *, file: str, first_line: int = 1) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else 1
        raise StarterError(file, line + first_line - 1, f"not TOML: {error}") from error
