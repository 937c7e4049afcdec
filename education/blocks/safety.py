"""Blocks of the group Safety: what must be done first. Urgency is said, not only coloured."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from education.blocks.text import PREVIEW

NO_LINKS = _("No addresses here: someone in an emergency needs the words alone.")


class CareBlock(blocks.StructBlock):
    """A card that says what to do if something is so."""

    heading = blocks.CharBlock(
        max_length=120,
        label=_("heading"),
        help_text=_("What to do, then “if:”. As in “Call the emergency number now if:”."),
    )
    items = blocks.ListBlock(
        blocks.CharBlock(max_length=200),
        min_num=1,
        max_num=6,
        label=_("signs"),
        help_text=_("One sign a line."),
    )
    after = blocks.CharBlock(
        max_length=200,
        required=False,
        label=_("after the list"),
        help_text=_("One calm line, as in “You do not have to be sure.”"),
    )

    class Meta:
        group = _("Safety")
        preview_template = PREVIEW
        template = "education/blocks/care.html"

    def clean(self, value):
        """A care card holds no web addresses."""
        cleaned = super().clean(value)
        for field in ("heading", "after"):
            if "http" in (cleaned.get(field) or ""):
                raise blocks.StructBlockValidationError(block_errors={field: ValidationError(NO_LINKS)})
        return cleaned


class EmergencyBlock(CareBlock):
    """Call the emergency number now."""

    class Meta:
        icon = "warning"
        label = _("Emergency card")
        description = _("When to call the emergency number. One a lesson.")
        preview_value = {
            "heading": "Call for an ambulance now if:",
            "items": ["they cannot be woken", "their breathing is slow or has stopped"],
            "after": "You do not have to be sure. It is all right to call.",
        }
        form_classname = "struct-block emergency"

    def get_context(self, value, parent_context=None):
        return {**super().get_context(value, parent_context), "kind": "emergency"}


class UrgentBlock(CareBlock):
    """Reach a person today."""

    class Meta:
        icon = "help"
        label = _("Urgent card")
        description = _("When to reach a person today. One a lesson.")
        preview_value = {
            "heading": "Call the program today if:",
            "items": ["they missed two days in a row"],
            "after": "You may always give information, even when they may not.",
        }

    def get_context(self, value, parent_context=None):
        return {**super().get_context(value, parent_context), "kind": "urgent"}


class NoteBlock(blocks.StructBlock):
    """A careful note; its heading says more than an icon would."""

    heading = blocks.CharBlock(
        max_length=120, label=_("heading"), help_text=_("As in “If talking could get you hurt, stop here.”")
    )
    text = blocks.TextBlock(label=_("text"), help_text=_("One or two short sentences."))

    class Meta:
        group = _("Safety")
        icon = "info-circle"
        label = _("Note")
        description = _("Something to be careful about. Two a lesson at most.")
        preview_value = {
            "heading": "If talking could get you hurt, stop here.",
            "text": "Your safety comes first.",
        }
        preview_template = PREVIEW
        template = "education/blocks/note.html"
