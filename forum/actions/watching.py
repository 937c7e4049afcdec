"""Which of the phrases the team watches for stand in a text. A hit is a reason to look, never a silent block.

Phrases are compared letter by letter. Expressions run in RE2 alone, whose time grows with the text and never
with the expression: `(a+)+$` costs as much as any other (attack: a pattern that keeps a process busy).
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2
from django.utils.translation import gettext as _

from forum.models import WatchedRule
from forum.rules import Reason
from forum.states import ReasonKind, Severity, WatchedKind
from safety.clean import text_norm
from safety.reading import even_marks, without_marks

#: Bytes that one expression may use while it runs; beyond it RE2 goes on slower, in bounded memory.
MEMORY = 256 * 1024
#: Steps of one expression: 1,500 steps on 10,000 characters take about a tenth of a second at the worst.
MOST_STEPS = 1500
#: Characters looked at: a title and a text at their longest, with room for forms that even out to more.
LONGEST_TEXT = 40_000

#: A letter and its repetitions, or any one character.
_RUN = re.compile(r"([^\W\d_])\1*|.", re.DOTALL)


class BadPattern(ValueError):
    """A pattern nobody can be found by; `message` is a sentence for whoever typed it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Text:
    """One text in the forms that patterns are looked for in, each made when first asked for."""

    def __init__(self, normed: str) -> None:
        self.as_typed = even_marks(normed[:LONGEST_TEXT])

    @cached_property
    def bare(self) -> str:
        """Without Markdown's marks: stars between letters hide nothing."""
        return without_marks(self.as_typed)

    @cached_property
    def for_expressions(self) -> tuple[str, ...]:
        return (self.as_typed,) if self.bare == self.as_typed else (self.as_typed, self.bare)

    @cached_property
    def runs(self) -> "_Runs":
        return _runs(self.bare)


@dataclass(frozen=True)
class _Runs:
    """Words with each run of one letter written once, and how long each run was."""

    letters: str
    lengths: tuple[int, ...]


def _runs(text: str) -> _Runs:
    words = " ".join(text.replace("-", " ").split())
    pieces = [piece[0] for piece in _RUN.finditer(words)]
    return _Runs("".join(piece[0] for piece in pieces), tuple(len(piece) for piece in pieces))


def _is_drawn(typed: int, meant: int) -> bool:
    """No word has a letter three times in a row: three and more are one letter or two, drawn out."""
    return typed == meant or typed > 2


@dataclass(frozen=True)
class _Phrase:
    """Whole words; an edge that is a sign ("$50") needs no boundary."""

    words: _Runs

    def is_in(self, text: _Text) -> bool:
        there, meant = text.runs, self.words
        at = there.letters.find(meant.letters)
        while at >= 0:
            end = at + len(meant.letters)
            if self._stands_alone(there.letters, at, end) and all(
                map(_is_drawn, there.lengths[at:end], meant.lengths)
            ):
                return True
            at = there.letters.find(meant.letters, at + 1)
        return False

    def _stands_alone(self, letters: str, at: int, end: int) -> bool:
        starts = at == 0 or not (letters[at].isalnum() and letters[at - 1].isalnum())
        return starts and (end == len(letters) or not (letters[end - 1].isalnum() and letters[end].isalnum()))


@dataclass(frozen=True)
class _Expression:
    compiled: Any

    def is_in(self, text: _Text) -> bool:
        return any(self.compiled.search(form) is not None for form in text.for_expressions)


Pattern = _Phrase | _Expression


def read_pattern(pattern: str, kind: str) -> Pattern:
    """A pattern made ready to be looked for. Raises BadPattern, with a sentence for whoever typed it."""
    return _read_expression(pattern) if kind == WatchedKind.EXPRESSION else _read_phrase(pattern)


def _read_phrase(pattern: str) -> _Phrase:
    words = _runs(without_marks(even_marks(text_norm(pattern))))
    if not any(sign.isalnum() for sign in words.letters):
        raise BadPattern(_("A phrase needs at least one letter or digit."))
    return _Phrase(words)


def _read_expression(pattern: str) -> _Expression:
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False  # an error of RE2 quotes the text it read
    options.never_capture = True
    options.case_sensitive = False
    try:
        # Not through re2.compile: its own cache would keep what was switched off long ago.
        compiled = re2._Regexp(even_marks(pattern), options)
    except re2.error as error:
        why = error.args[0] if error.args else ""
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise BadPattern(
            _("This expression cannot be read: %(why)s. Look-around and back-references are not possible.")
            % {"why": why}
        ) from error
    if compiled.programsize > MOST_STEPS:
        raise BadPattern(_("This expression is too large. Make two of it, or count to smaller numbers."))
    if compiled.search("") is not None:
        raise BadPattern(_("This expression is found in every text, even an empty one. Make it narrower."))
    return _Expression(compiled)


def is_readable(pattern: str, kind: str) -> bool:
    """Can this pattern find anything?"""
    try:
        read_pattern(pattern, kind)
    except BadPattern:
        return False
    return True


def is_found(*, pattern: str, kind: str, text: str) -> bool:
    """Would this pattern be found in this text? Raises BadPattern."""
    return read_pattern(pattern, kind).is_in(_Text(text_norm(text)))


@dataclass(frozen=True)
class _Watched:
    board_id: int | None
    pattern: Pattern
    reason: Reason


#: The house token and what was read under it. Replaced whole, so that threads need no lock.
_known: tuple[str, tuple[_Watched, ...]] | None = None


def watched_reasons(normed: str, *, board_id: int, house_token: str) -> tuple[Reason, ...]:
    """One reason for each watched phrase of this board, or of all boards, that stands in the text.

    `normed` is safety.clean.text_norm of title and text; one too long to be read to its end is held for that.
    `house_token` changes with each save of a phrase: while it is the same the database is not asked.
    """
    watched = [one for one in _all_watched(house_token) if one.board_id in {None, board_id}]
    if not watched:
        return ()
    text = _Text(normed)
    found = tuple(one.reason for one in watched if one.pattern.is_in(text))
    if (
        len(normed) > LONGEST_TEXT
    ):  # signs that even out to whole words: what was not read is held, not skipped
        found += (Reason(ReasonKind.SCAN_ERROR, Severity.CONCERN, holds=True),)
    return found


def _all_watched(house_token: str) -> tuple[_Watched, ...]:
    global _known
    known = _known
    if known is None or known[0] != house_token:
        known = house_token, tuple(_read_all())
        _known = known
    return known[1]


def _read_all() -> list[_Watched]:
    found = []
    for rule in WatchedRule.objects.filter(enabled=True):
        try:
            pattern = read_pattern(rule.pattern, rule.kind)
        except BadPattern:  # written past the form: the team sees that it cannot be read, writers go on
            continue
        reason = Reason(ReasonKind.WATCHED, Severity(rule.severity), holds=rule.holds, rule_id=rule.rule_id)
        found.append(_Watched(rule.board_id, pattern, reason))
    return found


def forget_watched() -> None:
    """Read the phrases anew the next time."""
    global _known
    _known = None


def words_of_rule(rule_id: str) -> str:
    """What the queue says about a hit: the pattern and why the team watches for it; empty when unknown."""
    number = rule_id.removeprefix("watched:")
    if number == rule_id or not number.isdecimal():
        return ""
    rule = WatchedRule.objects.filter(pk=int(number)).first()
    if rule is None:
        return ""
    words = _("The team watches for “%(pattern)s”.") % {"pattern": rule.pattern}
    return f"{words} {rule.note}".strip()
