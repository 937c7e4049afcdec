"""From what a person typed into a search box to words that no database takes for orders. Pure."""

import re

from safety.characters import tidy

#: More words than this only make a search find less.
MOST_WORDS = 12
#: So much is read of what was typed; a longer word stands in no post (and PostgreSQL refuses 2 kB).
MOST_CHARACTERS = 400
_LONGEST_WORD = 64
#: The best are looked for among so many of the newest hits: a word that all posts hold costs no more for it.
RANKED_AMONG = 2000

_WORD = re.compile(r"[^\W_]+")
#: Words that stand in most titles: by them alone every topic is like every other.
_COMMON = frozenset(
    "a about after all am an and any are as at be been but by can could did do does for from get had has "
    "have he her him his how i if in is it just like me my no not of on or our out over she should since so "
    "that the their them then they this to up was we were what when where who why will with would you "
    "your anyone al como con cuando de del donde el ella en es esta este hay la las lo los más me mi mis muy "
    "no nos o para pero por porque que qué se si sin su sus te tiene un una y ya yo".split()
)


def words_in(text: str, *, most: int = MOST_WORDS) -> list[str]:
    """The first words of a text, each once, letters and figures only: no quotes, operators or NUL."""
    found = (word[:_LONGEST_WORD] for word in _WORD.findall(tidy(text[:MOST_CHARACTERS])))
    return list(dict.fromkeys(found))[:most]


def telling_words(text: str) -> list[str]:
    """The words of a title or question that may set it apart from others."""
    return [word for word in words_in(text, most=2 * MOST_WORDS) if word.casefold() not in _COMMON][
        :MOST_WORDS
    ]


def all_of(words: list[str]) -> str:
    """A query for texts that hold each of these, in the form that FTS5 and websearch_to_tsquery share."""
    return " ".join(f'"{word}"' for word in words)


def any_of(words: list[str]) -> str:
    """The same for texts that hold one of these at least."""
    return " OR ".join(f'"{word}"' for word in words)
