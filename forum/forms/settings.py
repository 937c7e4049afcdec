"""What the team types under /queue/settings/: numbers, a board, a watched phrase."""

import re
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from forum.actions.housekeeping import NAMES, OF_A_BOARD, OF_A_PHRASE
from forum.actions.watching import BadPattern, is_found, read_pattern
from forum.forms.deciding import Note
from forum.forms.fields import Clock, Line, Number, Openings
from forum.forms.writing import Words
from forum.models import Board, WatchedRule
from forum.states import Audience, BoardGroup, Premoderation, Severity, WatchedKind
from safety.clean import MAX_CHARACTERS

ABOUT_LENGTH = 2000
MONTH = 30 * 24 * 60
#: From and to, of each number.
RANGES = {
    "target_imminent": (1, 24 * 60),
    "target_concern": (1, 7 * 24 * 60),
    "target_routine": (1, MONTH),
    "target_sample": (1, MONTH),
    "trust_posts": (1, 50),
    "trust_days": (1, 60),
    "claim_minutes": (5, 240),
    "undo_minutes": (0, 60),
    "sample_percent": (0, 100),
    "appeal_days": (7, 365),
    "appeal_working_days": (1, 30),
    "hide_at_reports": (0, 50),
    "break_after": (1, 50),
    "keep_text_days": (20, 730),
    "welcome_after_hours": (1, 14 * 24),
    "team_after_hours": (1, 14 * 24),
}
HINTS = {
    "target_imminent": _("Runs day and night, whoever is here."),
    "target_concern": _("Runs day and night, whoever is here."),
    "target_routine": _("Runs only in staffed hours."),
    "target_sample": _("Runs only in staffed hours."),
    "trust_posts": _("New members’ posts always wait. A known member’s do not."),
    "undo_minutes": _("The author is told when they are over."),
    "hide_at_reports": _("0 means never. One person alone cannot hide a post."),
    "sample_percent": _("The sample shows what the rules miss."),
    "keep_text_days": _("At least as long as a second look can be asked for."),
    "welcome_after_hours": _("Welcomers are told of a topic that nobody answered."),
    "team_after_hours": _("Moderators and safety leads are told then."),
    "debrief_url": _("Where a moderator finds someone to talk to. Leave it empty to show the site’s help."),
}
#: Most pressing first: none may have more time than the next.
TARGETS = ("target_imminent", "target_concern", "target_routine", "target_sample")


