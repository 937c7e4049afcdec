"""What ships in ``education/starter/`` holds what the checks demand, for every course found there."""

import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from education import checks
from education.prose import passages
from education.starter_format import (
    CLAIM,
    HELP_KINDS,
    STARTER,
    StarterLesson,
    load_courses,
    load_crisis_resources,
    load_glossary,
    load_sources,
)

LANGS = sorted(path.name for path in STARTER.iterdir() if path.is_dir())
LESSONS = [
    pytest.param(lang, lesson, id=lesson.file)
    for lang in LANGS
    for course in load_courses(STARTER, lang)
    for lesson in course.lessons
]
SOURCES = load_sources()
# Longer than a year with four digits, in any of the ways people write phone numbers.
NUMBER = re.compile(r"\+?\d[\d\-.\s()]{5,}\d|\b(911|988|112)\b|\b\d{5,}\b")


def whole_text(lesson: StarterLesson) -> str:
    texts = [
        lesson.title,
        lesson.summary,
        lesson.for_whom,
        *(passage.text for passage in passages(lesson.body)),
    ]
    return "\n".join(texts)


@pytest.mark.parametrize(("lang", "lesson"), LESSONS)
def test_a_shipped_lesson_has_nothing_to_mend(lang: str, lesson: StarterLesson) -> None:
    assert list(map(str, checks.check_starter_lesson(lesson, frozenset(SOURCES), lang=lang))) == []


@pytest.mark.parametrize(("lang", "lesson"), LESSONS)
def test_no_lesson_holds_a_phone_number(lang: str, lesson: StarterLesson) -> None:
    text = CLAIM.sub("", whole_text(lesson))
    assert NUMBER.findall(re.sub(r"\b(19|20)\d\d\b", "", text)) == []


@pytest.mark.parametrize(("lang", "lesson"), LESSONS)
def test_every_source_a_lesson_names_exists(lang: str, lesson: StarterLesson) -> None:
    assert lesson.source_keys
    assert set(lesson.source_keys) <= set(SOURCES)


@pytest.mark.parametrize(("lang", "lesson"), LESSONS)
def test_every_lesson_teaches_shows_and_leads_to_a_small_task(lang: str, lesson: StarterLesson) -> None:
    assert {"key_points", "words", "story", "check", "practice"} <= {block["type"] for block in lesson.body}
    assert lesson.help_kinds


@pytest.mark.parametrize(("lang", "lesson"), LESSONS)
def test_every_story_says_that_it_is_invented(lang: str, lesson: StarterLesson) -> None:
    for block in lesson.body:
        if block["type"] == "story":
            assert re.search(r"invented|inventad", block["value"]["note"], re.IGNORECASE)


def test_the_median_grade_is_seven_at_most() -> None:
    grades = [checks.lesson_grade(param.values[1].body) for param in LESSONS if param.values[0] == "en"]
    assert len(grades) >= 5
    assert checks.check_median("en", grades) == []


def test_the_first_thing_in_the_overdose_lesson_is_when_to_call_and_what_to_do() -> None:
    (lesson,) = [param.values[1] for param in LESSONS if param.values[1].slug == "overdose-and-naloxone"]
    assert [block["type"] for block in lesson.body[:3]] == ["emergency", "heading", "steps"]
    titles = " ".join(step["title"] for step in lesson.body[2]["value"])
    assert titles.index("wake") < titles.index("Call") < titles.index("naloxone") < titles.index("breathe")


def test_the_violence_lesson_asks_about_safety_before_it_teaches() -> None:
    (lesson,) = [param.values[1] for param in LESSONS if param.values[1].slug == "violence-and-safety"]
    assert [block["type"] for block in lesson.body[:2]] == ["emergency", "note"]


def test_no_claim_rests_on_a_source_whose_fields_were_made_up() -> None:
    for source in SOURCES.values():
        assert source.title or source.about, source.key
        assert not source.url, f"{source.key}: no address was read"


def test_every_kind_of_help_has_a_line_and_every_line_a_source() -> None:
    resources = load_crisis_resources()
    assert {kind for resource in resources for kind in resource.kinds} == HELP_KINDS
    for resource in resources:
        assert resource.source in SOURCES, resource.key
        assert resource.reviewed_on == "", "nobody of this site has tried the number yet"


def test_the_glossary_pairs_both_languages_and_knows_its_sources() -> None:
    terms = load_glossary()
    assert len(terms) >= 25
    for term in terms:
        assert not term.source or term.source in SOURCES, term.key
        assert list(checks.check_term("glossary", term, frozenset(SOURCES))) == [], term.key


def test_lint_ends_well_on_what_ships() -> None:
    out = StringIO()
    call_command("lint_curriculum", stdout=out)
    assert "no findings" in out.getvalue()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "starter"))


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ("He is an addict.", "word"),
        ("Nearly 90% get well.", "no-source"),
        ("It is so.[^nobody]", "unknown-source"),
        ("Call 1-800-555-0100 today.", "phone-number"),
    ],
)
def test_lint_fails_and_names_file_and_sentence_of_a_planted_fault(
    copy: Path, planted: str, code: str
) -> None:
    file = copy / "en/first-hours/01-tonight-what-to-do.md"
    file.write_text(file.read_text() + f"\n{planted}\n")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("lint_curriculum", folder=copy, stdout=out)
    assert f"en/first-hours/01-tonight-what-to-do.md: {code}" in out.getvalue()
    assert planted in out.getvalue()


def test_lint_fails_on_a_helpline_or_term_with_an_unknown_source(copy: Path) -> None:
    for name in ("crisis_resources.toml", "en/glossary.toml"):
        file = copy / name
        file.write_text(re.sub(r'source = "[a-z0-9-]+"', 'source = "nobody"', file.read_text(), count=1))
    out = StringIO()
    with pytest.raises(CommandError, match="2 findings"):
        call_command("lint_curriculum", folder=copy, stdout=out)


def test_lint_stops_with_the_line_of_a_broken_file(copy: Path) -> None:
    file = copy / "en/first-hours/01-tonight-what-to-do.md"
    file.write_text(file.read_text() + "\n::: steps\n")
    with pytest.raises(CommandError, match=r"01-tonight-what-to-do.md:\d+: the block 'steps' is not closed"):
        call_command("lint_curriculum", folder=copy)
