"""Every kind of finding, planted in an otherwise sound lesson, is found; and the sound lesson has none."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from education import checks
from education.prose import grade, sentences, syllables

Body = list[dict[str, Any]]

KNOWN = frozenset({"good-source"})
FILLER = "<p>" + "You can call a friend and talk for a while. " * 55 + "</p>"


def sound_body() -> Body:
    """A lesson nobody has to mend."""
    return [
        {"type": "key_points", "value": ["Safety comes first.", "Ask for help.", "Rest when you can."]},
        {"type": "heading", "value": "What helps"},
        {"type": "text", "value": FILLER},
        text("<p>One survey found that 79% of people had help.[^good-source] It is a start.</p>"),
        {"type": "words", "value": {"say": [{"quote": "I am here.", "why": "It is calm."}],
                                    "not_say": [{"quote": "You addict.", "why": "It hurts."}]}},
        {"type": "check", "value": {"question": "What now?", "hint": "", "options": [
            {"text": "Call.", "right": True, "reason": "It brings help."},
            {"text": "Wait.", "right": False, "reason": "Time is lost."}]}},
    ]  # fmt: skip


def findings(body: Body, *, summary: str = "What to do.", lang: str = "en") -> list[checks.Finding]:
    return checks.check_lesson(
        where="lesson.md", title="A lesson", summary=summary, body=body, known_sources=KNOWN, lang=lang
    )


def codes(body: Body, **options: str) -> set[str]:
    return {finding.code for finding in findings(body, **options)}


def text(html: str) -> dict[str, Any]:
    return {"type": "text", "value": html}


def note() -> dict[str, Any]:
    return {"type": "note", "value": {"heading": "Note", "text": "Take your time."}}


def card(kind: str) -> dict[str, Any]:
    return {"type": kind, "value": {"heading": "Call now if:", "items": ["you are afraid"], "after": ""}}


def test_a_sound_lesson_has_nothing_to_mend() -> None:
    assert findings(sound_body()) == []


ADDED = [
    ("word", text("<p>He was an addict for years.</p>")),
    ("word", text("<p>She stayed <strong>clean</strong> for a week.</p>")),
    ("word", text("<p>You should call.</p>")),
    ("word", {"type": "key_points_extra", "value": ["It is called enabling."]}),
    ("long-sentence", text(f"<p>{'very ' * 25}tired.</p>")),
    ("no-source", text("<p>About 40% of people stop in a year.</p>")),
    ("no-source", text("<p>Research shows that talking helps.</p>")),
    ("no-source", text("<p>Two in three families know this.</p>")),
    ("unknown-source", text("<p>It helps many.[^made-up]</p>")),
    ("promise", text("<p>This works for 64% of families.[^good-source]</p>")),
    ("phone-number", text("<p>Call 911 now.</p>")),
    ("phone-number", text("<p>Call 1-800-662-4357 for help.</p>")),
    ("phone-number", text("<p>Text START to 88788.</p>")),
    ("phone-number", card("urgent") | {"value": {"heading": "Call 988 if:", "items": ["x"], "after": ""}}),
    ("dont-item", text("<p>What not to do, so do not:</p><ul><li>shout</li></ul>")),
    ("dont-item", text("<h3>Do not do this</h3><ul><li>Do not shout.</li><li>Slap them.</li></ul>")),
    ("violence-first", {"type": "heading", "value": "Setting limits"}),
    ("key-points", {"type": "key_points", "value": ["One.", "Two.", "Three."]}),
    ("words-one-sided", {"type": "words", "value": {"say": [{"quote": "Hi.", "why": "Kind."}]}}),
    ("words-without-why", {"type": "words", "value": {"say": [{"quote": "Hi.", "why": ""}],
                                                      "not_say": [{"quote": "Go.", "why": "It hurts."}]}}),
    ("length", text(FILLER)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "block"), ADDED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(ADDED)])
def test_a_planted_fault_is_found_and_no_other(code: str, block: dict[str, Any]) -> None:
    assert codes([*sound_body(), block]) == {code}


@pytest.mark.parametrize(("kind", "most"), [("emergency", 1), ("urgent", 1), ("note", 2)])
def test_one_card_more_than_a_frightened_reader_can_take_is_found(kind: str, most: int) -> None:
    block = note() if kind == "note" else card(kind)
    assert codes([*sound_body(), *[block] * most]) == set()
    assert codes([*sound_body(), *[block] * (most + 1)]) == {"too-many-cards"}


def change_options(change: Callable[[list[dict[str, Any]]], Any]) -> Body:
    body = deepcopy(sound_body())
    change(body[-1]["value"]["options"])
    return body


def test_a_check_with_a_silent_answer_no_right_one_or_no_choice_is_found() -> None:
    assert codes(change_options(lambda options: options[1].update(reason=" "))) == {"check-no-reason"}
    assert codes(change_options(lambda options: options[0].update(right=False))) == {"check-no-right"}
    assert codes(change_options(lambda options: options[1].update(right=True))) == {"check-no-choice"}
    assert codes(change_options(lambda options: options.pop())) == {"check-no-choice"}


@pytest.mark.parametrize("points", [0, 2, 6])
def test_too_few_or_too_many_key_points_are_found(points: int) -> None:
    body = sound_body()
    body[0] = {"type": "key_points", "value": ["Rest."] * points}
    assert "key-points" in codes(body)


def test_a_lesson_too_short_is_found() -> None:
    body = sound_body()
    body[2] = text("<p>Call a friend.</p>")
    assert codes(body) == {"length"}


def test_a_lesson_without_any_source_is_found() -> None:
    body = sound_body()
    body[3] = text("<p>It is a start.</p>")
    assert codes(body) == {"no-source"}


def test_a_lesson_too_hard_to_read_is_found() -> None:
    body = sound_body()
    hard = (
        "Comprehensive multidisciplinary evaluation necessitates individualized therapeutic consideration. "
    )
    body[2] = text(f"<p>{hard * 70}</p>")
    assert codes(body) == {"grade"}


def test_a_word_in_the_summary_is_found_too() -> None:
    assert codes(sound_body(), summary="For the addict in your life.") == {"word"}


def test_limits_may_follow_a_word_on_violence() -> None:
    asked = {"type": "note", "value": {"heading": "Safety", "text": "Are you afraid of someone at home?"}}
    assert codes([*sound_body(), asked, {"type": "heading", "value": "Setting limits"}]) == set()


def test_names_that_hold_an_avoided_word_stay() -> None:
    assert codes([*sound_body(), text("<p>Alcoholics Anonymous has meetings near you.</p>")]) == set()


def test_a_quote_shown_as_try_not_to_say_may_hold_the_word() -> None:
    assert not [finding for finding in findings(sound_body()) if "addict" in finding.sentence]


def test_a_finding_says_where_what_and_in_which_sentence() -> None:
    body = [*sound_body(), text("<p>Be kind. He was an addict for years. Rest now.</p>")]
    (finding,) = findings(body)
    assert (finding.where, finding.code) == ("lesson.md", "word")
    assert finding.sentence == "He was an addict for years."
    assert "person with a substance use disorder" in finding.hint


def test_spanish_has_its_own_words_and_no_english_grade() -> None:
    body = [*sound_body(), text("<p>Era un adicto.</p>")]
    assert "word" in codes(body, lang="es")
    assert "word" not in codes(body)


def test_the_curriculum_as_a_whole_stays_at_grade_seven() -> None:
    assert checks.check_median("en", [6.0, 7.0, 8.0]) == []
    assert [finding.code for finding in checks.check_median("en", [6.0, 7.1, 8.0])] == ["grade-median"]


def test_block_values_with_ids_as_the_editor_stores_them_are_read_alike() -> None:
    body = [
        *sound_body(),
        {"type": "key_points_extra", "value": [{"type": "item", "id": "1", "value": "My dirty talk."}]},
    ]
    assert codes(body) == {"word"}


SYLLABLES = {
    "the": 1, "asked": 1, "called": 1, "makes": 1, "died": 1, "needed": 2, "watches": 2, "little": 2,
    "doing": 2, "people": 2, "something": 2, "patient": 2, "quiet": 2, "violence": 3, "suicide": 3,
    "naloxone": 3, "overdose": 3, "medicine": 3, "family": 3, "emergency": 4, "anxiety": 4, "recovery": 4,
    "usually": 4,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), SYLLABLES.items())
def test_syllables_are_counted_as_people_say_them(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_of_a_known_text_is_near_its_published_one() -> None:
    # The first sentences of the Gettysburg address, about grade 9 to 11 in the usual tools.
    address = (
        "Four score and seven years ago our fathers brought forth on this continent, a new nation, "
        "conceived in Liberty, and dedicated to the proposition that all men are created equal. Now "
        "we are engaged in a great civil war, testing whether that nation, or any nation so conceived "
        "and so dedicated, can long endure. We are met on a great battle-field of that war. We have "
        "come to dedicate a portion of that field, as a final resting place for those who here gave "
        "their lives that that nation might live. It is altogether fitting and proper that we should "
        "do this."
    )
    assert 9 <= grade([address]) <= 11


def test_a_source_mark_stays_with_its_sentence_and_short_forms_do_not_end_one() -> None:
    assert sentences('It is 2 a.m. here.[^x] "Are you safe?" she said. Rest') == [
        "It is 2 a.m. here.[^x]",
        '"Are you safe?" she said.',
        "Rest",
    ]
