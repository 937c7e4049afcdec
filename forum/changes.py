"""Two wordings side by side: which words were taken out, which were put in. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Unchanged words shown on each side of a change; the rest of a long run is left out.
AROUND = 8
#: Beyond this the comparison would take too long for a page; then the texts stand one after the other.
MOST_WORDS = 4000
#: Pairs of equal words that are looked at: a text of one word, said 2,000 times, has four million.
MOST_PAIRS = 60_000

Kind = Literal["same", "out", "in", "gap"]
Step = tuple[str, int, int, int, int]
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


def steps_between(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    """The steps from one list of words to the other, as difflib names them.

    The comparison takes time for each pair of equal words: where those are too many, all that stands between
    a common beginning and a common end is one step.
    """
    most = min(len(old), len(new))
    start = next((n for n in range(most) if old[n] != new[n]), most)
    end = next((n for n in range(most - start) if old[-1 - n] != new[-1 - n]), most - start)
    middles = old[start : len(old) - end], new[start : len(new) - end]
    counts = Counter(middles[0]), Counter(middles[1])
    steps: list[Step] = [("equal", 0, start, 0, start)] if start else []
    if sum(n * counts[1][word] for word, n in counts[0].items()) > MOST_PAIRS:
        steps.append(("replace", start, len(old) - end, start, len(new) - end))
    else:
        found = SequenceMatcher(a=middles[0], b=middles[1], autojunk=False).get_opcodes()
        steps += [(step, i + start, j + start, k + start, m + start) for step, i, j, k, m in found]
    if end:
        steps.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return steps


def _runs(old: list[str], new: list[str]) -> Iterator[Change]:
    plain = [[word.rstrip() for word in words] for words in (old, new)]
    steps = steps_between(*plain)
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
