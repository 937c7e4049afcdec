"""One lesson file: front matter between lines of +++, then Markdown with fenced blocks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from education.starter_format.shapes import (
    HELP_KINDS,
    SLUG,
    Block,
    StarterError,
    StarterLesson,
    check_members,
    check_slug,
    check_table,
    parse_toml,
)
from safety.clean import TextRefused, lesson_html

CLAIM = re.compile(r"\[\^([^\]\s]*)\]")
_STEP = re.compile(r"\*\*(?P<title>.+?)\*\*\s*(?P<text>.*)", re.DOTALL)
_QUOTE = re.compile(r"[\"“](?P<quote>.+)[\"”]\s*\|\s*(?P<why>.*)", re.DOTALL)

Line = tuple[int, str]


def read_lesson(text: str, *, file: str) -> StarterLesson:
    """One lesson from the ``text`` of its file; ``file`` is the name used in errors. Raises StarterError."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    fences = [at for at, (_, line) in enumerate(lines) if line == "+++"]
    if len(fences) < 2 or fences[0] != 0:
        raise StarterError(file, 1, "the file must begin with front matter between two lines of +++")
    head = parse_toml("\n".join(line for _, line in lines[1 : fences[1]]), file=file, first_line=2)
    check_table(head, StarterLesson, file=file, line=2, computed={"body", "source_keys", "file"})
    if head["minutes"] < 1:
        raise StarterError(file, 2, "minutes must be 1 or more")
    check_slug(head["slug"], file, 2)
    check_members(head["help_kinds"], HELP_KINDS, "help kind", file, 2)
    body = list(_blocks(lines[fences[1] + 1 :], file))
    if not body:
        raise StarterError(file, fences[1] + 1, "the lesson has no text")
    rest = "\n".join(line for _, line in lines[fences[1] + 1 :])
    keys = CLAIM.findall(rest)
    for number, line in lines[fences[1] + 1 :]:
        if any(not SLUG.fullmatch(key) for key in CLAIM.findall(line)):
            raise StarterError(file, number, "a source key holds small letters, digits and hyphens only")
    return StarterLesson(**head, body=body, source_keys=tuple(dict.fromkeys(keys)), file=file)


def _blocks(lines: list[Line], file: str) -> Iterator[Block]:
    """Cut the text below the front matter into blocks; loose paragraphs gather until the next block."""
    loose: list[Line] = []
    at = 0
    while at < len(lines):
        number, line = lines[at]
        if line.startswith(":::") or line.startswith("## "):
            yield from _text(loose, file)
            loose = []
        if line.startswith("## "):
            yield {"type": "heading", "value": line[3:].strip()}
        elif line.startswith(":::"):
            kind, _, rest = line[3:].strip().partition(" ")
            end = next((n for n in range(at + 1, len(lines)) if lines[n][1].startswith(":::")), None)
            if end is None or lines[end][1] != ":::":
                raise StarterError(file, number, f"the block {kind!r} is not closed with a line of :::")
            yield _fenced(kind, rest.strip(), _Inside(lines[at + 1 : end], file, number))
            at = end
        elif re.match(r"#(?!## )", line) or line.startswith("####"):
            raise StarterError(file, number, "headings are ## and ### only")
        else:
            loose.append((number, line))
        at += 1
    yield from _text(loose, file)


def _text(loose: list[Line], file: str) -> Iterator[Block]:
    if any(line.strip() for _, line in loose):
        yield {"type": "text", "value": _html(loose, file)}


def _html(lines: list[Line], file: str) -> str:
    try:
        return lesson_html("\n".join(line for _, line in lines).strip())
    except TextRefused as error:
        raise StarterError(file, lines[0][0], str(error.message)) from error


@dataclass(frozen=True)
class _Inside:
    """The lines between a block's fences, and where the block stands."""

    lines: list[Line]
    file: str
    number: int

    def refuse(self, reason: str, line: int | None = None) -> NoReturn:
        raise StarterError(self.file, line or self.number, reason)

    def text(self) -> str:
        """Plain paragraphs, joined by an empty line."""
        joined = "\n".join(line for _, line in self.lines)
        return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", joined) if part.strip())

    def items(self, *markers: str) -> list[tuple[str, str, int]]:
        """(marker, text, line) of each item; an indented line goes on with the item above it.

        An unmarked line comes back with the marker ``""``.
        """
        found: list[tuple[str, str, int]] = []
        for number, line in self.lines:
            marker = next((m for m in markers if line.startswith(f"{m} ")), "")
            if not line.strip():
                continue
            if line[0] == " " and found:
                last = found[-1]
                found[-1] = (last[0], f"{last[1]} {line.strip()}", last[2])
            else:
                found.append((marker, line[len(marker) :].strip(), number))
        return found


