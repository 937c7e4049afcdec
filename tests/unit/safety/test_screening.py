"""The rules notice the phrases they know, stay calm about the rest, and never break anything."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety import rulebook, screening
from safety.phrases import PhraseError, compile_phrase
from safety.reading import read
from safety.screening import Screening, screen
from tests.unit.safety.sentences import CONCERN, NOT_NOW, NOTHING, NOW


def about(text: str) -> Screening:
    found = screen(title="", body=text)
    assert not found.failed
    return found


@pytest.mark.parametrize(("text", "group"), NOW)
def test_someone_who_may_die_now_comes_first(text: str, group: str) -> None:
    found = about(text)
    assert found.severity == 0
    assert found.show_help
    assert group in {hit.group for hit in found.hits if hit.severity == 0}
    assert screen(title=text, body="Please read").severity == 0
    assert about(f"Hello all, long time reader. {text}. Thank you for being here.").severity == 0


@pytest.mark.parametrize(("text", "group"), CONCERN)
def test_a_concern_comes_soon(text: str, group: str) -> None:
    found = about(text)
    assert found.severity == 1
    assert found.show_help
    assert group in {hit.group for hit in found.hits if hit.severity == 1}


@pytest.mark.parametrize("text", NOT_NOW)
def test_what_is_over_denied_asked_or_only_a_saying_is_no_alarm(text: str) -> None:
    assert about(text).severity != 0


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_talk_raises_nothing(text: str) -> None:
    found = about(text)
    assert found.severity is None
    assert not found.show_help
    assert found.kinds == ()


MUTATIONS = {
    "capitals": str.upper,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text),
    "zero width": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: "\u00ad".join(text),
    "curly quotes": lambda text: text.replace("'", "\u2019"),
    "no apostrophes": lambda text: text.replace("'", ""),
    "spaces": lambda text: text.replace(" ", " \t \u00a0 "),
    "line breaks": lambda text: text.replace(" ", "\n"),
    "windows line breaks": lambda text: text.replace(" ", "\r\n"),
    "drawn out": lambda text: text.replace("e", "eeeee").replace("i", "iiii"),
    "markdown": lambda text: " ".join(f"**{word}**" for word in text.split()),
    "entities": lambda text: text.replace("e", "&#101;"),
    "link": lambda text: f"[{text}](https://example.org/a)",
}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize(
    "text", ["I want to die", "he is not breathing", "i'm going to kill myself", "he is hitting me"]
)
def test_odd_writing_does_not_hide_a_cry_for_help(mutation: str, text: str) -> None:
    assert about(MUTATIONS[mutation](text)).severity == 0


def test_not_breathing_after_using_leads_with_overdose_help_then_the_emergency_number() -> None:
    for text in ("my son used and he is not breathing", "Usó y no respira"):
        assert about(text).kinds[:2] == ("overdose", "emergency")


def test_an_overdose_leads_even_when_other_help_is_shown_too() -> None:
    found = about("I want to die. He hit me. My brother is not breathing.")
    assert found.kinds[:2] == ("overdose", "emergency")
    assert {"suicide", "violence"} <= set(found.kinds)


@pytest.mark.parametrize(
    "text",
    [
        "We lost our son to an overdose",
        "My daughter died of fentanyl last spring",
        "Perdimos a nuestro hijo por una sobredosis",
    ],
)
def test_grief_gets_support_and_no_alarm(text: str) -> None:
    found = about(text)
    assert found.severity is None
    assert found.show_help
    assert "grief" in found.kinds


@pytest.mark.parametrize(
    "text",
    ["I am not suicidal any more", "What are the signs of an overdose?", "I tried to kill myself in 2010"],
)
def test_help_is_shown_more_readily_than_the_alarm_is_raised(text: str) -> None:
    found = about(text)
    assert found.severity is None
    assert found.show_help


def test_a_quoted_block_is_not_its_quoters_own_words() -> None:
    assert about("> I want to die\n> really\n\nYou are not alone here.").hits == ()
    assert about("> hello\n\nI want to die").severity == 0


def test_a_post_that_is_nothing_but_a_quote_is_read() -> None:
    assert about("> I want to die").severity == 0


def test_a_denial_in_the_line_before_does_not_silence_the_next() -> None:
    assert about("He is not here\nI am suicidal").severity == 0
    assert about("I can't do this anymore I want to die").severity == 0
    assert about("He is not home. He is not breathing").severity == 0


def test_a_hit_points_at_the_words_as_they_were_written() -> None:
    body = "Dear all,\n\nso **I** \u201cwa\u200bnt\u201d… no: I waaant to   die, sorry"
    spans = [span for hit in about(body).hits for span in hit.spans]
    assert any(body[span.start : span.end] == "I waaant to   die" for span in spans)
    assert {span.field for span in spans} == {"body"}
    title = "He is not breathing!!"
    marked = [span for hit in screen(title=title, body="help").hits for span in hit.spans]
    assert any(title[span.start : span.end] == "not breathing" and span.field == "title" for span in marked)


def test_every_answer_names_the_rules_it_was_made_with() -> None:
    assert about("hello").ruleset == rulebook.rulebook().version
    assert "en-" in about("hello").ruleset


def test_a_rule_that_breaks_holds_the_post_and_shows_help(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: str) -> None:
        raise RuntimeError("broken rule")

    monkeypatch.setattr(screening, "read", broken)
    found = screen(title="t", body="I want to die")
    assert found.failed
    assert found.show_help
    assert found.kinds[:2] == ("overdose", "emergency")


def test_rules_that_cannot_be_loaded_hold_the_post(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise rulebook.RuleError("no rules")

    monkeypatch.setattr(screening, "rulebook", missing)
    assert screen(title="t", body="hello").failed


def test_a_text_that_takes_too_long_is_held() -> None:
    ticks = iter(range(0, 10_000, 1))
    found = screen(title="t", body="hello", clock=lambda: next(ticks))
    assert found.failed
    assert found.show_help


def test_what_was_noticed_before_time_ran_out_still_counts() -> None:
    ticks = iter([0.0] * 15 + [10.0] * 10_000)
    found = screen(title="he is not breathing", body="hello", clock=lambda: next(ticks))
    assert found.failed
    assert found.severity == 0


def test_a_text_longer_than_any_post_is_held_and_not_half_read() -> None:
    assert screen(title="", body="a " * 20_000).failed


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "i ",
        "my son ",
        "not ",
        "kill ",
        "i want to ",
        "he ",
        "quit ",
        "seizure ",
        "drunk with ",
        "a,",
        "\n",
        "> ",
        "&#8203;",
        "[](",
        "e\u0301",
        '"',
        "he said ",
        "kill myself ",
        "he hit me ",
        "he is suicidal. ",
        "i really just ",
        "dejo de ",
        "( ",
        "?",
    ],
)
def test_a_long_text_is_read_in_time(unit: str) -> None:
    started = time.perf_counter()
    screen(title="", body=(unit * 10_000)[:10_000])
    assert time.perf_counter() - started < 4


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_no_text_breaks_the_rules(title: str, body: str) -> None:
    found = screen(title=title, body=body)
    assert not found.failed
    for hit in found.hits:
        for span in hit.spans:
            assert 0 <= span.start < span.end <= len(title if span.field == "title" else body)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_every_character_read_has_a_place_in_what_was_written(source: str) -> None:
    reading = read(source)
    assert len(reading.text) == len(reading.places)
    assert all(0 <= start < end <= len(source) for start, end in reading.places)
    assert list(reading.places) == sorted(reading.places)


@pytest.mark.parametrize(
    "phrase", ["", "(a", "a)", "a.*", "[a-z]+", "?", "a ~0 b", "a ~99 b", "{nobody}", "A", "a+", "\\w"]
)
def test_a_phrase_that_is_an_expression_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(phrase)


def test_every_rule_has_a_reason_and_phrases() -> None:
    for rule in rulebook.rulebook().rules:
        assert rule.reason
        assert rule.patterns


def test_a_rule_file_with_an_unknown_guard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(
        'version = "1"\nlang = "en"\n[[rule]]\nid = "x"\ngroup = "A"\nlist = "guarded"\n'
        'reason = "r"\nphrases = ["a b"]\nguards = ["guess"]\n'
    )
    with pytest.raises(rulebook.RuleError):
        rulebook.load(tmp_path)
