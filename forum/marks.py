"""The marks that stand in a wording for words of another post, or for a person's name. Pure.

A wording keeps `[[quote:1]]` and `[[name:1]]`; whose words and whose name that is stands in rows beside it
(forum.models.Quote, Mention), and is asked for anew whenever the wording is shown (forum.inserting).
"""

import re
from collections.abc import Iterator

from safety.characters import text_norm

QUOTE = re.compile(r"\[\[quote:([0-9]{1,4})\]\]")
NAME = re.compile(r"\[\[name:([0-9]{1,4})\]\]")
#: In place of a name, where the words are kept or quoted but not the person.
SOMEONE = "@…"

_LINK_END = re.compile(r"\]\([^()\s]*\)")
_SIGNS = re.compile(r"[*_~`#<>\[\]\\]")


def quote_mark(number: int) -> str:
    return f"[[quote:{number}]]"


def name_mark(number: int) -> str:
    return f"[[name:{number}]]"


def has_marks(text: str) -> bool:
    """Does this text hold a mark, real or typed?"""
    return bool(QUOTE.search(text) or NAME.search(text))


def free_numbers(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    """Numbers for new marks: none that a person typed as it stands."""
    typed = {int(number) for number in pattern.findall(text)}
    return (number for number in range(1, 10_000) if number not in typed)


def without_marks(text: str) -> str:
    """For an excerpt: an author's own words alone, and no names."""
    return NAME.sub(SOMEONE, QUOTE.sub("", text)).strip()


def stands_in(excerpt: str, normed: str) -> bool:
    """Does each line of the excerpt stand in this text, whole words, in the same order?

    `normed` is `PostRevision.text_norm`. Signs of Markdown are passed over on both sides; where links lead
    only in the text: nobody writes words of their own between quoted ones as the end of a link.
    """
    return _stands(excerpt, _without_signs(_LINK_END.sub(" ", normed)))


def _stands(excerpt: str, text: str) -> bool:
    at, found = 0, False
    for line in excerpt.splitlines():
        words = _without_signs(text_norm(line))
        if not words:
            continue
        at = _after(words, text, at)
        if at < 0:
            return False
        found = True
    return found


def standing_lines(text: str, normed: str) -> str:
    """The lines of a text that can be quoted from it."""
    comparable = _without_signs(_LINK_END.sub(" ", normed))
    return "\n".join(line for line in text.splitlines() if _stands(line, comparable))


def _without_signs(normed: str) -> str:
    return " ".join(_SIGNS.sub("", normed).split())


def _after(words: str, text: str, start: int) -> int:
    """The place behind these words at or after `start`, never inside a longer word; -1 when there is none."""
    at = text.find(words, start)
    while at >= 0:
        end = at + len(words)
        before, behind = text[at - 1 : at], text[end : end + 1]
        cut_before = words[0].isalnum() and before.isalnum()
        cut_behind = words[-1].isalnum() and behind.isalnum()
        if not (cut_before or cut_behind):
            return end
        at = text.find(words, at + 1)
    return -1
