"""Passphrases: long, any characters, nothing that a guesser tries first. No composition rules."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 10, 128
FEWEST_DIFFERENT = 5
DATA = Path(__file__).parent / "data"

TOO_SHORT = _("Please use at least 10 characters. Three or four words in a row work well.")
TOO_LONG = _("Please use at most 128 characters.")
TOO_COMMON = _("This is one of the first that a guesser tries. Please choose another.")
TOO_FEW_DIFFERENT = _("This repeats the same few characters. Please mix in some others.")
HOLDS_NAME = _("This holds your name here, which others can see. Please leave it out.")
HOLDS_SITE = _("This holds the name of this site, so it is easy to guess. Please leave it out.")


class PassphraseValidator:
    """Django's hook for passphrase rules; the handle is read from the user, saved or not."""

    def validate(self, password: str, user=None) -> None:
        """Raise `ValidationError` naming the reason when the passphrase is refused."""
        if len(password) < SHORTEST:
            raise ValidationError(TOO_SHORT, code="too_short")
        if len(password) > LONGEST:
            raise ValidationError(TOO_LONG, code="too_long")
        plain = _plain(password)
        if len(set(password.casefold())) < FEWEST_DIFFERENT:
            raise ValidationError(TOO_FEW_DIFFERENT, code="repeats")
        if {password.casefold().strip(), plain, plain.rstrip("0123456789")} & _common():
            raise ValidationError(TOO_COMMON, code="common")
        handle = _plain(getattr(user, "username", "") or "")
        if len(handle) >= 3 and handle in plain:
            raise ValidationError(HOLDS_NAME, code="holds_name")
        if any(word in plain for word in _site_words()):
            raise ValidationError(HOLDS_SITE, code="holds_site")

    def get_help_text(self) -> str:
        """The rule in one line, for the field."""
        return gettext(
            "At least 10 characters. Three or four words in a row work well. Spaces and any letters are fine."
        )


def _plain(text: str) -> str:
    """Letters and digits only, without case and accents: how a guesser would fold it."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]", "", apart)


def _site_words() -> set[str]:
    return {word for word in (_plain(settings.WAGTAIL_SITE_NAME), "familyhub") if len(word) >= 4}


@cache
def _common() -> frozenset[str]:
    known = set(CommonPasswordValidator().passwords)
    own = (DATA / "common_passphrases.txt").read_text("utf-8").splitlines()
    known.update(line.strip() for line in own if line.strip() and not line.startswith("#"))
    return frozenset(known)
