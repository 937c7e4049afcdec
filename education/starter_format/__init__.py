"""Reads the lessons, courses, sources, glossary and helplines kept as plain files in ``education/starter/``.

Nothing here touches the database: ``load_starter`` turns what this package returns into pages. A file that
breaks the format is refused with its name and line, never repaired and never read in part. The shapes of
``StarterLesson.body`` are the raw values of the lesson's StreamField blocks.
"""

from education.starter_format.lesson import CLAIM, read_lesson
from education.starter_format.shapes import (
    HELP_KINDS,
    SOURCE_KINDS,
    StarterCourse,
    StarterError,
    StarterLesson,
    StarterResource,
    StarterSource,
    StarterTerm,
)
from education.starter_format.tables import (
    STARTER,
    load_courses,
    load_crisis_resources,
    load_glossary,
    load_sources,
)

__all__ = [
    "CLAIM",
    "HELP_KINDS",
    "SOURCE_KINDS",
    "STARTER",
    "StarterCourse",
    "StarterError",
    "StarterLesson",
    "StarterResource",
    "StarterSource",
    "StarterTerm",
    "load_courses",
    "load_crisis_resources",
    "load_glossary",
    "load_sources",
    "read_lesson",
]
