"""Which words can be quoted from a text, and what a mark is (forum.marks)."""

import time

import pytest

from forum import marks
from safety.clean import text_norm

TEXT = "We **kept** the porch light on.\n\n- He came [home](https://example.org/a) at four.\n\nÉl está bien."


@pytest.mark.parametrize(
    "excerpt",
    [
        "We kept the porch light on.",
        "we KEPT the porch",
        "**kept** the",
        "He came home at four.",
        "el esta bien",
        "porch\n\nat four",
        "kept\nlight\nbien",
    ],
)
def test_whole_words_in_their_order_stand_there(excerpt):
    assert marks.stands_in(excerpt, text_norm(TEXT))


@pytest.mark.parametrize(
    "excerpt",
    [
        "",
        "***",
        "\n \n",
        "kept the por",
        "ept the porch",
        "at four\nporch",
        "kept\nkept",
        "we kept on",
        "example.org",
        "at four](You-were-never-any-good)",
        "He came [home](https://example.org/b) at four.",
    ],
)
def test_parts_of_words_other_orders_and_nothing_do_not(excerpt):
    assert not marks.stands_in(excerpt, text_norm(TEXT))


def test_nothing_stands_in_a_text_that_is_gone():
    assert not marks.stands_in("anything", "")


def test_only_the_lines_that_stand_there_are_offered():
    assert (
        marks.standing_lines("We kept the porch\nnever said\nbien", text_norm(TEXT))
        == "We kept the porch\nbien"
    )


def test_the_lines_of_the_longest_text_are_found_quickly():
    text = "a\nb\n" * 2500
    start = time.perf_counter()
    assert marks.standing_lines(text, text_norm(text)) == text.strip()
    assert time.perf_counter() - start < 0.4


def test_new_marks_pass_over_numbers_that_were_typed():
    numbers = marks.free_numbers(marks.QUOTE, "[[quote:1]] and [[quote:3]], [[name:2]]")
    assert [next(numbers) for _n in range(3)] == [2, 4, 5]


def test_an_excerpt_shows_neither_marks_nor_names():
    assert marks.without_marks("[[quote:1]]\n\nThank you [[name:1]].") == "Thank you @…."
    assert not marks.has_marks("[quote:1] [[quote:]] [[other:1]]")


@pytest.mark.parametrize(
    ("excerpt", "text"),
    [
        ("a\n" * 5000, "a " * 5000),
        ("a", "ba" * 5000),
        ("x " * 5000, "x" * 10_000),
        ("](" * 5000, "](" * 5000),
    ],
)
def test_the_question_is_answered_quickly_for_any_text(excerpt, text):
    begun = time.process_time()
    marks.stands_in(excerpt, text_norm(text))
    assert time.process_time() - begun < 1
