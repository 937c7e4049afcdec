"""Watched phrases: found however they are dressed up, never slow, and never asked for twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.actions import prepare
from forum.actions.watching import (
    LONGEST_TEXT,
    MOST_STEPS,
    BadPattern,
    forget_watched,
    is_found,
    read_pattern,
    watched_reasons,
    words_of_rule,
)
from forum.models import Board, ReviewItem, ReviewReason, WatchedRule
from forum.states import PostState, ReasonKind, Severity, WatchedKind
from safety.clean import MAX_CHARACTERS, text_norm
from tests.factories import make_board, open_topic, write_reply

PHRASE, EXPRESSION = WatchedKind.PHRASE, WatchedKind.EXPRESSION


def found(pattern: str, text: str, kind: str = PHRASE) -> bool:
    return is_found(pattern=pattern, kind=kind, text=text)


def wide(text: str) -> str:
    """The text in full-width letters."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


#: What people do to a word so that a list does not find it (hazard H17).
DISGUISES = {
    "as it stands": lambda text: text,
    "capitals": str.upper,
    "zero width": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: "\u00ad".join(text),
    "joiners": lambda text: "\u200d".join(text),
    "full width": wide,
    "spaces": lambda text: text.replace(" ", "   "),
    "new lines": lambda text: text.replace(" ", "\n"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "hyphens": lambda text: text.replace(" ", "\u2013"),
    "accents": lambda text: text.replace("e", "e\u0301"),
    "stars": lambda text: text.replace("l", "*l*"),
    "underlines": lambda text: f"__{text}__",
    "drawn out": lambda text: text.replace("l", "llllll"),
    "overrides": lambda text: f"\u202e{text}\u202c",
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_phrase_is_found_under_every_disguise(disguise):
    assert found("cold turkey pills", f"I read about {disguise('cold turkey pills')}, then slept.")


@pytest.mark.parametrize("quote", ["’", "‘", "ʼ", "′", "`"], ids=lambda quote: f"U+{ord(quote):04X}")
def test_a_curly_quote_is_no_way_round_a_phrase_or_an_expression(quote):
    if quote != "`":  # Markdown's mark for code, which goes
        assert found("don't tell them", f"Please don{quote}t tell them.")
        assert found("don’t tell", f"Please don{quote}t tell them.", EXPRESSION)
    assert found("don’t tell them", "Please don't tell them.")


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("pill", "The pillow is soft."),
        ("pill", "A spill on the floor."),
        ("cold turkey", "A cold evening, and turkey for dinner."),
        ("so", "Sooner or later."),
        ("god", "All good."),
        ("50", "I counted 500 of them."),
        ("mother", "A motherly word."),
    ],
)
def test_a_part_of_a_word_is_not_the_phrase(phrase, text):
    assert not found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("$50", "It was $50."),
        ("dealer", "The dealer's number."),
        ("mamá", "Mi MAMA lo sabe."),
        ("Straße", "in der STRASSE"),
        ("so", "Sooo tired."),
        ("aa", "x aa"),
        ("xxx", "An xxx film."),
        ("pill", "pills, a spill, and one pill"),
    ],
)
def test_whole_words_are_found_wherever_they_stand(phrase, text):
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("pattern", "text", "is_there"),
    [
        (r"\bpills?\b", "One PILL only", True),
        (r"\bpills?\b", "A pillow", False),
        (r"user_\d+", "ask user_42", True),
        (r"relapse", "a re*lap*se", True),
        (r"^at last", "At last he sleeps.", True),
        (r"www\.\w+", "see www.place", True),
        (r"\S{30}", "a" * 30, True),
        (r"mamá", "mama", True),
    ],
)
def test_expressions_find_what_they_say(pattern, text, is_there):
    assert found(pattern, text, EXPRESSION) is is_there


