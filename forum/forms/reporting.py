"""What a member types to report a post."""

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.forms.deciding import Note
from forum.states import ReportCategory

NOTE_LENGTH = 1000


class ReportForm(forms.Form):
    """Why this post needs a person; worry about its author stands first."""

    category = forms.ChoiceField(
        label=_("What worries you?"),
        choices=ReportCategory.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )
    note = Note(
        label=_("Anything the team needs to know"),
        help_text=_("Only the moderation team reads this. Please leave out real names."),
        most=NOTE_LENGTH,
    )
