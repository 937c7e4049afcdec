"""What a lesson must be before people read it: kind words, plain sentences, sourced claims, whole blocks.

Pure functions over the raw values of a lesson's blocks, used by ``manage.py lint_curriculum`` on the starter
files and by the editor on what an author writes. Nothing here changes a text or stops an author; each finding
says where, what, and in which sentence. Person-first words follow "Words Matter" (National Institute on
Drug Abuse).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from education.prose import (
    CLAIM,
    Passage,
    grade,
    list_under_a_dont,
    passages,
    sentences,
    word_count,
)
from education.starter_format.shapes import StarterLesson, StarterTerm

WORDS_FILE = Path(__file__).parent / "data" / "words_to_avoid.toml"

GRADE_CEILING = 8.0
GRADE_MEDIAN = 7.0
SENTENCE_WORDS = 25
LESSON_WORDS = range(500, 901)
KEY_POINTS = range(3, 6)
AT_MOST = {"emergency": 1, "urgent": 1, "note": 2}

_DONT = re.compile(r"(do not|don['’]t|never|try not|avoid|no|nunca|evite)\b", re.IGNORECASE)
_TOPICS = {
    "violence-first": re.compile(r"\b(consequences?|limits?|rewards?|boundar(y|ies))\b", re.IGNORECASE),
}
_VIOLENCE = re.compile(
    r"\b(violen(t|ce)|hurt(s|ing)?|threat(en|ens|ened|s)?|afraid of|not safe)\b", re.IGNORECASE
)
# A figure, a study or a proof needs a source in the same sentence.
_CLAIMING = re.compile(
    r"\d\s?%|\bper ?cent\b"
    r"|\b(research|stud(y|ies)|trials?|surveys?|polls?|evidence|scientists)\b"
    r"|\b(one|two|three|four|five|six|seven|eight|nine|\d+) (in|out of) (every )?"
    r"(two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
    r"|\b\d[\d,]* (people|relatives|adults|families|children|patients|parents)\b"
    r"|\b(half|twice|doubles?|halves) (of|the|as)\b",
    re.IGNORECASE,
)
# Help lines are drawn from the crisis resources, so that one correction mends every page.
_PHONE = re.compile(r"\b(911|988|112|999)\b|\b\d{3}[-.\s]\d{4}\b|\b\d{5,}\b|\b\d{3}[-.\s][A-Z]{4}\b")
_PROMISE = re.compile(r"\b6[24]\s?(%|per ?cent)", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """One thing to mend: ``where`` (file or lesson), ``code``, the ``sentence`` and a plain ``hint``."""

    where: str
    code: str
    sentence: str
    hint: str

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.hint}\n    {self.sentence}"


@dataclass(frozen=True)
class AvoidedWord:
    """Words to do without, what is kinder, why, and the names that may hold them."""

    pattern: re.Pattern[str]
    kinder: str
    why: str
    but_not: re.Pattern[str] | None


@cache
def words_to_avoid(lang: str = "en") -> tuple[AvoidedWord, ...]:
    """The list of ``education/data/words_to_avoid.toml`` for ``lang``; empty for a language without one."""
    rows = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8")).get(lang, [])
    return tuple(
        AvoidedWord(
            pattern=_any_of(row["words"]),
            kinder=row["kinder"],
            why=row["why"],
            but_not=_any_of(row["but_not"]) if row.get("but_not") else None,
        )
        for row in rows
    )


def check_lesson(
    *,
    where: str,
    title: str,
    summary: str,
    body: Sequence[Mapping[str, Any]],
    known_sources: frozenset[str] | set[str],
    lang: str = "en",
) -> list[Finding]:
    """Everything to mend in one lesson. ``body``: raw block values; ``known_sources``: the source keys."""
    read = [Passage("title", title), Passage("summary", summary), *passages(body)]
    found: list[Finding] = []
    for check in (
        check_words(where, read, lang),
        check_sentences(where, read),
        check_sources(where, read, known_sources),
        check_numbers(where, read),
        check_dont_items(where, body),
        check_blocks(where, body),
        check_length(where, body),
        check_grade(where, body, lang),
        check_violence_first(where, body),
    ):
        found.extend(check)
    return found


def check_starter_lesson(
    lesson: StarterLesson, known_sources: frozenset[str] | set[str], *, lang: str = "en"
) -> list[Finding]:
    """Everything to mend in a lesson read from its starter file."""
    return check_lesson(
        where=lesson.file,
        title=lesson.title,
        summary=lesson.summary,
        body=lesson.body,
        known_sources=known_sources,
        lang=lang,
    )


def check_term(where: str, term: StarterTerm, known_sources: frozenset[str] | set[str]) -> Iterator[Finding]:
    """Words, sentences and source of a glossary term, in both languages."""
    for lang, name, meaning in (("en", term.term, term.meaning), ("es", term.term_es, term.meaning_es)):
        read = [Passage("term", name), Passage("term", meaning)]
        yield from check_words(where, read, lang)
        yield from check_sentences(where, read)
        yield from check_numbers(where, read)
    if term.source and term.source not in known_sources:
        yield unknown_source(where, term.key, term.source)


def unknown_source(where: str, name: str, key: str) -> Finding:
    """``name`` rests on a source that nobody listed."""
    return Finding(where, "unknown-source", name, f"There is no source {key!r}.")


def check_words(where: str, read: Sequence[Passage], lang: str = "en") -> Iterator[Finding]:
    """Words to avoid, anywhere but in a quote that is shown as "Try not to say"."""
    for passage in read:
        if passage.kind == "not_say":
            continue
        for sentence in sentences(passage.text):
            for avoided in words_to_avoid(lang):
                rest = avoided.but_not.sub("", sentence) if avoided.but_not else sentence
                if hit := avoided.pattern.search(rest):
                    yield Finding(
                        where, "word", sentence, f"“{hit[0]}”: {avoided.why} Kinder: {avoided.kinder}."
                    )


def check_sentences(where: str, read: Sequence[Passage]) -> Iterator[Finding]:
    """Sentences of more than 25 words."""
    for passage in read:
        for sentence in sentences(passage.text):
            if (length := word_count(sentence)) > SENTENCE_WORDS:
                yield Finding(
                    where, "long-sentence", sentence, f"{length} words; {SENTENCE_WORDS} is the most."
                )


def check_sources(where: str, read: Sequence[Passage], known: frozenset[str] | set[str]) -> Iterator[Finding]:
    """Claims without a source, sources nobody listed, and a promise the research does not make."""
    for passage in read:
        for sentence in sentences(passage.text):
            keys = CLAIM.findall(sentence)
            for key in keys:
                if key not in known:
                    yield Finding(where, "unknown-source", sentence, f"There is no source {key!r}.")
            if passage.kind == "story" or passage.kind == "not_say":
                continue
            if not keys and _CLAIMING.search(sentence):
                yield Finding(where, "no-source", sentence, "A figure or a study needs its source: [^key].")
            if _PROMISE.search(sentence):
                yield Finding(
                    where, "promise", sentence, "No lesson read alone may promise the results of CRAFT."
                )
    if not any(CLAIM.search(passage.text) for passage in read):
        yield Finding(where, "no-source", "", "The lesson names no source at all.")


def check_numbers(where: str, read: Sequence[Passage]) -> Iterator[Finding]:
    """Phone numbers in the text: they belong to the crisis resources alone."""
    for passage in read:
        for sentence in sentences(passage.text):
            if _PHONE.search(CLAIM.sub("", sentence)):
                yield Finding(where, "phone-number", sentence, "Name the line; the page draws its number.")


def check_dont_items(where: str, body: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Each item of a list of what not to do says so itself: a stressed reader hears the items alone."""
    heading = ""
    for block in body:
        if block["type"] == "heading":
            heading = block["value"]
        elif block["type"] == "text":
            for item in list_under_a_dont(block["value"], heading):
                if not _DONT.match(item):
                    yield Finding(where, "dont-item", item, "Begin the item itself with “Do not”.")
        elif block["type"] == "words":
            if not block["value"].get("say") or not block["value"].get("not_say"):
                yield Finding(
                    where, "words-one-sided", "", "Show both: what to say, and what to try not to say."
                )
            for side in ("say", "not_say"):
                for pair in _values(block["value"].get(side, [])):
                    if not pair.get("why", "").strip():
                        yield Finding(where, "words-without-why", pair["quote"], "Say why.")


