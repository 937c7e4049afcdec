"""What a member chooses for themselves in Talk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.states import ContentNote, DistanceKind, Relation

#: The radio button that ends a distance.
NO_DISTANCE = "none"


class WhatISeeForm(forms.Form):
    """Which content notes to show open, and the one coarse word beside one's name."""

    unfolds = forms.MultipleChoiceField(
        label=_("Show these without folding"),
        help_text=_("A post that mentions something else as well stays folded."),
        choices=ContentNote,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    relation = forms.ChoiceField(
        label=_("Beside your name"),
        help_text=_("One word about whom you are here for. It stands under each of your posts."),
        choices=[("", _("Nothing")), *Relation.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_unfolds(self) -> list[ContentNote]:
        return [ContentNote(note) for note in self.cleaned_data["unfolds"]]

    def clean_relation(self) -> Relation | None:
        chosen: str = self.cleaned_data["relation"]
        return Relation(chosen) if chosen else None


class DistanceForm(forms.Form):
    """How far to keep from one person."""

    kind = forms.ChoiceField(
        choices=[(NO_DISTANCE, _("Nothing stands between us")), *DistanceKind.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )

    def clean_kind(self) -> DistanceKind | None:
        chosen: Any = self.cleaned_data["kind"]
        return None if chosen == NO_DISTANCE else DistanceKind(chosen)
