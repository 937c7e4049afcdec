"""Handles: what a name may look like, and what makes two names the same to the eye."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 3, 30
SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,28}[A-Za-z0-9]")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "-": None, "_": None})
_PAIRS_ALIKE = (("rn", "m"), ("vv", "w"))


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
    if not SHAPE.fullmatch(handle):
        raise ValidationError(
            _(
                "Use 3 to 30 letters from A to Z, digits, dashes or underscores. Begin and end with a letter "
                "or a digit."
            ),
            code="shape",
        )
