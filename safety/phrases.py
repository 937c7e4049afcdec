"""Rules are phrases, not expressions: plain words with simple choices, so that clinicians can read them.

A phrase is words with spaces between. ``(a|b c)`` is a choice, ``?`` behind a choice makes it optional, ``*``
at the end of a word stands for any ending, ``~3`` for up to three words of any kind, ``{name}`` for a list of
words from the same file. An apostrophe may be left out, but not one that stands double:
``od''d`` is not "odd". Every phrase becomes an expression whose every part has an upper bound, so no text
makes it run for long. Pure.
"""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\s*(?:(\()|(\))|(\|)|(\?)|~([1-9]|1[0-2])(?![0-9])|([a-z0-9'-]+\*?))")
_WORD_LIST = re.compile(r"\{([a-z_]+)\}")
_GAP_WORD = r"(?:[a-z0-9'$%-]{1,24}[ \n,:-]{1,3})"
_AFTER_WORD = r"[ \n,:-]{0,3}"
_DOUBLE = re.compile(r"([a-z])\1")
_MAX_PHRASE = 4000


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says which and why."""


def compile_phrase(phrase: str, word_lists: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """The phrase as a bounded expression over evened text. Raises PhraseError."""
    for _level in range(4):
        phrase = _WORD_LIST.sub(lambda name: f"({_word_list(name[1], word_lists or {})})", phrase)
    if len(phrase) > _MAX_PHRASE:
        raise PhraseError(f"too long: {phrase[:60]}")
    return re.compile(_built(phrase))


def _word_list(name: str, word_lists: Mapping[str, str]) -> str:
    if name not in word_lists:
        raise PhraseError(f"no word list {{{name}}}")
    return word_lists[name]


def _built(phrase: str) -> str:
    stack: list[list[str]] = [[]]
    at = 0
    phrase = phrase.strip()
    while at < len(phrase):
        token = _TOKEN.match(phrase, at)
        if token is None:
            raise PhraseError(f"cannot read {phrase[at : at + 20]!r} in {phrase[:80]!r}")
        at = token.end()
        opened, closed, choice, optional, gap, word = token.groups()
        if opened:
            stack.append([])
        elif closed:
            if len(stack) == 1:
                raise PhraseError(f"one ) too many in {phrase[:80]!r}")
            inside = stack.pop()
            stack[-1].append(f"(?:{''.join(inside)})")
        elif choice:
            stack[-1].append("|")
        elif optional:
            if not stack[-1] or stack[-1][-1] in ("|", "?"):
                raise PhraseError(f"nothing before ? in {phrase[:80]!r}")
            stack[-1].append("?")
        elif gap:
            stack[-1].append(f"(?:{_GAP_WORD}{{0,{gap}}})")
        else:
            stack[-1].append(_built_word(word))
    if len(stack) != 1:
        raise PhraseError(f"a ( stays open in {phrase[:80]!r}")
    if not any(part.startswith("(?:") for part in stack[0]):
        raise PhraseError("an empty phrase")
    return f"(?:{''.join(stack[0])})"


def _built_word(word: str) -> str:
    ending = "[a-z]{0,12}" if word.endswith("*") else ""
    # People leave apostrophes out, and draw letters out: evened text has "kil" for "killll".
    letters = re.escape(word.removesuffix("*")).replace("''", "\0").replace("'", "'?").replace("\0", "'")
    letters = letters.replace(r"\-", "[ -]?")
    letters = _DOUBLE.sub(r"\1{1,2}", letters)
    return rf"(?:(?<![a-z0-9]){letters}{ending}(?![a-z0-9])(?!'[a-z]){_AFTER_WORD})"
