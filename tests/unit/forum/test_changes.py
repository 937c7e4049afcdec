"""What was taken out of a text and put in is worked out word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.actions.redacting import taken_out
from forum.changes import word_changes


def said(before, after):
    return [(one.kind, one.text.strip()) for one in word_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("One two", "One two", [("same", "One two")]),
        (
            "At Harbor Hall now",
            "At a clinic now",
            [("same", "At"), ("out", "Harbor Hall"), ("in", "a clinic"), ("same", "now")],
        ),
        ("Gone", "", [("out", "Gone")]),
        ("", "New", [("in", "New")]),
    ],
)
def test_the_words_that_went_and_came(before, after, expected):
    assert said(before, after) == expected


def test_a_long_run_of_unchanged_words_loses_its_middle():
    run = " ".join(f"word{n}" for n in range(60))
    kinds = [kind for kind, _text in said(f"Old {run} end", f"New {run} last")]
    assert kinds == ["out", "in", "same", "gap", "same", "out", "in"]


def test_very_long_texts_stand_one_after_the_other():
    long = "word " * 5000
    assert [kind for kind, _text in said(long, long + "more")] == ["out", "in"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 1990, "a b " * 1000), ("a c " * 990, "a b " * 1000)],
)
def test_texts_of_one_word_keep_nobody_waiting(before, after):
    """Attack: a post that says one word 2,000 times, changed, and its history opened again and again."""
    start = time.perf_counter()
    assert [kind for kind, _text in said(f"Dear all {before}", f"Dear all {after}")] == ["same", "out", "in"]
    taken_out(before, after)
    assert time.perf_counter() - start < 1


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_what_was_put_in_or_stayed_is_the_new_text(before, after):
    kept = "".join(one.text for one in word_changes(before, after) if one.kind in {"same", "in"})
    if not any(one.kind == "gap" for one in word_changes(before, after)):
        assert kept.split() == after.split() or "".join(kept.split()) == "".join(after.split())
