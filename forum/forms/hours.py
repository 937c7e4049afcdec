"""Staffed hours as the team types them, a line for each weekday."""

import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from forum.forms.writing import Words
from safety.characters import tidy

DAYS = tuple(f"day_{day}" for day in range(7))
_SPAN = re.compile(r"([0-9]{1,2})[:.]([0-9]{2}) ?(?:-|to|a) ?([0-9]{1,2})[:.]([0-9]{2})")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
UNREADABLE_HOURS = _("Write hours as in 08:00-12:00, 13:00-22:00. The day ends at 24:00.")


class Day(Words):
    """The staffed spans of one weekday, as [["08:00", "12:00"], …]; empty when nobody is here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **options,
        )

    def to_python(self, value: Any) -> list[list[str]]:
        typed = " ".join(_DASHES.sub("-", tidy(super().to_python(value))).split())
        spans = sorted(_span(part.strip()) for part in re.split("[,;]", typed) if part.strip())
        for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
            if start < end:
                raise forms.ValidationError(_("Two of these hours overlap: make one of them."))
        return [[_clock(start), _clock(end)] for start, end in spans]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return ", ".join(f"{start}-{end}" for start, end in value)
        return value


def _span(typed: str) -> tuple[int, int]:
    """Minutes of the day. Raises ValidationError."""
    read = _SPAN.fullmatch(typed)
    if not read:
        raise forms.ValidationError(UNREADABLE_HOURS)
    hour, minute, end_hour, end_minute = (int(part) for part in read.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or end > 24 * 60:
        raise forms.ValidationError(UNREADABLE_HOURS)
    if end <= start:
        raise forms.ValidationError(
            _("“%(span)s” ends before it begins. For a night: until 24:00, and from 00:00 on the next day."),
            params={"span": typed},
        )
    return start, end


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


class HoursForm(forms.Form):
    """When someone of the team is here. After `is_valid`, `hours` is what HouseRules keeps."""

    hours: dict[str, list[list[str]]]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for day, name in enumerate(DAYS):
            self.fields[name] = Day(label=WEEKDAYS[day])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.hours = {str(day): data[name] for day, name in enumerate(DAYS) if data.get(name)}
        return data
