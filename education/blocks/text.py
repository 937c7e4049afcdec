"""Blocks of the group Text: what is read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

PREVIEW = "education/block_preview.html"
CLAIM_HELP = _("After a sentence that states a fact, write the key of its source: [^archer-2020].")
FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


class HeadingBlock(blocks.CharBlock):
    """A part of the lesson begins."""

    class Meta:
        group = _("Text")
        icon = "title"
        label = _("Heading")
        description = _("Begins a part. Say what the part gives: “Words to borrow”.")
        preview_value = "Words to borrow"
        preview_template = PREVIEW
        template = "education/blocks/heading.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, help_text=_("A few words, as in “How to try it”."), **kwargs)


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and small headings, with claims."""

    class Meta:
        group = _("Text")
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs and lists. Two or three short sentences a paragraph.")
        preview_value = "<p>Pick a calm moment. Ten minutes is enough.</p>"
        preview_template = PREVIEW
        template = "education/blocks/text.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=FEATURES, help_text=CLAIM_HELP, **kwargs)


class KeyPointsBlock(blocks.ListBlock):
    """Three to five things to remember."""

    class Meta:
        group = _("Text")
        icon = "list-ol"
        label = _("Key points")
        description = _("Three to five lines at the top. The first says what to do.")
        preview_value = [
            "Pick a calm moment.",
            "Say one thing that starts with “I”.",
            "End with an offer of help.",
        ]
        preview_template = PREVIEW
        template = "education/blocks/key_points.html"
        min_num = 3
        max_num = 5

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            blocks.CharBlock(max_length=200, help_text=_("One line, one point.")),
            help_text=_("Three to five lines. Put what to do first."),
            **kwargs,
        )


class StoryBlock(blocks.StructBlock):
    """A short story that shows the skill, and a line that says whether it is invented."""

    text = blocks.RichTextBlock(
        features=["bold", "italic"],
        label=_("story"),
        help_text=_("Two or three short paragraphs, told plainly."),
    )
    note = blocks.CharBlock(
        max_length=200,
        label=_("whose story"),
        help_text=_("As in: Ana is invented, to show how it can go."),
    )

    class Meta:
        group = _("Text")
        icon = "openquote"
        label = _("Story")
        description = _("A story to recognise. The note says whether it is invented or told with consent.")
        preview_value = {
            "text": "<p>Every evening Ana asks her grown son how his program went.</p>",
            "note": "Ana is invented, to show how it can go.",
        }
        preview_template = PREVIEW
        template = "education/blocks/story.html"
