"""What a person chooses on the page of their mail."""

import datetime as dt
from collections.abc import Iterator

from django import forms
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts import hours
from accounts.actions import Wishes
from accounts.models import MailChoices
from accounts.states import Digest


def _hours() -> Iterator[tuple[str, object]]:
    yield "", _("No quiet hours")
    for hour in range(24):
        yield str(hour), formats.time_format(dt.time(hour), "TIME_FORMAT")


def _zones() -> Iterator[tuple[str, object]]:
    yield "", _("The time of this site")
    yield from hours.ZONES


class MailForm(forms.Form):
    """Which news come by mail, how often all of it together, and when not."""

    decisions = forms.BooleanField(
        label=_("What became of my posts"),
        help_text=_("The team published a post of yours, sent it back, or answered when you asked again."),
        required=False,
    )
    answers = forms.BooleanField(
        label=_("Answers to me"),
        help_text=_("Someone answered, quoted or mentioned you."),
        required=False,
    )
    replies = forms.BooleanField(
        label=_("Each reply in topics I follow, and each new topic in boards I follow"), required=False
    )
    digest = forms.ChoiceField(
        label=_("One mail about all that is new"),
        help_text=_("In numbers, around 8 in the morning. When nothing is new, nothing comes."),
        choices=[
            (Digest.NONE, _("No, thank you")),
            (Digest.DAILY, _("Once a day")),
            (Digest.WEEKLY, _("Once a week")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    digest_day = forms.TypedChoiceField(
        label=_("Day, if once a week"), coerce=int, empty_value=None, choices=WEEKDAYS.items(), required=False
    )
    quiet_from = forms.TypedChoiceField(
        label=_("From"), coerce=int, empty_value=None, choices=_hours, required=False
    )
    quiet_until = forms.TypedChoiceField(
        label=_("Until"), coerce=int, empty_value=None, choices=_hours, required=False
    )
    time_zone = forms.ChoiceField(
        label=_("Your time"),
        help_text=_("Kept only if you choose one. It says about where in the world you are."),
        choices=_zones,
        required=False,
    )

    @classmethod
    def of(cls, choices: MailChoices) -> "MailForm":
        """The form as this person left it."""
        kept = {name: getattr(choices, name) for name in cls.base_fields}
        return cls(initial={name: "" if value is None else value for name, value in kept.items()})

    def clean(self) -> dict:
        """Quiet hours have a beginning and another hour as their end."""
        cleaned: dict = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if "quiet_from" in self.errors or "quiet_until" in self.errors:
            return cleaned
        if begin is None and end is not None:
            self.add_error("quiet_from", _("Please choose when the quiet hours begin, or leave both open."))
        elif end is None and begin is not None:
            self.add_error("quiet_until", _("Please choose when the quiet hours end, or leave both open."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("Please choose another hour for the end."))
        return cleaned

    def wishes(self) -> Wishes:
        """What the person asks for; call it on a valid form."""
        return Wishes(**self.cleaned_data | {"digest_day": self.cleaned_data["digest_day"] or 0})
