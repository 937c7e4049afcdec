"""The starter format is read whole or refused with file, line and reason."""

from pathlib import Path

import pytest

from education.starter_format import (
    StarterError,
    load_courses,
    load_crisis_resources,
    load_glossary,
    load_sources,
    read_lesson,
)

FRONT = """+++
title = "Tonight"
slug = "tonight"
summary = "What to do."
minutes = 5
for_whom = "You"
mentions = ["overdose"]
help_kinds = ["emergency", "suicide"]
+++
"""
BODY = """
Look at the person. It helps.[^one]

- Call.
- Stay.

### Smaller

::: key-points
- First
  goes on.
- Second.
:::

## A heading

::: steps
- **Breathe.** Sit down.[^two]
:::

::: words
+ "I am here." | It is calm.
- “Go away.” | It hurts.
:::

::: emergency Call now if:
- they do not wake

Stay with them.
:::

::: note A note
One.

Two.
:::

::: story Invented.
Ana sat *down*.
:::

::: check
? What now?
(x) Call | Help comes.
( ) Wait | Time is lost.
! Think.
:::

::: reflection
What is next?

> Only for you.
:::

::: practice Try it
Say it aloud.
:::
"""


def read(body: str, front: str = FRONT):
    return read_lesson(front + body, file="01-tonight.md")


def test_a_whole_lesson_is_read_into_the_blocks_of_the_page() -> None:
    lesson = read(BODY)
    assert (lesson.slug, lesson.title, lesson.minutes) == ("tonight", "Tonight", 5)
    assert lesson.mentions == ["overdose"]
    assert lesson.help_kinds == ["emergency", "suicide"]
    assert lesson.source_keys == ("one", "two")
    assert [block["type"] for block in lesson.body] == [
        "text", "key_points", "heading", "steps", "words", "emergency", "note", "story", "check",
        "reflection", "practice",
    ]  # fmt: skip
    values = {block["type"]: block["value"] for block in lesson.body}
    assert "<p>Look at the person. It helps.[^one]</p>" in values["text"]
    assert "<li>Call.</li>" in values["text"]
    assert "<h3>Smaller</h3>" in values["text"]
    assert values["key_points"] == ["First goes on.", "Second."]
    assert values["heading"] == "A heading"
    assert values["steps"] == [{"title": "Breathe", "text": "Sit down.[^two]"}]
    assert values["words"] == {
        "say": [{"quote": "I am here.", "why": "It is calm."}],
        "not_say": [{"quote": "Go away.", "why": "It hurts."}],
    }
    assert values["emergency"] == {
        "heading": "Call now if:",
        "items": ["they do not wake"],
        "after": "Stay with them.",
    }
    assert values["note"] == {"heading": "A note", "text": "One.\n\nTwo."}
    assert values["story"]["note"] == "Invented."
    assert values["story"]["text"].strip() == "<p>Ana sat <em>down</em>.</p>"
    assert values["check"] == {
        "question": "What now?",
        "hint": "Think.",
        "options": [
            {"text": "Call", "right": True, "reason": "Help comes."},
            {"text": "Wait", "right": False, "reason": "Time is lost."},
        ],
    }
    assert values["reflection"] == {"prompt": "What is next?", "note": "Only for you."}
    assert values["practice"] == {"heading": "Try it", "text": "Say it aloud."}


def test_html_in_a_lesson_file_is_shown_as_text_never_run() -> None:
    assert "<script" not in read("Hello <script>alert(1)</script>\n").body[0]["value"]


BROKEN_BODIES = [
    ("::: steps\n- **Breathe.** Sit.\n", 10, "not closed"),
    ("::: steps\n- **Breathe.** Sit.\n::: note N\nText\n:::\n", 10, "not closed"),
    ("::: quiz\nText\n:::\n", 10, "no block is called"),
    ("::: steps\n- Breathe.\n:::\n", 11, "a step is written"),
    ("::: steps\n:::\n", 10, "empty"),
    ("::: words\n+ I am here | why\n:::\n", 11, "words are written"),
    ('::: words\n+ "I am here."\n:::\n', 11, "words are written"),
    ("::: key-points\nNo dash\n:::\n", 11, "dash"),
    ("::: emergency\n- one\n:::\n", 10, "heading"),
    ("::: urgent Call if:\nNo list\n:::\n", 10, "list"),
    ("::: urgent Call if:\n- one\nAfter.\n- two\n:::\n", 13, "after the list"),
    ("::: story\nText\n:::\n", 10, "invented"),
    ("::: check\n(x) Call | Yes\n:::\n", 10, "question"),
    ("::: check\n? What\n:::\n", 10, "options"),
    ("::: check\n? What\n? Again\n(x) a | b\n:::\n", 12, "one ? question"),
    ("::: reflection\n> only a note\n:::\n", 10, "prompt"),
    ("::: practice\nText\n:::\n", 10, "heading"),
    ("# Too big\n", 10, "headings are"),
    ("#### Too small\n", 10, "headings are"),
    ("Claim.[^Not A Key]\nText[^Bad]\n", 11, "source key"),
    ("> > > > deep\n", 10, "three deep"),
    ("::: story Invented.\n> > > > deep\n:::\n", 11, "three deep"),
    ("\n\n", 9, "no text"),
]


