"""What a moderator types: a decision in the queue, or an act on a post outside it."""

from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from forum import inserting, rules
from forum.actions import Wording, prepare
from forum.forms.writing import Words, readable_title
from forum.models import Member, Post, PostRevision, ResponseTemplate, ReviewItem
from forum.states import ContentNote, Decision, PostState, ReasonCode
from safety.clean import TextRefused, tidy

NOTE_LENGTH = 2000

REASON_MISSING = _("Choose the reason. Its author will read it.")
MESSAGE_MISSING = _("Say why in the message: its author reads nothing else.")

#: What each decision does, below its name.
HINTS = {
    Decision.APPROVE: _("Members can read it. The author is told."),
    Decision.REDACT: _("You take out what must go; the rest is published. The author is told what and why."),
    Decision.RETURN: _("The author can change it and send it again."),
    Decision.REJECT: _("The author reads the reason. Nobody else sees the post."),
    Decision.HIDE: _("Out of sight while the team looks at it."),
    Decision.REMOVE: _("Its place stays as one line. You can bring it back."),
    Decision.KEEP: _("Nothing changes. Whoever reported it is told."),
    Decision.RESTORE: _("Members see it again in its place."),
    Decision.ESCALATE: _("It stays here and as it is. Nobody outside is called."),
    Decision.SECOND_OPINION: _("You hand it on with a note. Somebody else decides."),
}
HINTS_OF_A_CHANGE = {
    Decision.APPROVE: _("The new text takes the place of the old one."),
    Decision.REDACT: _("The new text is published without what you take out."),
    Decision.RETURN: _("The old text stays. The author can change the new one."),
    Decision.REJECT: _("The old text stays. The author reads the reason."),
    Decision.HIDE: _("The whole post is out of sight while the team looks at it."),
    Decision.REMOVE: _("The whole post is taken down, old text and new."),
}


#: Of a post that is hidden already: "nothing changes" would read as if members could see it.
HINTS_OF_A_HIDDEN_POST = {
    Decision.KEEP: _("It stays hidden: members do not see it. Whoever reported it is told."),
}


class Note(Words):
    """A message or note, tidied; empty when nothing is left."""

    def __init__(self, *, most: int = NOTE_LENGTH, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **options)
        self.most = most

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value)).strip()
        if len(text) > self.most:
            raise forms.ValidationError(
                _("This has %(length)d letters; %(most)d fit. Please shorten it."),
                params={"length": len(text), "most": self.most},
                code="too_long",
            )
        return text


class Reason(forms.ChoiceField):
    """The rule an act rests on, in the words its author will read."""

    def __init__(self, *, choices: list[tuple[str, Any]], **options: Any) -> None:
        options.setdefault("label", _("Reason"))
        options.setdefault("help_text", _("The author reads these words."))
        super().__init__(choices=choices, widget=forms.RadioSelect, **options)


def _message(**options: Any) -> Note:
    return Note(
        label=_("Message to the author"),
        help_text=_("Signed “moderation team”. Kind, and about the text, not the person."),
        **options,
    )


def _content_notes() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("What the text mentions"),
        help_text=_("It is folded for readers who did not choose to see such posts open."),
        choices=ContentNote,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _as_the_team(
    data: dict[str, Any], *, title: str, by: Member, post: Post, earlier: PostRevision | None
) -> Wording:
    """The team's wording in place of `earlier`: what its author asked for and their language stay.

    Raises safety.clean.TextRefused.
    """
    return prepare(
        title=title,
        source=data["text"],
        lang=earlier.lang if earlier else "en",
        asks_for=earlier.asks_for if earlier else (),
        content_notes=data.get("content_notes", ()),
        by=by,
        topic=post.topic,
        earlier=earlier,
    )


def _note() -> Note:
    return Note(label=_("Note for the team"), help_text=_("The author never sees it."))


def _typed(kept: PostRevision) -> dict[str, Any]:
    """A wording as its fields in a form; what was looked up for it by inserting.insert stands in its text."""
    return {
        "title": kept.title,
        "text": inserting.as_typed(kept),
        "content_notes": kept.content_notes,
    }


