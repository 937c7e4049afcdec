"""The fields of the house's forms: a line, a number in a range, an hour of the day, ready first lines."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.forms.deciding import Note
from forum.forms.writing import Words
from safety.characters import shows_something, tidy

#: Ready first lines of a board, and letters of each.
OPENINGS = 5
OPENING_LENGTH = 120


class Line(Words):
    """Words on one line, tidied. Its length is checked here: with maxlength a browser cuts in silence."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)
        self.most = most

    def to_python(self, value: Any) -> str:
        text = " ".join(tidy(super().to_python(value)).split("\n")).strip()
        if len(text) > self.most:
            raise forms.ValidationError(
                _("This has %(length)d letters; %(most)d fit. Please shorten it."),
                params={"length": len(text), "most": self.most},
                code="too_long",
            )
        if self.required and not shows_something(text):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return text


class Number(forms.IntegerField):
    """A whole number in a range; whatever else was typed is given back with the range."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        says = _("Choose a number from %(least)d to %(most)d.")
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **options
        )
        self.least, self.most, self.says = least, most, says

    def clean(self, value: Any) -> int:
        try:
            number = super().clean(value)
        except forms.ValidationError:
            number = None
        if number is None or not self.least <= number <= self.most:
            raise forms.ValidationError(
                self.says, params={"least": self.least, "most": self.most}, code="invalid"
            )
        return int(number)


class Clock(Words):
    """An hour of the day as the team types it, "22:00", or nothing. Midnight is 00:00 or 24:00."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **options,
        )

    def to_python(self, value: Any) -> Any:
        typed = "".join(tidy(super().to_python(value)).split())
        if not typed:
            return None
        read = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})", typed)
        hour, minute = (int(part) for part in read.groups()) if read else (99, 0)
        if (hour, minute) == (24, 0):
            hour = 0
        if hour > 23 or minute > 59:
            raise forms.ValidationError(_("Write the hour as in 22:00."), code="invalid")
        return dt.time(hour, minute)

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value


class Openings(Note):
    """Ready first lines, one a line: few and short."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=OPENINGS * (OPENING_LENGTH + 1), **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        lines = [" ".join(line.split()) for line in typed.split("\n") if shows_something(line)]
        if len(lines) > OPENINGS:
            raise forms.ValidationError(
                _("These are %(lines)d lines; %(most)d help to choose. Please take some out."),
                params={"lines": len(lines), "most": OPENINGS},
                code="too_many",
            )
        longest = max((len(line) for line in lines), default=0)
        if longest > OPENING_LENGTH:
            raise forms.ValidationError(
                _("One line has %(length)d letters; %(most)d fit. Please shorten it."),
                params={"length": longest, "most": OPENING_LENGTH},
                code="too_long",
            )
        return "\n".join(lines)
