"""``manage.py lint_curriculum``: read every starter lesson as an editor would, and say what to mend."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from education import checks
from education.starter_format import (
    STARTER,
    StarterError,
    load_courses,
    load_crisis_resources,
    load_glossary,
    load_sources,
)


class Command(BaseCommand):
    """Prints each finding with its file and sentence; ends with status 1 when there is any."""

    help = "Checks the starter curriculum: format, words, reading grade, sentences, sources, cards."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--folder``: another folder of the same shape; ``--grades``: print words and grade."""
        parser.add_argument("--folder", type=Path, default=STARTER)
        parser.add_argument("--grades", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every language found. Raises CommandError (status 1) on findings or a broken file."""
        folder: Path = options["folder"]
        try:
            found, lessons = self._read(folder, show=options["grades"])
        except StarterError as error:
            raise CommandError(str(error)) from error
        for finding in found:
            self.stdout.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} findings in {lessons} lessons.")
        self.stdout.write(self.style.SUCCESS(f"{lessons} lessons, no findings."))

    def _read(self, folder: Path, *, show: bool) -> tuple[list[checks.Finding], int]:
        sources = load_sources(folder)
        known = frozenset(sources)
        found: list[checks.Finding] = []
        lessons = 0
        for resource in load_crisis_resources(folder):
            if resource.source not in known:
                found.append(checks.unknown_source("crisis_resources.toml", resource.key, resource.source))
        for lang in sorted(path.name for path in folder.iterdir() if path.is_dir()):
            if (folder / lang / "glossary.toml").exists():
                for term in load_glossary(folder, lang):
                    found.extend(checks.check_term(f"{lang}/glossary.toml", term, known))
            grades = []
            for course in load_courses(folder, lang):
                for lesson in course.lessons:
                    lessons += 1
                    found.extend(checks.check_starter_lesson(lesson, known, lang=lang))
                    grades.append(checks.lesson_grade(lesson.body))
                    if show:
                        words = checks.lesson_words(lesson.body)
                        self.stdout.write(f"{lesson.file}: {words} words, grade {grades[-1]:.1f}")
            if lang == "en":
                found.extend(checks.check_median(lang, grades))
        return found, lessons