class NumbersForm(forms.Form):
    """The numbers a site sets for itself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, (least, most) in RANGES.items():
            self.fields[name] = Number(
                label=NAMES[name], help_text=HINTS.get(name, ""), least=least, most=most
            )
        self.fields["debrief_url"] = Line(
            label=NAMES["debrief_url"], help_text=HINTS["debrief_url"], most=200, required=False
        )

    def clean_debrief_url(self) -> str:
        address: str = self.cleaned_data["debrief_url"]
        if address:
            URLValidator(
                schemes=["https", "http"], message=_("Write the whole address, beginning with https://.")
            )(address)
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for sooner, later in zip(TARGETS, TARGETS[1:], strict=False):
            if sooner in data and later in data and data[sooner] > data[later]:
                self.add_error(later, _("What is more pressing cannot have more time than this."))
        if data.get("hide_at_reports") == 1:
            self.add_error(
                "hide_at_reports", _("Choose 0, or at least 2: one person alone cannot hide a post.")
            )
        if data.get("keep_text_days", 0) < data.get("appeal_days", 0) and "keep_text_days" in data:
            self.add_error("keep_text_days", _("Texts are kept as long as a second look can be asked for."))
        if (
            data.get("team_after_hours", 0) < data.get("welcome_after_hours", 0)
            and "team_after_hours" in data
        ):
            self.add_error("team_after_hours", _("The welcomers come first: choose as many hours, or more."))
        return data


class BoardForm(forms.Form):
    """What a board says, where it stands, and whose posts wait there."""

    name = Line(label=NAMES["name"], most=80, error_messages={"required": _("Give it a name.")})
    purpose = Line(
        label=NAMES["purpose"],
        most=200,
        help_text=_("Who it is for, as in “Sons and daughters of any age.”"),
        error_messages={"required": _("Say in one line who it is for.")},
    )
    about = Note(
        label=NAMES["about"], most=ABOUT_LENGTH, help_text=_("In plain words, shown beside its topics.")
    )
    openings = Openings(
        label=NAMES["openings"],
        help_text=_(
            "One a line, for a member who does not know how to begin. Leave gaps as ___; ask for no details."
        ),
    )
    group = forms.ChoiceField(
        label=NAMES["group"],
        choices=BoardGroup.choices,
        widget=forms.RadioSelect,
        initial=BoardGroup.WHO,
        error_messages={"required": _("Choose where it stands.")},
    )
    audience = forms.ChoiceField(
        label=NAMES["audience"],
        help_text=_("Once people have written in a board for members, it stays for members."),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        initial=Audience.MEMBERS,
        error_messages={"required": _("Choose who can read it.")},
    )
    premoderation = forms.ChoiceField(
        label=NAMES["premoderation"],
        choices=Premoderation.choices,
        widget=forms.RadioSelect,
        initial=Premoderation.NEW_MEMBERS,
        error_messages={"required": _("Choose what waits.")},
    )
    position = Number(label=NAMES["position"], help_text=_("Lowest first."), least=0, most=999, initial=100)
    rests_from = Clock(
        label=NAMES["rests_from"],
        help_text=_(
            "In the site’s time, as in 22:00. Until the end of the rest only the team can post here; "
            "reading stays. Leave both empty for a board that never rests."
        ),
    )
    rests_until = Clock(label=NAMES["rests_until"], help_text=_("As in 07:00. It may be on the next day."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "rests_from" in data and "rests_until" in data:
            starts, ends = data["rests_from"], data["rests_until"]
            if (starts is None) != (ends is None):
                missing = "rests_from" if starts is None else "rests_until"
                self.add_error(missing, _("A rest has a beginning and an end. Fill in both, or neither."))
            elif starts is not None and starts == ends:
                self.add_error(
                    "rests_until", _("Choose another hour: this would be no rest, or one all day.")
                )
        return data


class NewBoardForm(BoardForm):
    """A board that is not there yet: its address is chosen once."""

    field_order = ["name", "slug", *OF_A_BOARD[1:]]
    slug = Line(
        label=NAMES["slug"],
        most=50,
        help_text=_(
            "Small letters, digits and hyphens, as in “brothers-and-sisters”. It cannot be changed later."
        ),
        error_messages={"required": _("Give it an address.")},
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or slug == "new":
            raise forms.ValidationError(_("Use small letters from a to z, digits, and hyphens between them."))
        return slug


class PhraseForm(forms.Form):
    """A phrase the team watches for, and a text to try it on, which is never kept."""

    pattern = Line(
        label=NAMES["pattern"],
        most=200,
        help_text=_("Whole words. Capitals, accents, curly quotes and letters drawn out make no difference."),
        error_messages={"required": _("Write what to watch for.")},
    )
    kind = forms.ChoiceField(
        label=NAMES["kind"],
        help_text=_(
            "Expressions are for those who know RE2; look-around and back-references are not possible."
        ),
        choices=WatchedKind.choices,
        widget=forms.RadioSelect,
        initial=WatchedKind.PHRASE,
        error_messages={"required": _("Choose how it is written.")},
    )
    board = forms.ModelChoiceField(
        label=NAMES["board"], queryset=Board.objects.all(), required=False, empty_label=_("All boards")
    )
    severity = forms.TypedChoiceField(
        label=NAMES["severity"],
        help_text=_("Danger now is what the safety rules look for; a phrase alone does not claim it."),
        choices=[choice for choice in Severity.choices if choice[0] != Severity.IMMINENT],
        coerce=int,
        widget=forms.RadioSelect,
        initial=Severity.ROUTINE,
        error_messages={"required": _("Choose how soon a person must look.")},
    )
    holds = forms.BooleanField(
        label=NAMES["holds"],
        help_text=_("Without this the post is published, and a person looks at it afterwards."),
        required=False,
        initial=True,
    )
    enabled = forms.BooleanField(label=NAMES["enabled"], required=False, initial=True)
    note = Line(
        label=NAMES["note"], most=200, required=False, help_text=_("The team reads this in the queue.")
    )
    sample = Words(
        label=_("Try it on a text"),
        help_text=_("Nothing of it is kept. Please use no member’s words."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_sample(self) -> str:
        return self.cleaned_data["sample"][: 2 * MAX_CHARACTERS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "pattern" in data and "kind" in data:
            try:
                read_pattern(data["pattern"], data["kind"])
            except BadPattern as error:
                self.add_error("pattern", error.message)
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What is saved; after `is_valid`."""
        return {name: self.cleaned_data[name] for name in OF_A_PHRASE}

    def finds(self) -> bool:
        """Does what was typed find the sample? After `is_valid`."""
        data = self.cleaned_data
        return is_found(pattern=data["pattern"], kind=data["kind"], text=data["sample"])


def as_typed(rule: WatchedRule) -> dict[str, Any]:
    """A watched phrase as its form shows it."""
    return {name: getattr(rule, name) for name in OF_A_PHRASE}
