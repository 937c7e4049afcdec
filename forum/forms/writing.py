"""What members write: a topic, a reply, a changed post."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from forum.actions import Wording, prepare
from forum.models import Member, PostRevision, Topic
from forum.models.revisions import TITLE_LENGTH
from forum.states import ContentNote, Need
from safety.characters import shows_something, tidy
from safety.clean import TextRefused


class Words(forms.CharField):
    """Typed text, kept to the letter.

    Its length is the cleaner's business: with maxlength a browser cuts pasted text in silence.
    """

    default_error_messages = {
        "broken": _("Some characters arrived broken (they show as �). Please write them again."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        if "\ufffd" in text:
            raise forms.ValidationError(self.error_messages["broken"], code="broken")
        return text


def readable_title(typed: str) -> str:
    """A title on one line. Raises ValidationError when it is too long, or shows nothing to click on."""
    title = " ".join(tidy(typed).split())
    if not shows_something(title):
        raise forms.ValidationError(_("Give it a short title."), code="required")
    if len(title) > TITLE_LENGTH:
        raise forms.ValidationError(
            _("The title has %(length)d letters; %(most)d fit. Please shorten it."),
            params={"length": len(title), "most": TITLE_LENGTH},
            code="too_long",
        )
    return title


class ReplyForm(forms.Form):
    """A reply. After `is_valid`, `wording` holds the cleaned and screened text."""

    text = Words(
        label=_("Your reply"),
        help_text=_("Your story, not theirs. No real names, no places."),
        error_messages={"required": _("Write something first.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    content_notes = forms.MultipleChoiceField(
        label=_("Does your reply mention something hard?"),
        help_text=_("We fold it, so that others can choose to open it."),
        choices=ContentNote,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    wording: Wording

    def __init__(
        self,
        *args: Any,
        by: Member | None = None,
        topic: Topic | None = None,
        earlier: PostRevision | None = None,
        **options: Any,
    ) -> None:
        """`by` writes in `topic` (none for a new one) in place of the wording `earlier` (none at first)."""
        super().__init__(*args, **options)
        self.by, self.topic, self.earlier = by, topic, earlier

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "text" in data and not self.errors:
            try:
                self.wording = prepare(
                    title=data.get("title", ""),
                    source=data["text"],
                    lang=get_language() or "en",
                    asks_for=data.get("asks_for", ()),
                    content_notes=data.get("content_notes", ()),
                    by=self.by,
                    topic=self.topic,
                    earlier=self.earlier,
                )
            except TextRefused as refusal:
                self.add_error("text", str(refusal.message))
        return data


class TopicForm(ReplyForm):
    """A first post: a title and a text."""

    field_order = ["title", "asks_for", "text", "content_notes"]

    title = Words(
        label=_("What is it about?"),
        help_text=_("A few words. Others see this in the list."),
        error_messages={"required": _("Give it a short title.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    asks_for = forms.MultipleChoiceField(
        label=_("What would help you now?"),
        help_text=_("Others see it beside your title. Leave it open if you like."),
        choices=Need,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Your post")
        self.fields["content_notes"].label = _("Does your post mention something hard?")

    def clean_title(self) -> str:
        return readable_title(self.cleaned_data["title"])