@pytest.mark.parametrize(("body", "line", "reason"), BROKEN_BODIES)
def test_a_broken_block_is_refused_with_its_line(body: str, line: int, reason: str) -> None:
    with pytest.raises(StarterError) as refused:
        read(body)
    assert (refused.value.file, refused.value.line) == ("01-tonight.md", line)
    assert reason in refused.value.reason


BROKEN_FRONTS = [
    ("", "front matter"),
    ("+++\ntitle = \n+++\n", "not TOML"),
    (FRONT.replace("minutes = 5\n", ""), "minutes is missing"),
    (FRONT.replace("minutes = 5", 'minutes = "5"'), "minutes has the wrong type"),
    (FRONT.replace("minutes = 5", "minutes = true"), "minutes has the wrong type"),
    (FRONT.replace("minutes = 5", "minutes = 0"), "1 or more"),
    (FRONT.replace('"Tonight"', '" "'), "title is empty"),
    (FRONT.replace('"tonight"', '"To night"'), "hyphens only"),
    (FRONT.replace('"suicide"', '"sadness"'), "no help kind"),
    (FRONT.replace('["overdose"]', "[1]"), "list of words"),
    (FRONT.replace("+++\ntitle", "+++\nauthor = 'X'\ntitle"), "unknown field author"),
]


@pytest.mark.parametrize(("front", "reason"), BROKEN_FRONTS)
def test_broken_front_matter_is_refused(front: str, reason: str) -> None:
    with pytest.raises(StarterError, match=reason):
        read("Text.\n", front)


def write_course(folder: Path, *, slug: str = "first", name: str = "01-tonight.md") -> None:
    course = folder / "en" / "first"
    course.mkdir(parents=True)
    (course / "course.toml").write_text(
        f'title = "First"\nslug = "{slug}"\nsummary = "S"\norder = 1\nfor_today = "Now?"\n'
    )
    (course / name).write_text(FRONT + "Text.\n")


def test_courses_come_with_their_lessons_in_order(tmp_path: Path) -> None:
    write_course(tmp_path)
    (tmp_path / "en/first/02-next.md").write_text(FRONT.replace('"tonight"', '"next"') + "Text.\n")
    (course,) = load_courses(tmp_path, "en")
    assert (course.slug, course.lang, course.for_today) == ("first", "en", "Now?")
    assert [lesson.slug for lesson in course.lessons] == ["tonight", "next"]
    assert course.lessons[0].file == "en/first/01-tonight.md"
    assert load_courses(tmp_path, "es") == []


@pytest.mark.parametrize("options", [{"slug": "second"}, {"name": "01-other.md"}, {"name": "tonight.md"}])
def test_a_file_whose_name_is_not_its_slug_is_refused(tmp_path: Path, options: dict[str, str]) -> None:
    write_course(tmp_path, **options)
    with pytest.raises(StarterError):
        load_courses(tmp_path, "en")


def test_a_source_keeps_only_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[a-2020]\nauthor = "A"\nkind = "paper"\nyear = 2020\n')
    source = load_sources(tmp_path)["a-2020"]
    assert (source.author, source.year, source.title, source.url) == ("A", 2020, "", "")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('# x\n[a]\nauthor = "A"\n', 2, "kind is missing"),
        ('[a]\nauthor = "A"\nkind = "rumour"\n', 1, "no kind"),
        ('[a]\nauthor = "A"\nkind = "web"\ndoi = "1"\n', 1, "unknown field doi"),
        ('[A]\nauthor = "A"\nkind = "web"\n', 1, "hyphens only"),
        ('loose = "A"\n', 1, "table"),
        ('[a]\nauthor = "A"\nauthor = "B"\n', 3, "not TOML"),
    ],
)
def test_a_broken_source_is_refused_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(StarterError) as refused:
        load_sources(tmp_path)
    assert (refused.value.line, reason in refused.value.reason) == (line, True)


def test_a_helpline_without_a_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crisis_resources.toml").write_text(
        '[a]\nregion = "US"\nkinds = ["suicide"]\nname_en = "A"\nname_es = "A"\n'
        'what_en = "A"\nwhat_es = "A"\nlanguages = ["en"]\nsource = "s"\n'
    )
    with pytest.raises(StarterError, match="needs a phone or an sms"):
        load_crisis_resources(tmp_path)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StarterError, match="en/glossary.toml:1: the file is missing"):
        load_glossary(tmp_path, "en")
