"""The rescue phrase: ten random words, the only way back without an e-mail address.

Ten words of 256 are 80 random bits. Only a hash is kept, made by the password hasher.
"""

import math
import re
import secrets
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

WORDS = 10
LONGEST_TYPED = 300
DATA = Path(__file__).parent / "data"


def new_phrase(language: str) -> str:
    """Ten words in the reader's language (English when there is no list for it), parted by spaces."""
    words = word_lists().get(language[:2], word_lists()["en"])
    return " ".join(secrets.choice(words) for _place in range(WORDS))


def as_hashed(typed: str) -> str:
    """One form for what a person types: no case, accents, line breaks, commas or numbering."""
    apart = unicodedata.normalize("NFKD", typed.casefold())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z]+", letters))


def random_bits(language: str) -> float:
    """How many random bits a phrase of this language holds."""
    return WORDS * math.log2(len(word_lists()[language]))


@cache
def word_lists() -> dict[str, list[str]]:
    """The words by language."""
    lists = tomllib.loads((DATA / "rescue_words.toml").read_text("utf-8"))
    return {language: words.split() for language, words in lists.items()}
