"""Passphrases and rescue phrases."""

import pytest
from django.core.exceptions import ValidationError

from accounts import rescue
from accounts.models import User
from accounts.passphrases import PassphraseValidator


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("short one", "too_short"),
        ("x" * 129, "too_long"),
        ("aaaaaaaaaaaa", "repeats"),
        ("abababababab", "repeats"),
        ("1234567890", "common"),
        ("qwertyuiop", "common"),
        ("One day at a time!", "common"),
        ("onedayatatime2024", "common"),
        ("un día a la vez", "common"),
        ("my quietmaple tree", "holds_name"),
        ("QUIET maple tree", "holds_name"),
        ("the Family Hub key", "holds_site"),
    ],
)
def test_a_passphrase_that_is_easy_to_guess_is_refused_with_its_reason(typed, reason):
    with pytest.raises(ValidationError) as refused:
        PassphraseValidator().validate(typed, User(username="QuietMaple"))
    assert refused.value.code == reason


@pytest.mark.parametrize(
    "typed",
    ["ten chars!", "tres gatos en la ventana", "éàü ñandú 12", "  spaces are kept  ", "w" + "xyz 1" * 25],
)
def test_a_long_enough_passphrase_of_any_characters_is_accepted(typed):
    PassphraseValidator().validate(typed, User(username="QuietMaple"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_rescue_phrase_holds_at_least_75_random_bits(language):
    words = rescue.word_lists()[language]
    assert len(set(words)) == len(words)
    assert rescue.random_bits(language) >= 75
    phrase = rescue.new_phrase(language)
    assert len(phrase.split()) == rescue.WORDS
    assert set(phrase.split()) <= set(words)
    assert phrase != rescue.new_phrase(language)


def test_a_reader_of_another_language_gets_english_words():
    assert set(rescue.new_phrase("fr").split()) <= set(rescue.word_lists()["en"])


@pytest.mark.parametrize("typed", ["Acorn  BELL\ncanoe", "1. acorn 2. bell 3. canoe", "ácorn, bell, canoe."])
def test_a_rescue_phrase_is_read_however_it_was_written_down(typed):
    assert rescue.as_hashed(typed) == "acorn bell canoe"
