"""Blocks of the group Practice: what is tried."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from education.blocks.text import CLAIM_HELP, PREVIEW

NEEDS_RIGHT = _("Mark at least one answer as a good one.")
NEEDS_WRONG = _("Offer at least one answer that is not the best one, or there is nothing to choose.")
NO_PREFIX = _("Leave out “Try not to say”: the page says it before each line.")


class StepsBlock(blocks.ListBlock):
    """How to do it, one step after another."""

    class Meta:
        group = _("Practice")
        icon = "list-ol"
        label = _("Steps")
        description = _("How to try it, in order. Two to seven steps.")
        preview_value = [{"title": "Choose the moment", "text": "Not after an argument."}]
        preview_template = PREVIEW
        template = "education/blocks/steps.html"
        min_num = 2
        max_num = 8

    def __init__(self, **kwargs: Any) -> None:
        step = blocks.StructBlock(
            [
                (
                    "title",
                    blocks.CharBlock(
                        max_length=120, label=_("step"), help_text=_("As in “Choose the moment”.")
                    ),
                ),
                ("text", blocks.TextBlock(label=_("how"), help_text=CLAIM_HELP)),
            ]
        )
        super().__init__(step, help_text=_("One thing to do in each step."), **kwargs)


def _quote() -> blocks.StructBlock:
    return blocks.StructBlock(
        [
            (
                "quote",
                blocks.CharBlock(max_length=250, label=_("words"), help_text=_("Without quotation marks.")),
            ),
            ("why", blocks.CharBlock(max_length=250, label=_("why"), help_text=_("One short reason."))),
        ]
    )


class WordsBlock(blocks.StructBlock):
    """Words to borrow, and words to try not to say, each with its reason."""

    say = blocks.ListBlock(_quote(), min_num=1, max_num=6, label=_("Say this"))
    not_say = blocks.ListBlock(
        _quote(),
        min_num=0,
        max_num=6,
        label=_("Try not to say"),
        help_text=_("The page begins each line with “Try not to say”; write the words alone."),
    )

    class Meta:
        group = _("Practice")
        icon = "comment"
        label = _("Words to say, and not")
        description = _("Sentences to borrow. Each line says why.")
        preview_value = {
            "say": [
                {"quote": "I felt calmer when you called.", "why": "It is about one thing, and good news."}
            ],
            "not_say": [
                {"quote": "You always shut me out.", "why": "“Always” invites a fight about the word."}
            ],
        }
        preview_template = PREVIEW
        template = "education/blocks/words.html"

    def clean(self, value):
        """A line under "Try not to say" does not repeat those words."""
        cleaned = super().clean(value)
        for line in cleaned["not_say"]:
            if (
                (line.get("quote") or "")
                .strip()
                .lower()
                .startswith(("try not to say", "do not say", "don't say"))
            ):
                raise blocks.StructBlockValidationError(block_errors={"not_say": ValidationError(NO_PREFIX)})
        return cleaned


class CheckBlock(blocks.StructBlock):
    """A question with a reason for every answer. Nothing is scored."""

    question = blocks.TextBlock(label=_("question"), help_text=_("A small scene, then what they could try."))
    options = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("text", blocks.CharBlock(max_length=250, label=_("answer"))),
                ("right", blocks.BooleanBlock(required=False, label=_("a good answer"))),
                (
                    "reason",
                    blocks.TextBlock(label=_("reason"), help_text=_("Each answer gets one, kindly put.")),
                ),
            ]
        ),
        min_num=2,
        max_num=5,
        label=_("answers"),
    )
    hint = blocks.CharBlock(
        max_length=250, required=False, label=_("hint"), help_text=_("Folded away at first.")
    )

    class Meta:
        group = _("Practice")
        icon = "help"
        label = _("Check")
        description = _("A question to try. Every answer says why.")
        preview_value = {
            "question": "He comes home late and goes straight to bed. What could you try first?",
            "options": [
                {
                    "text": "Wake him and ask",
                    "right": False,
                    "reason": "Tired people hear questions as blame.",
                },
                {"text": "Wait for breakfast", "right": True, "reason": "You have both slept."},
            ],
            "hint": "",
        }
        preview_template = PREVIEW
        template = "education/blocks/check.html"

    def clean(self, value):
        """A check has a good answer, one that is not, and a reason for each."""
        cleaned = super().clean(value)
        rights = [bool(option.get("right")) for option in cleaned["options"]]
        for wrong, message in ((not any(rights), NEEDS_RIGHT), (all(rights), NEEDS_WRONG)):
            if wrong:
                raise blocks.StructBlockValidationError(block_errors={"options": ValidationError(message)})
        return cleaned


class ReflectionBlock(blocks.StructBlock):
    """Something to think about. Nothing is asked for and nothing is kept."""

    prompt = blocks.TextBlock(
        label=_("question to think about"),
        help_text=_("Best: “What could I do next?” rather than “How do I feel?”"),
    )
    note = blocks.CharBlock(max_length=250, required=False, label=_("note"))

    class Meta:
        group = _("Practice")
        icon = "edit"
        label = _("Reflection")
        description = _("A question for the reader alone.")
        preview_value = {"prompt": "When was the last calm talk? What made it calm?", "note": "Only for you."}
        preview_template = PREVIEW
        template = "education/blocks/reflection.html"


class PracticeBlock(blocks.StructBlock):
    """One small task to try this week."""

    heading = blocks.CharBlock(max_length=120, label=_("heading"), help_text=_("As in “Try it this week”."))
    text = blocks.TextBlock(label=_("task"), help_text=_("One task, small enough for a tired day."))

    class Meta:
        group = _("Practice")
        icon = "check"
        label = _("One thing to try")
        description = _("One small task. Each lesson ends with one.")
        preview_value = {"heading": "Try it this week", "text": "Say one thing you saw and liked."}
        preview_template = PREVIEW
        template = "education/blocks/practice.html"
