"""What a moderator types about their own day: how long they are on, a note to colleagues, what they leave."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import handles
from forum.forms.deciding import Note
from forum.forms.writing import Words
from forum.models import Board, Member
from forum.states import OptOut

UNKNOWN_HANDLE = _("Nobody here has this name. Look at how it is written on a post.")


class ShiftForm(forms.Form):
    """How long one means to be on. `until` is the next moment at that hour, aware, or None."""

    until = forms.TimeField(
        label=_("On until about"),
        help_text=_("Colleagues see it. Leave it empty when you do not know."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p"],
        error_messages={"invalid": _("Write a time of day, as 16:00.")},
    )

    def clean_until(self) -> dt.datetime | None:
        hour: dt.time | None = self.cleaned_data["until"]
        if hour is None:
            return None
        now = timezone.localtime()
        until = dt.datetime.combine(now.date(), hour, tzinfo=now.tzinfo)
        return until if until > now else until + dt.timedelta(days=1)


class HandOverForm(forms.Form):
    """A note for whoever comes next."""

    text = Note(
        label=_("What the next shift needs to know"),
        help_text=_("About the work. No names from posts, and none of their words."),
    )


class TopicsForm(forms.Form):
    """Topics and boards that "Take the next one" leaves to colleagues."""

    opted_out = forms.MultipleChoiceField(
        label=_("Words about"),
        choices=OptOut.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # Compared with what is offered and never looked up: a number may be too long for a database.
    boards = forms.MultipleChoiceField(label=_("Boards"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._boards = {board.slug: board for board in Board.objects.all()}
        self.fields["boards"].choices = [(slug, board.name) for slug, board in self._boards.items()]

    def clean_opted_out(self) -> list[OptOut]:
        return [OptOut(value) for value in self.cleaned_data["opted_out"]]

    def clean_boards(self) -> list[Board]:
        return [self._boards[slug] for slug in self.cleaned_data["boards"]]


class AcquaintanceForm(forms.Form):
    """Someone one knows outside, by the name they have here. `clean()` puts the member in `other`."""

    handle = Words(
        label=_("Their name here"),
        help_text=_("Nobody else sees this list."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the name they have here.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "handle" in data:
            data["other"] = self._find(data["handle"].strip())
        return data

    def _find(self, handle: str) -> Member | None:
        person = get_user_model().objects.filter(handle_skeleton=handles.skeleton(handle)).first()
        if person is None:
            self.add_error("handle", UNKNOWN_HANDLE)
            return None
        return Member.objects.for_user(person)
