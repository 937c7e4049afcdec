"""Does this text sound as if someone is in trouble? It shows help sooner and orders the queue, no more.

Rules notice some phrases. They miss most risk. They exist to show help sooner and to order the queue. People
read posts; rules do not decide. In the measurement behind this design (2,680 posts annotated by clinicians,
Gaur and others 2019; simple rules, not these) a plain list found 44 in 100 and a guarded one 29 in 100. So
every writing page carries the crisis line whether or not a rule fires, nothing is blocked or hidden because
of a rule, and nobody is contacted.

Two outputs, because they cost differently: ``show_help`` comes from every list (a panel too many costs
little), ``severity`` from the guarded one (a flooded front of the queue costs attention). Pure: no database,
no request. The rules are a first list in English and Spanish; no clinician has reviewed them, and nothing has
yet been measured on them. What they cannot see: hints, irony, other spellings and languages, letters spaced
apart, and whatever nobody thought of.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from safety import guards
from safety.guards import Place, When, Who
from safety.reading import Reading, Sentence, read
from safety.rulebook import Rule, Rulebook, rulebook

#: Seconds one text may take. Over it the text counts as not read by the rules, and is held for a person.
TIME_BUDGET = 1.5
#: Longer than any post may be: a longer text is not read by rules, and says so.
MAX_CHARACTERS = 20_000

IMMINENT, CONCERN = 0, 1
_SEVERITY: dict[str, int | None] = {
    "A": IMMINENT,
    "B": IMMINENT,
    "C": IMMINENT,
    "D": CONCERN,
    "E": CONCERN,
    "H": None,
}
# In the order in which help is shown: what may kill within minutes first.
_KINDS = {
    "A": ("overdose", "emergency", "poison"),
    "C": ("emergency", "violence"),
    "B": ("suicide", "emergency"),
    "D": ("suicide", "emergency"),
    "E": ("withdrawal", "emergency"),
    "H": ("grief", "suicide"),
}

_log = logging.getLogger(__name__)


class Span(NamedTuple):
    """Where a phrase stands in what was written: ``field`` is "title" or "body", offsets count characters."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """One rule that fired. ``group`` is what it came to mean here, which may differ from the rule's own."""

    rule_id: str
    group: str
    spans: tuple[Span, ...]
    severity: int | None = None


@dataclass(frozen=True)
class Screening:
    """What the rules noticed. ``failed`` means they could not read it: hold it, show help, say so.

    ``severity`` is 0 (someone may die now), 1 (a concern) or None; ``kinds`` are the help kinds to show, in
    order.
    """

    hits: tuple[Hit, ...]
    show_help: bool
    severity: int | None
    kinds: tuple[str, ...]
    ruleset: str
    failed: bool


class _OutOfTime(Exception):
    pass


def screen(
    *, title: str, body: str, lang: str = "en", clock: Callable[[], float] = time.monotonic
) -> Screening:
    """Read a title and a Markdown body by the rules of every language. Never raises.

    ``lang`` is the language of the page it was written on; it changes nothing, since people write in the
    language they are upset in. On an error, an overrun of TIME_BUDGET or a text over MAX_CHARACTERS the
    answer has ``failed`` set and shows help.
    """
    version = "unknown"
    hits: list[Hit] = []
    try:
        book = rulebook()
        version = book.version
        deadline = clock() + TIME_BUDGET
        if len(title) + len(body) > MAX_CHARACTERS:
            return _failure(hits, version)
        for field, source in (("title", title), ("body", body)):
            for hit in _hits(book, field, read(source), lambda: clock() > deadline):
                hits.append(hit)
        return _screening(hits, version)
    except _OutOfTime:
        _log.warning("screening ran out of time")
    except Exception as problem:  # a text nobody's rule could read is held, never lost and never let through
        _log.error("screening failed: %s", type(problem).__name__)
    return _failure(hits, version)


def _failure(hits: list[Hit], version: str) -> Screening:
    """What was found before it failed still counts; the help shown is for the worst, since nobody knows."""
    kinds = tuple(dict.fromkeys(_KINDS["A"][:2] + _KINDS["B"]))
    return replace(_screening(hits, version), show_help=True, kinds=kinds, failed=True)


