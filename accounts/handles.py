"""Handles: what a name may look like, what makes two names the same to the eye, and names to suggest."""

import re
import secrets
import tomllib
import unicodedata
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 3, 30
SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,28}[A-Za-z0-9]")
MOST_DIGITS = 4  # more in one handle reads like a phone number
DATA = Path(__file__).parent / "data"

WRONG_SHAPE = _(
    "Use 3 to 30 letters from A to Z, digits, dashes or underscores. Begin and end with a letter or a digit."
)
NOT_ASCII = _(
    "Use only the letters A to Z, without accents, and digits. Letters of other kinds can look the same, "
    "and someone could pass for you."
)
LIKE_STAFF = _("This name could be taken for the people who run this site. Please choose another.")
LIKE_CONTACT = _(
    "This looks like an e-mail address, a phone number or a name from another network. To stay hard to find, "
    "please choose a name you use nowhere else."
)
LIKE_BIRTHDAY = _("This holds what looks like a year of birth. Please choose a name without it.")

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "-": None, "_": None})
_PAIRS_ALIKE = (("rn", "m"), ("vv", "w"))
_DISGUISED = str.maketrans({"3": "e", "4": "a", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_YEAR = re.compile(r"(?<!\d)(19[2-9]\d|20[0-3]\d)(?!\d)")


def skeleton(handle: str) -> str:
    """The handle as a hurried eye reads it: two handles with one skeleton cannot both exist.

    Case, dashes and look-alikes (0 and o, 1 and l and i, 5 and s, rn and m, vv and w) are folded.
    """
    folded = unicodedata.normalize("NFKC", handle).casefold().translate(_ALIKE)
    for pair, letter in _PAIRS_ALIKE:
        folded = folded.replace(pair, letter)
    return folded


def validate_shape(handle: str) -> None:
    """Raise `ValidationError` unless the handle is 3 to 30 plain letters, digits, dashes and underscores."""
    if "@" in handle:
        raise ValidationError(LIKE_CONTACT, code="contact")
    if not handle.isascii():
        raise ValidationError(NOT_ASCII, code="ascii")
    if not SHAPE.fullmatch(handle):
        raise ValidationError(WRONG_SHAPE, code="shape")


def validate_new_handle(handle: str) -> None:
    """Raise `ValidationError`, its message naming the reason, unless a person may take this handle.

    Whether it is already taken is not asked here.
    """
    validate_shape(handle)
    if looks_like_staff(handle):
        raise ValidationError(LIKE_STAFF, code="staff")
    plain = skeleton(handle)
    if any(word in plain for word in _reserved()["contact"]):
        raise ValidationError(LIKE_CONTACT, code="contact")
    if _YEAR.search(handle):
        raise ValidationError(LIKE_BIRTHDAY, code="birthday")
    if sum(letter.isdigit() for letter in handle) > MOST_DIGITS:
        raise ValidationError(LIKE_CONTACT, code="contact")


def looks_like_staff(handle: str) -> bool:
    """Whether the handle uses a reserved word, plainly or in disguise."""
    reserved = _reserved()
    for plain in {skeleton(handle), skeleton(handle.translate(_DISGUISED))}:
        if any(word in plain for word in reserved["anywhere"]):
            return True
        if any(plain.startswith(word) or plain.endswith(word) for word in reserved["edges"]):
            return True
        if plain in reserved["words"] or plain.rstrip("0123456789") in reserved["words"]:
            return True
    parts = {skeleton(part) for part in re.split(r"[-_\d]+", handle) if part}
    parts |= {skeleton(part) for part in _WORDS.findall(handle)}
    return not parts.isdisjoint(reserved["words"])


def suggest(
    *, language: str, taken: Callable[[Collection[str]], Collection[str]], count: int = 3
) -> list[str]:
    """Fresh two-word handles in the reader's language.

    `taken` gets skeletons and returns those in use, so that looking costs one query.
    """
    words = _suggestion_words()
    chosen = words.get(language[:2], words["en"])
    for _attempt in range(5):
        names: dict[str, str] = {}
        while len(names) < count * 4:
            name = secrets.choice(chosen["first"]) + secrets.choice(chosen["second"])
            names[skeleton(name)] = name
        used = set(taken(list(names)))
        free = [name for plain, name in names.items() if plain not in used]
        if len(free) >= count:
            return free[:count]
    return [f"{name}{secrets.randbelow(90) + 10}" for name in list(names.values())[:count]]


@cache
def _reserved() -> dict[str, frozenset[str]]:
    lists = tomllib.loads((DATA / "reserved_handles.toml").read_text("utf-8"))
    return {name: frozenset(skeleton(word) for word in words) for name, words in lists.items()}


@cache
def _suggestion_words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((DATA / "handle_words.toml").read_text("utf-8"))
