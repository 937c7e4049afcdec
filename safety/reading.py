"""A text made even for reading by rules, with a way back to where each character stood.

Compatibility forms, case, accents, quote marks, spacing and drawn-out letters are evened out; Markdown's
marks and hidden characters go; lines quoted with ``>`` are left out: they are somebody else's words. Pure.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# In the evened text a single line break is LINE and an empty line, or a quoted one, is PARAGRAPH.
LINE = "\n"
PARAGRAPH = "\r"

_PIECE = re.compile(
    r"(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)"
    r"|(?P<address>\]\([^()\s]{0,300}\))"
    r"|(?P<cluster>.[\u0300-\u036f]{0,4})",
    re.DOTALL,
)
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_DROPPED = frozenset("*_~`[]\\#")
_EVEN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4\u2032`\u055a\ua78c", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
_SPACES = re.compile(r"[ \n\r]{2,}")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_SENTENCE_END = re.compile(r"[.!?]{1,20}(?=[ \n\r\"')]|$)|[;\r]")


@dataclass(frozen=True)
class Sentence:
    """A stretch of the evened text; ``asks`` when it ends in a question mark."""

    start: int
    end: int
    asks: bool


@dataclass(frozen=True)
class Reading:
    """The evened text; ``places[i]`` is where its character ``i`` stood in the source, as (start, end)."""

    text: str
    places: tuple[tuple[int, int], ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of the evened stretch ``start:end`` (not empty)."""
        return self.places[start][0], self.places[end - 1][1]

    def sentences(self) -> Iterator[Sentence]:
        """The sentences in order. An empty line ends one, a single line break does not."""
        start = 0
        for stop in _SENTENCE_END.finditer(self.text):
            if stop.start() > start:
                yield Sentence(start, stop.start(), "?" in stop[0])
            start = stop.end()
        if start < len(self.text):
            yield Sentence(start, len(self.text), False)


def read(source: str) -> Reading:
    """The source, made even. A text that is nothing but a quote is read: it is all its writer says."""
    reading = _read(_QUOTED_LINE.sub(lambda line: PARAGRAPH * len(line[0]), source))
    if not reading.text.strip() and source.strip():
        reading = _read(source)
    return reading


def even_marks(text: str) -> str:
    """The text with plain quote marks and hyphens, without accents and hidden characters; its case stays.

    For comparing what a person typed with what another typed: a curly quote is no way round a phrase.
    """
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text))
    return "".join(
        _EVEN.get(char, char)
        for char in plain
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn")
    )


def without_marks(text: str) -> str:
    """The text without Markdown's marks, which show nothing and may stand between letters."""
    return "".join(char for char in text if char not in _DROPPED)


def _read(source: str) -> Reading:
    chars: list[str] = []
    places: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(source.replace("\r\n", " \n")):
        if piece["address"]:
            continue
        for char in _evened(html.unescape(piece[0]) if piece["entity"] else piece[0]):
            chars.append(char)
            places.append(piece.span())
    return _shortened(_SPACES, _shortened(_DRAWN_OUT, Reading("".join(chars), tuple(places))))


def _shortened(run: re.Pattern[str], reading: Reading) -> Reading:
    """Each run of letters or of blank space becomes one character that still covers all of its source."""
    text, places = reading.text, reading.places
    chars: list[str] = []
    kept: list[tuple[int, int]] = []
    done = 0
    for found in run.finditer(text):
        chars.append(text[done : found.start()])
        kept.extend(places[done : found.start()])
        chars.append(_one_for(found[0]))
        kept.append(reading.source_span(found.start(), found.end()))
        done = found.end()
    return Reading("".join(chars) + text[done:], (*kept, *places[done:]))


def _one_for(run: str) -> str:
    if not run.isspace():
        return run[0]
    if PARAGRAPH in run or run.count(LINE) > 1:
        return PARAGRAPH
    return LINE if LINE in run else " "


def _evened(cluster: str) -> str:
    if cluster == "\r" or cluster == "\n":
        return cluster
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", cluster)).casefold()
    return "".join(
        " " if char.isspace() else _EVEN.get(char, char)
        for char in plain
        if char not in _DROPPED
        and (char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn"))
    )
