"""The draft side of the writing page: what its fields open with, and the buttons that send nothing."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts import writing
from forum import actions, inserting
from forum.actions import drafting
from forum.clocks import clock
from forum.drafts_showing import KeptText, at_place
from forum.models import Board, PostRevision
from forum.openings import begin_with
from forum.views.doors import member_of
from forum.views.keeping import forget_parked, new_token, parked_here, token_of

#: All that a writing form holds of a person's words.
FIELDS = (*drafting.WORDS, *drafting.CHOICES)
RULES = 5
WINDOW = 12
#: What the text that waited for a sign-in is called by, beside the numbers of drafts.
PARKED = "parked"


@dataclass(frozen=True)
class Opening:
    """What a writing page opens with: these fields, and the person's other texts at this place."""

    fields: dict[str, Any] = field(default_factory=dict)
    known: drafting.Known = drafting.Known()
    draft: KeptText | None = None
    #: The key of the form whose text waited for a sign-in and stands in the fields now.
    came_back: str = ""
    others: list[KeptText] = field(default_factory=list)
    #: The key of the form that goes on: sending it is the end of the draft it goes on with.
    key: str = ""

    @property
    def words(self) -> str:
        """Title and text, for a page without fields."""
        return KeptText(self.fields, timezone.now(), "").words


def opening_of(request: HttpRequest, key: str, *, initial: dict[str, Any]) -> Opening:
    """The newer of the draft and of what waited for a sign-in; the other one is offered beside it.

    `initial` is what the page begins with otherwise: a draft that says the same is no draft.
    """
    place = at_place(member_of(request), key)
    draft, parked = place.draft, parked_here(request)
    known = draft.known if draft else drafting.Known()
    if draft and drafting.only_words(draft.fields) == drafting.only_words(initial):
        draft = None
    if parked is None:
        fields = draft.fields if draft else {}
        return Opening(fields, known, draft, others=place.asides, key=draft.form if draft else "")
    waits = KeptText(parked.fields, parked.at, PARKED)
    if draft is None:
        return Opening(waits.fields, known, came_back=parked.key, others=place.asides)
    is_one_text = parked.key == draft.form or waits.words == draft.words
    chosen, other = (waits, draft) if waits.at >= draft.at else (draft, waits)
    if request.GET.get("use") == other.name and not is_one_text:
        chosen, other = other, chosen
    return Opening(
        fields=chosen.fields,
        # Words that stand beside the draft go beside it again: only the same form's own may follow it.
        known=known if chosen is draft or is_one_text else drafting.Known(),
        draft=draft if chosen is draft else None,
        came_back=parked.key if chosen is waits else "",
        others=place.asides if is_one_text else [other, *place.asides],
        key=draft.form if chosen is draft or is_one_text else "",
    )


def fields_of(revision: PostRevision) -> dict[str, Any]:
    """What a change of this wording begins with."""
    return {
        "title": revision.title,
        "text": inserting.as_typed(revision),
        "asks_for": revision.asks_for,
        "content_notes": revision.content_notes,
    }


def with_quote(fields: dict[str, Any], quoted: str) -> dict[str, Any]:
    """The fields with a quote under what is there already; asked for twice, it stands there once."""
    text = fields.get("text", "").rstrip()
    if not quoted or quoted in text:
        return fields
    return fields | {"text": "\n\n".join(filter(None, (text, quoted))) + "\n\n"}


def typed_in(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form that was sent, as typed."""
    words: dict[str, Any] = {name: request.POST.get(name, "") for name in drafting.WORDS}
    return words | {name: request.POST.getlist(name) for name in drafting.CHOICES}


def known_to(request: HttpRequest) -> drafting.Known:
    """Which draft the form that was sent was filled with."""
    return drafting.Known(number(request, "draft"), number(request, "sequence"))


def number(request: HttpRequest, name: str) -> int:
    """A number that a form sent; 0 for anything else."""
    digits = request.POST.get(name, "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else 0


def window_of(request: HttpRequest) -> str:
    """A name for the page that is open, made when it is first shown and carried by its form."""
    return request.POST.get("window", "")[:WINDOW] or get_random_string(WINDOW)


def save(request: HttpRequest, *, key: str, token: str) -> drafting.Saved | None:
    """Keep what stands in the form that was sent with this token. Raises Refused, DraftOver."""
    saved = drafting.save_draft(
        by=member_of(request),
        key=key,
        fields=typed_in(request),
        based_on=known_to(request),
        client_token=writing.read_token(token).key,
        turn=drafting.Turn(window_of(request), number(request, "turn")),
    )
    if saved and "came_back" in request.POST:  # what waited for the sign-in is in the draft now
        forget_parked(request, place=writing.read_token(token).place)
    return saved


def keep(request: HttpRequest, *, key: str, is_asked: bool = True) -> dict[str, Any]:
    """Keep what is typed: what the page says then, with the token of its form.

    `is_asked` is False where the person pressed another button: then no word is said of what was not kept.
    """
    token = token_of(request)
    try:
        try:
            saved = save(request, key=key, token=token)
        except drafting.DraftOver:  # sent before: these are other words, so they are another text
            token = new_token(request)
            saved = save(request, key=key, token=token)
    except actions.Refused as refusal:
        told = {"not_kept": refusal.message} if is_asked else {}
        return {"token": token, "known": known_to(request)} | told
    if saved is None:
        told = {"kept": _("There are no new words to keep yet.")} if is_asked else {}
        return {"token": token, "known": known_to(request)} | told
    token = token_for(request, token, saved)
    place = at_place(member_of(request), key)
    texts = [place.draft, *place.asides] if place.draft else place.asides
    return {
        "token": token,
        "known": drafting.Known(saved.draft.pk, saved.draft.sequence),
        "kept": saved_words(saved) if is_asked else "",
        "saved": saved_words(saved),
        "conflict": saved.conflict,
        "own": saved.draft.pk if saved.conflict else 0,
        "others": [text for text in texts if text.name != str(saved.draft.pk)],
    }


def token_for(request: HttpRequest, token: str, saved: drafting.Saved) -> str:
    """The token this form goes on with: another one when two windows began with one draft."""
    ticket = writing.read_token(token)
    if ticket.key == saved.draft.client_token:
        return token
    return new_token(request, key=saved.draft.client_token, place=ticket.place)


def saved_words(saved: drafting.Saved) -> str:
    """What the line under the text says."""
    if saved.conflict:
        return _("Kept beside another text that you wrote in another window.")
    return _("Saved at %(time)s") % {"time": clock(saved.draft.updated_at)}


def rule_of_today() -> int:
    """The house rule that stands above the text: another one each day, the same for all."""
    return timezone.localdate().toordinal() % RULES + 1


def helped(request: HttpRequest, page: dict[str, Any]) -> dict[str, Any]:
    """What is typed, with the ready first line that was chosen: nothing typed gives way to it."""
    typed = typed_in(request)
    board = page.get("board")
    begin = begin_with(board, request.POST.get("opening", "")) if isinstance(board, Board) else {}
    line = begin.get("text", "")
    if line.strip() and line.strip() not in typed["text"]:
        typed["text"] = f"{typed['text'].rstrip()}\n\n{line}" if typed["text"].strip() else line
        typed["title"] = typed["title"].strip() or begin.get("title", "")
    return typed