def check_blocks(where: str, body: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """How many cards and notes, how many key points, and whether every answer of a check has its reason."""
    counts = Counter(block["type"] for block in body)
    for kind, most in AT_MOST.items():
        if counts[kind] > most:
            yield Finding(where, "too-many-cards", kind, f"{counts[kind]} of {kind}; {most} is the most.")
    if counts["key_points"] != 1:
        yield Finding(where, "key-points", "", "A lesson has one block of key points.")
    for block in body:
        if block["type"] == "key_points" and len(block["value"]) not in KEY_POINTS:
            yield Finding(where, "key-points", "", f"{len(block['value'])} key points; 3 to 5 are read.")
        if block["type"] != "check":
            continue
        question, options = block["value"]["question"], _values(block["value"]["options"])
        if len(options) < 2 or all(option["right"] for option in options):
            yield Finding(where, "check-no-choice", question, "Offer at least one answer that is not right.")
        if not any(option["right"] for option in options):
            yield Finding(where, "check-no-right", question, "Mark at least one answer as right.")
        for option in options:
            if not option.get("reason", "").strip():
                yield Finding(where, "check-no-reason", option["text"], "Give a reason for every answer.")


def check_length(where: str, body: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Fewer than 500 words or more than 900, all blocks counted."""
    if (words := lesson_words(body)) not in LESSON_WORDS:
        yield Finding(
            where, "length", "", f"{words} words; a lesson has {LESSON_WORDS[0]} to {LESSON_WORDS[-1]}."
        )


def check_grade(where: str, body: Sequence[Mapping[str, Any]], lang: str = "en") -> Iterator[Finding]:
    """Harder to read than grade 8. The formula fits English alone; other languages are not measured."""
    if lang == "en" and (found := lesson_grade(body)) > GRADE_CEILING:
        yield Finding(where, "grade", "", f"Grade {found:.1f}; {GRADE_CEILING:.0f} is the ceiling.")


def check_violence_first(where: str, body: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """A heading on limits, consequences or rewards with no word on violence before it."""
    seen = False
    for block in body:
        text = " ".join(passage.text for passage in passages([block]))
        if block["type"] == "heading" and not seen and _TOPICS["violence-first"].search(text):
            yield Finding(
                where, "violence-first", text, "Ask about violence before any word on limits or rewards."
            )
        if block["type"] in ("note", "urgent", "emergency", "text") and _VIOLENCE.search(text):
            seen = True


def check_median(where: str, grades: Sequence[float]) -> list[Finding]:
    """The curriculum as a whole: a median above grade 7."""
    if not grades or (found := median(grades)) <= GRADE_MEDIAN:
        return []
    return [
        Finding(where, "grade-median", "", f"Median grade {found:.1f}; {GRADE_MEDIAN:.0f} is the ceiling.")
    ]


def lesson_words(body: Sequence[Mapping[str, Any]]) -> int:
    """The words of all blocks; source marks are not counted."""
    return sum(word_count(passage.text) for passage in passages(body))


def lesson_grade(body: Sequence[Mapping[str, Any]]) -> float:
    """Flesch-Kincaid grade (US school year) of all blocks but headings."""
    return grade([passage.text for passage in passages(body) if passage.kind != "heading"])


def _values(items: Sequence[Any]) -> list[Any]:
    return [
        item["value"] if isinstance(item, Mapping) and set(item) >= {"type", "value"} else item
        for item in items
    ]


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, words)) + r")(?![\w-])", re.IGNORECASE)