@pytest.mark.parametrize(
    "hostile",
    [
        r"(a+)+$",
        r"(a|aa)+b",
        r"(a?){50}a{50}b",
        r"(.*a){12}c",
        r"([a-z]+)*\d",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
)
def test_an_expression_that_would_stop_another_engine_ends(hostile):
    """No clock here: with backtracking these would not end within a life."""
    for text in ("a" * MAX_CHARACTERS, "a" * MAX_CHARACTERS + "!", "ab " * 3000):
        assert found(hostile, text, EXPRESSION) in {True, False}


@pytest.mark.parametrize("phrase", ["a", "a a", "aa", "ba" * 100])
def test_a_phrase_in_ten_thousand_letters_ends(phrase):
    assert found(phrase, "a" * MAX_CHARACTERS) is (" " not in phrase and len(phrase) < 3)
    assert not found(phrase, "ba" * (MAX_CHARACTERS // 2) + "c")


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", "cannot be read"),
        ("[z-a]", "cannot be read"),
        ("a**", "cannot be read"),
        (r"(?=soon)", "Look-around"),
        (r"(a)\1", "back-references"),
        ("a{2000}", "cannot be read"),
        (r"((a{1,30}){1,30}){1}", "too large"),
        ("x*", "even an empty one"),
        ("", "even an empty one"),
        ("^|never", "even an empty one"),
    ],
)
def test_an_expression_that_cannot_work_is_refused_with_a_sentence(pattern, says):
    with pytest.raises(BadPattern) as refused:
        read_pattern(pattern, EXPRESSION)
    assert says in refused.value.message


@pytest.mark.parametrize("pattern", ["", "   ", "***", "\u200b\u200b", "—", "..."])
def test_a_phrase_without_a_letter_is_refused(pattern):
    with pytest.raises(BadPattern):
        read_pattern(pattern, PHRASE)


def test_a_phrase_may_hold_signs_that_mean_something_to_expressions():
    assert found("(a+)+", "what is (a+)+ for?")
    assert not found("a.c", "abc")


def test_what_is_read_and_what_runs_has_an_end():
    assert read_pattern(r"\w{1,100}x", EXPRESSION).compiled.programsize <= MOST_STEPS
    assert not found("needle", "hay " * LONGEST_TEXT + "needle")


# --- In the forum ------------------------------------------------------------------------------------------


@pytest.fixture
def board(db) -> Board:
    return make_board()


def watch(pattern="blue river", *, board=None, **fields) -> WatchedRule:
    """A watched phrase, as one of the team left it; processes read it when the token changes."""
    forget_watched()
    return WatchedRule.objects.create(pattern=pattern, board=board, **fields)


def test_a_known_members_reply_with_a_watched_phrase_waits(board, answers, stranger):
    rule = watch(severity=Severity.CONCERN, note="A place where people buy.")
    topic = open_topic(answers.member, board)
    post = write_reply(stranger.member, topic, text="Go to Blue\u200b River, they know.")
    assert post.state == PostState.HELD
    item = ReviewItem.objects.get(post=post)
    assert item.severity == Severity.CONCERN
    reason = ReviewReason.objects.get(item=item)
    assert (reason.kind, reason.rule_id) == (ReasonKind.WATCHED, rule.rule_id)
    assert "blue river" in words_of_rule(reason.rule_id)
    assert "A place where people buy." in words_of_rule(reason.rule_id)


def test_a_phrase_that_does_not_hold_is_looked_at_after_it_is_published(board, answers, stranger):
    watch(holds=False, severity=Severity.SAMPLE)
    post = write_reply(stranger.member, open_topic(answers.member, board), text="At the blue river.")
    assert post.state == PostState.PUBLISHED
    assert ReviewItem.objects.get(post=post).severity == Severity.SAMPLE


def test_a_title_is_looked_at_too(board, answers):
    watch()
    topic = open_topic(answers.member, board, title="The blue river", text="Nothing more.")
    assert topic.state == "held"


def test_a_phrase_of_one_board_is_not_watched_in_another(board, answers, stranger):
    other = make_board(slug="partners", name="Partners")
    watch(board=other)
    here = write_reply(stranger.member, open_topic(answers.member, board), text="The blue river.")
    there = write_reply(stranger.member, open_topic(answers.member, other), text="The blue river.")
    assert (here.state, there.state) == (PostState.PUBLISHED, PostState.HELD)


def test_a_phrase_that_is_switched_off_is_not_watched(board, answers, stranger):
    watch(enabled=False)
    post = write_reply(stranger.member, open_topic(answers.member, board), text="The blue river.")
    assert post.state == PostState.PUBLISHED


def test_a_pattern_that_cannot_be_read_keeps_nobody_from_writing(board, answers, stranger):
    watch("(", kind=EXPRESSION)
    watch()
    topic = open_topic(answers.member, board)
    assert write_reply(stranger.member, topic, text="A quiet day.").state == PostState.PUBLISHED
    assert write_reply(stranger.member, topic, text="A blue river.").state == PostState.HELD


def test_a_text_that_cannot_be_read_to_its_end_waits(board):
    """One sign that evens out to eighteen letters, five thousand times, and then the phrase."""
    watch()
    text = text_norm("\ufdfa " * (MAX_CHARACTERS // 2 - 10) + "blue river")
    (reason,) = watched_reasons(text, board_id=board.pk, house_token="")
    assert (reason.kind, reason.holds) == (ReasonKind.SCAN_ERROR, True)


def test_the_phrases_are_read_once_as_long_as_nothing_changes(board):
    watch()
    text = prepare(source="At the blue river.").text_norm
    with CaptureQueriesContext(connection) as first:
        assert watched_reasons(text, board_id=board.pk, house_token="one")
    with CaptureQueriesContext(connection) as again:
        assert watched_reasons(text, board_id=board.pk, house_token="one")
    with CaptureQueriesContext(connection) as changed:
        assert watched_reasons(text, board_id=board.pk, house_token="two")
    assert [len(first), len(again), len(changed)] == [1, 0, 1]


@pytest.mark.parametrize("rule_id", ["", "watched:", "watched:999999", "watched:x", "a.rule", "watched:²"])
def test_a_rule_nobody_knows_has_no_words(db, rule_id):
    assert words_of_rule(rule_id) == ""