def _screening(hits: list[Hit], version: str) -> Screening:
    severities = [hit.severity for hit in hits if hit.severity is not None]
    groups = {hit.group for hit in hits}
    kinds = tuple(dict.fromkeys(kind for group in _KINDS if group in groups for kind in _KINDS[group]))
    return Screening(
        hits=tuple(hits),
        show_help=bool(hits),
        severity=min(severities, default=None),
        kinds=kinds,
        ruleset=version,
        failed=False,
    )


def _hits(book: Rulebook, field: str, reading: Reading, out_of_time: Callable[[], bool]) -> Iterator[Hit]:
    sentences = tuple(reading.sentences())
    idioms = [found.span() for pattern in book.idioms for found in pattern.finditer(reading.text)]
    griefs = _griefs(book, reading, sentences)
    for rule in book.rules:
        if late := out_of_time():
            raise _OutOfTime
        meanings: dict[tuple[str, int | None], list[Span]] = {}
        for start, end in _found(rule, reading):
            if late := out_of_time():
                break
            sentence = next((one for one in sentences if one.start <= start < one.end), None)
            if sentence is None or any(start < stop and begin < end for begin, stop in idioms):
                continue
            place = Place(reading.text, start, end, sentence)
            if any(pattern.search(place.whole) for pattern in rule.unless):
                continue
            meaning = _meaning(rule, place, mourning=sentence in griefs)
            meanings.setdefault(meaning, []).append(Span(field, *reading.source_span(start, end)))
        for (group, severity), spans in meanings.items():
            yield Hit(rule.id, group, tuple(dict.fromkeys(spans)), severity)
        if late:
            raise _OutOfTime


def _found(rule: Rule, reading: Reading) -> Iterator[tuple[int, int]]:
    for pattern in rule.patterns:
        for found in pattern.finditer(reading.text):
            yield found.start(), found.start() + len(found[0].rstrip(" \n,:-"))


def _griefs(book: Rulebook, reading: Reading, sentences: tuple[Sentence, ...]) -> set[Sentence]:
    starts = [start for rule in book.rules if rule.group == "H" for start, _ in _found(rule, reading)]
    return {one for one in sentences if any(one.start <= start < one.end for start in starts)}


def _meaning(rule: Rule, place: Place, *, mourning: bool) -> tuple[str, int | None]:
    """The group a hit comes to mean and its severity; None shows help and leaves the queue as it is."""
    group = rule.group
    if rule.loose:
        return group, None
    if "nearest" in rule.guards:
        who = guards.nearest(place)
        if who is Who.NOBODY:
            return group, None
        group = "D" if who is Who.OTHER else group
    if "negation" in rule.guards and guards.denied(place):
        return group, None
    if "inside" in rule.guards and guards.denied_inside(place):
        return group, None
    if "if" in rule.guards and guards.only_supposed(place):
        return group, CONCERN if guards.names_someone(place) else None
    if "reported" in rule.guards and group == "B" and guards.reported(place):
        group = "D"
    severity = _SEVERITY[group]
    if severity == IMMINENT and guards.in_quote_marks(place):
        severity = CONCERN
    return _in_time(rule, place, group, severity, mourning=mourning)


def _in_time(
    rule: Rule, place: Place, group: str, severity: int | None, *, mourning: bool
) -> tuple[str, int | None]:
    past = "told" in rule.guards or ("past" in rule.guards and guards.told_in_the_past(place))
    if severity is None or not (past or "old" in rule.guards):
        return group, severity
    time_said = guards.when(place)
    if time_said is When.OLD or (past and mourning and time_said is not When.NOW):
        return ("H" if group in "ABD" else group), None
    if time_said is When.RECENT:
        # An overdose last night is over; a blow or an attempt last night is not.
        return group, CONCERN if group == "A" else severity
    if past and time_said is When.UNSAID:
        return group, CONCERN
    return group, severity