def _fenced(kind: str, rest: str, inside: _Inside) -> Block:
    reader = _READERS.get(kind)
    if reader is None:
        inside.refuse(f"no block is called {kind!r}: choose from {', '.join(_READERS)}")
    if not inside.text():
        inside.refuse(f"the block {kind!r} is empty")
    return {"type": kind.replace("-", "_"), "value": reader(rest, inside)}


def _dash_items(inside: _Inside) -> list[str]:
    items = inside.items("-")
    for marker, _, number in items:
        if not marker:
            inside.refuse("each line must begin with a dash", number)
    return [text for _, text, _ in items]


def _key_points(rest: str, inside: _Inside) -> list[str]:
    return _dash_items(inside)


def _steps(rest: str, inside: _Inside) -> list[Block]:
    found = []
    for marker, text, number in inside.items("-"):
        match = _STEP.fullmatch(text)
        if not marker or match is None or not match["text"]:
            inside.refuse("a step is written: - **Title.** text", number)
        found.append({"title": match["title"].strip().rstrip("."), "text": match["text"].strip()})
    return found


def _words(rest: str, inside: _Inside) -> Block:
    value: Block = {"say": [], "not_say": []}
    for marker, text, number in inside.items("+", "-"):
        match = _QUOTE.fullmatch(text)
        if not marker or match is None or not match["why"].strip():
            inside.refuse('words are written: + "quote" | why, or - "quote" | why', number)
        value["say" if marker == "+" else "not_say"].append(
            {"quote": match["quote"].strip(), "why": match["why"].strip()}
        )
    return value


def _care(rest: str, inside: _Inside) -> Block:
    if not rest:
        inside.refuse("a card needs a heading on its first line")
    items: list[str] = []
    after: list[str] = []
    for marker, text, number in inside.items("-"):
        if marker and after:
            inside.refuse("the closing line stands after the list", number)
        (items if marker else after).append(text)
    if not items:
        inside.refuse("a card needs a list")
    return {"heading": rest, "items": items, "after": " ".join(after)}


def _headed(rest: str, inside: _Inside) -> Block:
    if not rest:
        inside.refuse("this block needs a heading on its first line")
    return {"heading": rest, "text": inside.text()}


def _story(rest: str, inside: _Inside) -> Block:
    if not rest:
        inside.refuse("a story says on its first line whether it is invented")
    return {"text": _html(inside.lines, inside.file), "note": rest}


def _check(rest: str, inside: _Inside) -> Block:
    value: Block = {"question": "", "options": [], "hint": ""}
    for marker, text, number in inside.items("?", "( )", "(x)", "!"):
        name = {"?": "question", "!": "hint"}.get(marker)
        if name and not value[name]:
            value[name] = text
        elif marker in ("( )", "(x)"):
            option, _, reason = text.partition("|")
            value["options"].append(
                {"text": option.strip(), "right": marker == "(x)", "reason": reason.strip()}
            )
        else:
            inside.refuse("a check holds one ? question, ( ) or (x) options, and at most one ! hint", number)
    if not value["question"] or not value["options"]:
        inside.refuse("a check needs a question and options")
    return value


def _reflection(rest: str, inside: _Inside) -> Block:
    items = inside.items(">")
    prompt = " ".join(text for marker, text, _ in items if not marker)
    if not prompt:
        inside.refuse("a reflection needs a prompt")
    return {"prompt": prompt, "note": " ".join(text for marker, text, _ in items if marker)}


_READERS: dict[str, Callable[[str, _Inside], Any]] = {
    "key-points": _key_points,
    "steps": _steps,
    "words": _words,
    "emergency": _care,
    "urgent": _care,
    "note": _headed,
    "story": _story,
    "check": _check,
    "reflection": _reflection,
    "practice": _headed,
}
