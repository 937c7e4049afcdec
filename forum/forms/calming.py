"""What the team types to calm a topic, or to move posts out of it."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum import rules
from forum.forms.deciding import Note
from forum.forms.writing import Words, readable_title
from forum.models import Board, Topic
from forum.states import CalmReason

HOLD, SLOW, CLOSE = "hold", "slow", "close"
EXISTING, NEW = "existing", "new"

ENDS: dict[str, dt.timedelta | None] = {
    "1h": dt.timedelta(hours=1),
    "6h": dt.timedelta(hours=6),
    "1d": dt.timedelta(days=1),
    "7d": dt.timedelta(days=7),
    "none": None,
}


class CalmForm(forms.Form):
    """One act, its reason in words that members read, and its end."""

    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (HOLD, _("Read replies first: each waits for a person")),
            (SLOW, _("Slow it: members wait between two replies")),
            (CLOSE, _("Close it: no new replies")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    seconds = forms.TypedChoiceField(
        label=_("Time between two replies"),
        help_text=_("Only when you slow the topic. The team is exempt."),
        choices=[
            (60, _("1 minute")),
            (600, _("10 minutes")),
            (3600, _("1 hour")),
            (6 * 3600, _("6 hours")),
            (24 * 3600, _("1 day")),
        ],
        coerce=int,
        initial=600,
        required=False,
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("Members read these words at the top of the topic."),
        choices=[choice for choice in CalmReason.choices if choice[0] != CalmReason.MOVED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason. Members will read it.")},
    )
    end = forms.ChoiceField(
        label=_("For how long"),
        choices=[
            ("1h", _("1 hour")),
            ("6h", _("6 hours")),
            ("1d", _("A day")),
            ("7d", _("A week")),
            ("none", _("Until the team ends it")),
        ],
        widget=forms.RadioSelect,
        initial="1d",
        error_messages={"required": _("Choose for how long.")},
    )
    note = Note(label=_("Note for the team"), help_text=_("Members never see it."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") == SLOW and "seconds" not in self.errors and not data.get("seconds"):
            self.add_error("seconds", _("Choose how long members wait between two replies."))
        return data

    @property
    def until(self) -> dt.datetime | None:
        """When it ends, counted from now; None when only the team ends it."""
        length = ENDS[self.cleaned_data["end"]]
        return timezone.now() + length if length else None


TOPIC_ADDRESS = re.compile(r"(?:^|/talk/t/)([A-Za-z0-9_-]{6,16})/?(?:[?#].*)?$")


class TargetForm(forms.Form):
    """Where chosen posts go: into a topic that is there, or one of their own."""

    where = forms.ChoiceField(
        label=_("Where do they go?"),
        choices=[(EXISTING, _("Into a topic that is there")), (NEW, _("Into a new topic"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where they go.")},
    )
    address = Words(
        label=_("Address of the topic"),
        help_text=_("Copy it from the topic’s page."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        required=False,
    )
    board = forms.ModelChoiceField(
        label=_("Board of the new topic"),
        queryset=Board.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": _("Choose a board.")},
    )
    title = Words(
        label=_("Title of the new topic"),
        help_text=_("Members read that the title is the team’s."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        required=False,
    )
    note = Note(label=_("Note for the team"), help_text=_("Members never see it."))

    def __init__(self, *args: Any, topic: Topic, by: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.topic, self.by = topic, by
        self.target: Topic | None = None
        if not self.is_bound:
            self.initial = {"board": topic.board.slug, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("where") == EXISTING and "address" not in self.errors:
            self._find_target(data.get("address", ""))
        elif data.get("where") == NEW:
            self._check_new(data)
        return data

    def _find_target(self, typed: str) -> None:
        match = TOPIC_ADDRESS.search(typed.strip())
        here = Topic.objects.seen_by(self.by).with_title()
        self.target = here.filter(public_id=match.group(1)).first() if match else None
        if self.target is None:
            self.add_error("address", _("No topic has this address. Copy it from the topic’s page."))
        elif self.target.pk == self.topic.pk:
            self.target = None
            self.add_error("address", _("The posts are in this topic now. Give the address of another one."))
        elif not rules.may_calm(self.by, self.target):
            self.target = None
            self.add_error(
                "address", _("You, or somebody you know, began it. Ask a colleague to move posts.")
            )

    def _check_new(self, data: dict[str, Any]) -> None:
        if data.get("board") is None and "board" not in self.errors:
            self.add_error("board", _("Choose a board."))
        if "title" in self.errors:
            return
        try:
            data["title"] = readable_title(data.get("title", ""))
        except forms.ValidationError as error:
            self.add_error("title", error)
