"""Lesson blocks as plain prose: passages, sentences, words, syllables and the Flesch-Kincaid grade. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

CLAIM = re.compile(r"\[\^([^\]\s]+)\]")

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
# A sentence ends at . ! ? with its closing quotes and source marks; "a.m." and "e.g." do not end one.
_END = re.compile(r"(?:[.!?…]+[\"”’')\]]*(?:\[\^[^\]\s]+\])*)(?=\s+[^a-z]|\s*$)")
_NOT_AN_END = re.compile(r"\b(?:a\.m|p\.m|e\.g|i\.e|Dr|Mr|Mrs|Ms|St|vs|No)\.$")
_DONT_LEAD = re.compile(r"\b(do not|don['’]t|never|try not|avoid)\b[^.!?]*$", re.IGNORECASE)
_CONTRACTED = frozenset({"s", "t", "d", "ll", "re", "ve", "m"})
_VOWELS = re.compile(r"[aeiouy]+")
# Two vowels that are said apart: vi-olence, usu-ally, qui-et, su-icide, do-ing.
_MORE = re.compile(
    r"(?<![ct])i(?:a|o(?!n|us)|ety|um)|[^aeiouqg]ua|uou|uiet|diet|clien|scien|suic|[aeouy]ing|ism$"
)
# An e that is not said: hop(e), hop(e)d, hop(e)s, saf(e)ly, car(e)ful.
_SILENT_END = re.compile(
    r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytdl]ed$|[aeiouyl]led$|[^aeiouyschxzgl]es$|[aeiouy]les$|[^aeiouy]ely$"
)
_SILENT_INSIDE = re.compile(r"(?:some|care|safe|hope|home)(?=[bcfghjkmnpqtvwz]|less)")


@dataclass(frozen=True)
class Passage:
    """A piece of text that stands alone, and the kind of block or field it came from."""

    kind: str
    text: str


def passages(body: Sequence[Mapping[str, Any]]) -> Iterator[Passage]:
    """The texts of a lesson's blocks in reading order. ``body`` holds raw block values."""
    for block in body:
        kind = str(block["type"])
        for name, text in _texts(kind, block["value"]):
            for piece in _pieces(text) if "<" in text else text.split("\n\n"):
                if piece.strip():
                    yield Passage(name, " ".join(piece.split()))


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, each with the source marks that follow it."""
    found, start = [], 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()].strip()
        if _NOT_AN_END.search(sentence):
            continue
        found.append(sentence)
        start = end.end()
    if rest := text[start:].strip():
        found.append(rest)
    return [sentence for sentence in found if _WORD.search(sentence)]


def words(text: str) -> list[str]:
    """The words of ``text`` without its source marks."""
    return _WORD.findall(CLAIM.sub("", text))


def word_count(text: str) -> int:
    """How many words ``text`` has; a source mark is none."""
    return len(words(text))


def syllables(word: str) -> int:
    """About how many syllables an English ``word`` has, at least one: vowel groups, mended for endings."""
    return max(1, sum(_syllables_of_part(part) for part in re.split(r"['’\-]", word.lower()) if part))


def _syllables_of_part(part: str) -> int:
    if not part[0].isalpha():
        return len(part)
    if part in _CONTRACTED:
        return 0
    count = len(_VOWELS.findall(part)) + len(_MORE.findall(part)) - len(_SILENT_INSIDE.findall(part))
    return max(1, count - 1 if _SILENT_END.search(part) else count)


def grade(texts: Sequence[str]) -> float:
    """Flesch-Kincaid grade of ``texts`` together; each text ends a sentence. 0.0 for no words."""
    split = [sentence for text in texts for sentence in sentences(text)]
    every = [word for sentence in split for word in words(sentence)]
    if not every:
        return 0.0
    return 0.39 * len(every) / len(split) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59


def list_under_a_dont(html: str, heading: str) -> Iterator[str]:
    """The list items of ``html`` whose lead-in, or else the ``heading`` above, says what not to do."""
    reader = _Reader()
    reader.feed(html)
    lead = heading
    for tag, text in reader.pieces:
        if tag != "li":
            lead = text
        elif _DONT_LEAD.search(lead.rstrip(" :")):
            yield text


def _texts(kind: str, value: Any) -> Iterator[tuple[str, str]]:
    """(kind, text) of every string a person reads in a block; a check's marks are no text."""
    if isinstance(value, str):
        yield kind, value
    elif isinstance(value, Mapping):
        if set(value) >= {"type", "value"}:
            yield from _texts(kind, value["value"])
            return
        for name, part in value.items():
            if kind == "words" and name == "not_say":
                for pair in part:
                    inner = pair["value"] if set(pair) >= {"type", "value"} else pair
                    yield "not_say", inner["quote"]
                    yield kind, inner["why"]
            else:
                inner_kind = "heading" if name == "heading" else kind
                yield from _texts(inner_kind, part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _texts(kind, part)


def _pieces(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return [text for _, text in reader.pieces]


class _Reader(HTMLParser):
    """Collects (tag, text) of the paragraphs, items and headings of cleaned HTML."""

    _OWN = frozenset({"p", "li", "h2", "h3", "h4", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self._tag, self._text = "p", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._OWN and not (tag == "p" and self._tag == "li" and not self._text.strip()):
            self._flush()
            self._tag = tag
        elif tag == "br":
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in self._OWN or tag in ("ul", "ol"):
            self._flush()
            if tag in ("li", "ul", "ol"):
                self._tag = "p"

    def handle_data(self, data: str) -> None:
        self._text += data

    def feed(self, data: str) -> None:
        super().feed(data)
        self.close()
        self._flush()

    def _flush(self) -> None:
        if text := " ".join(self._text.split()):
            self.pieces.append((self._tag, text))
        self._text = ""
