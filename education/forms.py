"""What people type in this room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeDownForm(forms.Form):
    """Why a lesson comes down."""

    reason = forms.CharField(
        label=_("Why does it come down?"),
        help_text=_(
            "One or two sentences. They stay in the lesson’s history, and your name stands beside them."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )
