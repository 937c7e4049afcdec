"""What is typed about a person: a limit and its end, an appeal, and the answer to one."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forum import rules
from forum.actions.standing import LIMIT_REASONS
from forum.forms.deciding import Note, Reason
from forum.forms.writing import Words
from forum.models import Board, ReviewItem
from forum.states import Decision, ReasonCode, SanctionKind
from safety.clean import tidy

#: What each step of the ladder does, below its name.
HINTS: dict[SanctionKind, Promise] = {
    SanctionKind.WARN: _("Nothing is stopped. The person reads it until it ends."),
    SanctionKind.PREMODERATE: _("A person reads each post before others do."),
    SanctionKind.READ_ONLY: _("Reading, reporting and appeal stay. Writing stops."),
    SanctionKind.SUSPEND: _("Talk is closed, on every device, at once. Help, lessons and appeal stay."),
}
#: How long, in days; the longest is rules.LONGEST_SANCTION.
LENGTHS = (
    (1, _("1 day")),
    (3, _("3 days")),
    (7, _("1 week")),
    (14, _("2 weeks")),
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("1 year")),
)


class SanctionForm(forms.Form):
    """A limit on what a person may do: which, how long, why."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=SanctionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to set. Begin with the mildest that helps.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long"),
        choices=LENGTHS,
        coerce=int,
        initial=7,
        error_messages={"required": _("Choose how long.")},
    )
    board = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Board.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("On the whole site"),
    )
    reason_code = Reason(
        choices=[(code.value, words) for code, words in LIMIT_REASONS.items()],
        help_text=_("The person reads these words."),
        error_messages={"required": _("Choose the reason. The person will read it.")},
    )
    message = Note(
        label=_("Message to the person"),
        help_text=_("Signed “moderation team”. Kind, and about what was written, not about who they are."),
    )
    note = Note(label=_("Note for the team"), help_text=_("The person never sees it."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        boards: Any = self.fields["board"]
        boards.queryset = Board.objects.all()
        chosen = self["kind"].value()
        self.offered = [
            {"value": kind.value, "label": kind.label, "hint": hint, "checked": chosen == kind.value}
            for kind, hint in HINTS.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason_code") == ReasonCode.OTHER and not data.get("message") and not self.errors:
            self.add_error("message", _("Say why in the message: the person reads nothing else."))
        if data.get("board") and data.get("kind") == SanctionKind.SUSPEND:
            self.add_error("board", _("A suspension is for the whole site. For one board, choose read only."))
        return data

    def ends_at(self) -> dt.datetime:
        """When it ends, counted from now."""
        return timezone.now() + dt.timedelta(days=self.cleaned_data["days"])


class LiftForm(forms.Form):
    """End a limit early."""

    note = Note(label=_("Note for the team"), help_text=_("The person never sees it."))


class AppealForm(forms.Form):
    """Why a decision should be looked at again, in the person's own words."""

    text = Words(
        label=_("What should we look at again?"),
        help_text=_("A few sentences are enough. Only the team reads this."),
        error_messages={"required": _("Write what we have not seen, or what we got wrong.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_text(self) -> str:
        text = tidy(self.cleaned_data["text"]).strip()
        if not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"], code="required")
        if len(text) > rules.APPEAL_LENGTH:
            raise forms.ValidationError(
                _("This has %(length)d letters; %(most)d fit. Please shorten it."),
                params={"length": len(text), "most": rules.APPEAL_LENGTH},
                code="too_long",
            )
        return text


class AppealDecisionForm(forms.Form):
    """The answer to an appeal, tied to the version of the item that was read."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(one.value, one.label) for one in (Decision.CONFIRM, Decision.OVERTURN)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    message = Note(
        label=_("Answer to the person"),
        help_text=_("Signed “moderation team”. When the decision stays, say why in words of your own."),
    )
    note = Note(label=_("Note for the team"), help_text=_("The person never sees it."))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, item: ReviewItem, hints: dict[Decision, str], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self["decision"].value()
        self.offered = [
            {"value": one.value, "label": one.label, "hint": hint, "checked": chosen == one.value}
            for one, hint in hints.items()
        ]
        if not self.is_bound:
            self.initial = {**self.initial, "version": item.version}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == Decision.CONFIRM and not data.get("message") and not self.errors:
            self.add_error("message", _("Say why it stays: the person reads this."))
        return data
