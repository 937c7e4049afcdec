"""Characters that may stand in a member's text, and those that may not.

Some characters show nothing and yet change what others read: they reverse the direction of a line, hide words
between letters, or break the tools that come later. They are taken out before anything else looks at a text.
Nothing a reader could have seen is taken out. Pure: no framework, no HTML.
"""

import re
import unicodedata

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Controls, direction marks, overrides and isolates, zero-width and filler characters, lone surrogates,
# non-characters. Tab and newline stay. Joiners, variation selectors and flag tags have their own rules below.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_LAST_TWO_OF_A_PLANE = re.compile(
    f"[{''.join(chr(p * 0x10000 + n) for p in range(1, 17) for n in (0xFFFE, 0xFFFF))}]"
)

# Regional flags (Scotland, Wales) are a black flag and invisible tags; anywhere else tags only hide text.
_FLAG_OR_TAG = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)|[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_SELECTOR = re.compile("(^|[\\s\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")

_JOINERS = re.compile("[\u200c\u200d]")
_JOINING_SCRIPTS = re.compile(
    "[\u0600-\u0fff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]"
)
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff\U000e007f]")

_BLANK = re.compile("[\\s\u2800]")
_MARKS = re.compile("[\u0300-\u036f]")


def without_hidden(text: str) -> str:
    """The text without characters that hide, reorder or break it; NFC; newlines are ``\\n``. Repeatable."""
    for _ in range(6):
        cleaned = _one_pass(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def tidy(text: str) -> str:
    """What every written field goes through first: no hidden characters, NFC, no blank space around it."""
    return without_hidden(text).strip()


def text_norm(text: str) -> str:
    """A form for comparing and searching: compatibility forms, case, accents and spacing are evened out.

    Never shown to anyone: "Él ESTÁ" and "el esta" become the same.
    """
    decomposed = unicodedata.normalize("NFKD", without_hidden(text).casefold())
    return " ".join(unicodedata.normalize("NFKC", _MARKS.sub("", decomposed)).split())


def shows_something(text: str) -> bool:
    """Whether a reader would see anything at all."""
    return any(not _BLANK.match(char) and unicodedata.category(char)[0] not in "CMZ" for char in text)


def _one_pass(text: str) -> str:
    text = _NEWLINES.sub("\n", text)
    text = _LAST_TWO_OF_A_PLANE.sub("", _HIDDEN.sub("", text))
    text = _FLAG_OR_TAG.sub(lambda found: found[1] or "", text)
    text = _SELECTOR.sub(lambda found: found[1], text)
    text = _JOINERS.sub(_joiner_that_joins, text)
    return unicodedata.normalize("NFC", text)


def _joiner_that_joins(found: re.Match[str]) -> str:
    text, at = found.string, found.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if _JOINING_SCRIPTS.match(before) and _JOINING_SCRIPTS.match(after):
        return found[0]
    if found[0] == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after):
        return found[0]
    return ""