class DecisionForm(forms.Form):
    """One decision about one item, tied to the version and the wording that were read."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    reason_code = Reason(choices=ReasonCode.choices, required=False, initial=ReasonCode.NONE)
    message = _message()
    note = _note()
    title = Words(label=_("Title"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    text = Words(
        label=_("The text as you would publish it"),
        required=False,
        help_text=_("Only for “Approve with changes”. Take out what must go; leave the voice alone."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    content_notes = _content_notes()
    rules_missed = forms.BooleanField(
        label=_("A safety rule should have seen this"), required=False, widget=forms.CheckboxInput
    )
    template = forms.ModelChoiceField(
        label=_("Words to begin with"),
        queryset=ResponseTemplate.objects.filter(enabled=True),
        required=False,
        empty_label=_("None"),
        help_text=_("They go into the message. Change them as you like."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1)

    wording: Wording | None = None

    def __init__(self, *args: Any, item: ReviewItem, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.item, self.by = item, by
        post: Post = item.post
        pending = post.has_pending_edit
        offered = rules.decisions_for(state=post.state, pending_edit=pending)
        hints = HINTS | HINTS_OF_A_CHANGE if pending else HINTS
        if post.state == PostState.HIDDEN:
            hints = HINTS | HINTS_OF_A_HIDDEN_POST
        # Any decision is read, so that one that no longer fits gets a conflict and not a puzzle.
        chosen = self["decision"].value()
        self.offered = [
            {"value": one.value, "label": one.label, "hint": hints[one], "checked": chosen == one.value}
            for one in offered
        ]
        words = self.fields["template"]
        # Only the list is shorter: other words that were sent are still read, and never an error.
        words.widget.choices = CallableChoiceIterator(
            lambda: [
                ("", words.empty_label),
                *((one.pk, one.name) for one in words.queryset if one.decision in ("", *offered)),
            ]
        )
        self.post = post
        self.may_change = Decision.REDACT in offered
        if not self.may_change:
            del self.fields["title"], self.fields["text"], self.fields["content_notes"]
        elif not post.is_first:
            del self.fields["title"]
        if not self.is_bound:
            latest = post.latest_revision
            inserting.insert([latest], user=by.user)
            theirs = _typed(latest) if latest else {}
            now = {"version": item.version, "revision": post.latest_revision_id}
            self.initial = {**theirs, **self.initial, **now}

    def with_template(self) -> "DecisionForm":
        """The same form, not sent: everything typed stays, and the template's words are the message."""
        typed = {name: self[name].value() for name in self.fields}
        try:
            chosen = self.fields["template"].clean(typed["template"])
        except forms.ValidationError:  # the team put it away meanwhile
            chosen = None
        if chosen:
            typed["message"] = chosen.text
        return DecisionForm(item=self.item, by=self.by, initial=typed)

    def _clean_wording(self, data: dict[str, Any]) -> None:
        """What "Approve with changes" would publish; the other decisions ask nothing of these fields."""
        if not self.may_change:
            return  # the action answers in words that the decision does not fit any more
        title = data.get("title", "")
        if self.post.is_first:
            try:
                title = readable_title(title)
            except forms.ValidationError as error:
                self.add_error("title", error)
                return
        if not data.get("text", "").strip():
            self.add_error("text", _("Nothing would be left: send it back, or do not publish it."))
            return
        latest = self.post.latest_revision
        try:
            self.wording = _as_the_team(data, title=title, by=self.by, post=self.post, earlier=latest)
        except TextRefused as refusal:
            self.add_error("text", str(refusal.message))
            return
        if latest and latest.sha256 == self.wording.sha256:
            self.add_error("text", _("Nothing is taken out: approve it as it is, or change the text."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == Decision.REDACT and "text" not in self.errors:
            self._clean_wording(data)
        if data.get("decision") == Decision.SECOND_OPINION and not data.get("note"):
            self.add_error("note", _("Say what you would like a colleague to look at."))
        data["reason_code"] = data.get("reason_code") or ReasonCode.NONE.value
        if data.get("decision") in rules.NEEDS_REASON and "reason_code" not in self.errors:
            _ask_for_reason(self, data)
        elif data.get("decision") not in rules.NEEDS_REASON:
            data["reason_code"] = ""
        return data


def _ask_for_reason(form: forms.Form, data: dict[str, Any]) -> None:
    """No reason, or "other" without a word of why, tells an author nothing."""
    if data["reason_code"] == ReasonCode.NONE:
        form.add_error("reason_code", REASON_MISSING)
    elif data["reason_code"] == ReasonCode.OTHER and not data.get("message") and "message" not in form.errors:
        form.add_error("message", MESSAGE_MISSING)


class TakeDownForm(forms.Form):
    """Hide or take down a post, outside the queue."""

    reason_code = Reason(
        choices=[choice for choice in ReasonCode.choices if choice[0] != ReasonCode.NONE],
        error_messages={"required": REASON_MISSING},
    )
    message = _message()
    note = _note()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason_code"):
            _ask_for_reason(self, data)
        return data


class RestoreForm(forms.Form):
    """Bring a post back."""

    note = _note()


class AmendForm(forms.Form):
    """The team changes a published text. After `is_valid`, `wording` holds the cleaned text."""

    title = Words(label=_("Title"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    text = Words(label=_("Text"), widget=forms.Textarea(attrs={"rows": 10}))
    content_notes = _content_notes()
    reason_code = Reason(
        choices=[choice for choice in ReasonCode.choices if choice[0] != ReasonCode.NONE],
        error_messages={"required": REASON_MISSING},
    )
    message = _message()
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1)

    wording: Wording

    def __init__(self, *args: Any, post: Post, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.post, self.by = post, by
        shown = post.published_revision
        if shown and not self.is_bound:
            inserting.insert([shown], user=by.user)
            self.initial = {**_typed(shown), **self.initial, "revision": shown.pk}
        if not post.is_first:
            del self.fields["title"]

    def clean_title(self) -> str:
        return readable_title(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason_code"):
            _ask_for_reason(self, data)
        if "text" in data and "title" not in self.errors:
            try:
                shown = self.post.published_revision
                title = data.get("title", "")
                self.wording = _as_the_team(data, title=title, by=self.by, post=self.post, earlier=shown)
            except TextRefused as refusal:
                self.add_error("text", str(refusal.message))
        return data
