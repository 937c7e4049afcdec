"""What a clinician types when they answer what the team asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.forms.deciding import Note
from forum.states import EscalationOutcome

#: What each ending means, below its name.
HINTS = {
    EscalationOutcome.NO_DANGER: _("You read it, and nothing more is needed from you."),
    EscalationOutcome.SUPPORTED: _("You wrote to the author, or said what the team can do."),
    EscalationOutcome.EMERGENCY: _("You pointed to an emergency number or a crisis line."),
}


class CloseForm(forms.Form):
    """How it ended, what the author is told of it, and what the team is."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=EscalationOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ended.")},
    )
    message = Note(
        label=_("Message to the author"),
        help_text=_(
            "They read this in their own list of posts, signed “clinician on call”. "
            "Leave empty to say nothing."
        ),
    )
    note = Note(label=_("Note for the team"), help_text=_("The author never sees it."))

    @property
    def endings(self) -> list[dict[str, object]]:
        """The choices with their hints, as components/choice.html takes them."""
        chosen = self["outcome"].value()
        return [
            {"value": one.value, "label": one.label, "hint": HINTS[one], "checked": chosen == one.value}
            for one in EscalationOutcome
        ]
