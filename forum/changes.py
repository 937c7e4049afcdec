"""Two wordings side by side: which words were taken out, which were put in. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Unchanged words shown on each side of a change; the rest of a long run is left out.
AROUND = 8
#: Beyond this the comparison would take too long for a page; then the texts stand one after the other.
MOST_WORDS = 4000

Kind = Literal["same", "out", "in", "gap"]
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Change:
    """A run of words: the same in both, taken out, put in, or a gap where unchanged words are left out."""

    kind: Kind
    text: str


def word_changes(before: str, after: str) -> list[Change]:
    """What happened to the words of `before` on the way to `after`, in reading order."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return [Change("out", before), Change("in", after)]
    return list(_runs(old, new))


def _runs(old: list[str], new: list[str]) -> Iterator[Change]:
    plain = [[word.rstrip() for word in words] for words in (old, new)]
    steps = SequenceMatcher(a=plain[0], b=plain[1], autojunk=False).get_opcodes()
    for number, (step, i, j, k, m) in enumerate(steps):
        if step == "equal":
            yield from _shortened(new[k:m], first=number == 0, last=number == len(steps) - 1)
            continue
        if j > i:
            yield Change("out", "".join(old[i:j]).rstrip())
        if m > k:
            yield Change("in", "".join(new[k:m]).rstrip())


def _shortened(words: list[str], *, first: bool, last: bool) -> Iterator[Change]:
    """The words next to a change; a long run between loses its middle."""
    head, tail = (0 if first else AROUND), (0 if last else AROUND)
    if len(words) <= head + tail + 2:
        yield Change("same", "".join(words))
        return
    if head:
        yield Change("same", "".join(words[:head]))
    yield Change("gap", "…")
    if tail:
        yield Change("same", "".join(words[-tail:]))
