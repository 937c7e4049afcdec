"""Drafts: what is typed is kept on the way, sealed, and an older text never takes the place of a newer one.

A form knows the sequence of the draft it was filled with. When another window saved since, its text is put
aside beside the draft: both are kept and both are shown. A draft whose form was sent is over.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import seal
from accounts.writing import LONGEST_PARKED
from forum import rules
from forum.actions.errors import Refused
from forum.models import Draft, Member, Post, PostRevision
from safety.clean import tidy

#: What a draft holds of a form: as typed, nothing tidied.
WORDS = ("title", "text")
CHOICES = ("asks_for", "content_notes")

Fields = Mapping[str, Any]


class DraftOver(Exception):
    """The form was sent: what it holds is a post, and no draft of it is kept."""


@dataclass(frozen=True)
class Saved:
    """The row that holds the typed text now. Its `client_token` is the key its form is sent with."""

    draft: Draft

    @property
    def conflict(self) -> bool:
        """Did another window save since, so that this text stands beside the draft?"""
        return self.draft.is_aside


@dataclass(frozen=True)
class Known:
    """What a form knows of the row it was filled with: which one, and how far it had come."""

    pk: int = 0
    sequence: int = 0


@dataclass(frozen=True)
class Turn:
    """Which window typed it, and a number that grows with each of its saves (0 when it cannot count)."""

    window: str = ""
    number: int = 0

    def is_of(self, other: "Turn") -> bool:
        """Are both from one window that counts?"""
        return bool(self.window and self.window == other.window and self.number and other.number)


@dataclass(frozen=True)
class _Typed:
    fields: dict[str, Any]
    turn: Turn


@transaction.atomic
def save_draft(
    *, by: Member, key: str, fields: Fields, based_on: Known, client_token: str, turn: Turn = Turn()
) -> Saved | None:
    """Keep what is typed at this place; None when there is nothing to keep. Sending it twice is one text.

    What one window sent earlier and comes later changes nothing.
    Raises Refused (too long, or too much kept already; nothing is dropped for it), DraftOver.
    """
    typed = _Typed(only_words(fields), turn)
    if not _has_words(typed.fields) or _is_the_post_s(by=by, key=key, fields=typed.fields):
        return None
    raw = _packed(typed)
    _one_at_a_time(by)
    if Post.objects.filter(author=by, client_token=client_token).exists():
        Draft.objects.filter(member=by, client_token=client_token).delete()
        raise DraftOver
    Draft.objects.over().filter(member=by, key=key).delete()
    here = list(Draft.objects.filter(member=by, key=key).order_by("is_aside", "pk"))
    before = {draft.pk: _unpacked(draft) for draft in here}
    for draft in here:
        kept = before[draft.pk]
        if kept and kept.fields == typed.fields:
            return Saved(draft)
    for draft in here:
        if (draft.pk, draft.sequence) == (based_on.pk, based_on.sequence):
            return Saved(_write(draft, raw=raw, client_token=client_token))
    for draft in here:
        kept = before[draft.pk]
        if kept and turn.is_of(kept.turn):
            # The answer to this window's last save was lost, or this one is late on its way.
            newer = turn.number > kept.turn.number
            return Saved(_write(draft, raw=raw, client_token=client_token) if newer else draft)
    is_aside = any(not draft.is_aside for draft in here)
    _refuse_too_many(by, here, is_aside=is_aside)
    if any(draft.client_token == client_token for draft in here):
        client_token = uuid.uuid4().hex  # two windows on one draft: sending one is not the end of the other
    return Saved(_write(Draft(member=by, key=key, is_aside=is_aside), raw=raw, client_token=client_token))


def _one_at_a_time(by: Member) -> None:
    """Hold back other saves of this person: the bounds hold, and the second of two sees the first."""
    list(Member.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk", flat=True))


@transaction.atomic
def use_aside(*, by: Member, aside: Draft) -> None:
    """Take the text that was put aside as the draft; the draft is put aside in its place.

    Done again it changes them back: whoever calls it for a form asks first whether that was sent before.
    """
    _one_at_a_time(by)
    chosen = Draft.objects.filter(member=by, pk=aside.pk, is_aside=True).first()
    if chosen is None:
        return
    main = Draft.objects.live().filter(member=by, key=chosen.key, is_aside=False).first()
    Draft.objects.over().filter(member=by, key=chosen.key).delete()
    if main is None:
        Draft.objects.filter(pk=chosen.pk).update(is_aside=False)
        return
    # Both rows stay and change their texts, and no window that knew one of them writes over it.
    for row, other in ((main, chosen), (chosen, main)):
        Draft.objects.filter(pk=row.pk).update(
            sealed=other.sealed,
            client_token=other.client_token,
            updated_at=other.updated_at,
            sequence=row.sequence + 1,
        )


def delete_draft(*, by: Member, draft: Draft) -> None:
    """The writer puts it away; deleting twice is one act."""
    Draft.objects.filter(member=by, pk=draft.pk).delete()


def forget_drafts(*, by: Member, key: str, client_token: str) -> None:
    """The form was sent at a place where that makes no post (a change): its own texts are over."""
    Draft.objects.filter(member=by, key=key, client_token=client_token).delete()


def purge_drafts(*, now: dt.datetime | None = None) -> int:
    """Delete what was sent, and what nobody touched for DRAFTS_KEPT_FOR; how many. Safe to repeat."""
    before = (now or timezone.now()) - rules.DRAFTS_KEPT_FOR
    sent = Draft.objects.over().delete()[0]
    return sent + Draft.objects.filter(updated_at__lt=before).delete()[0]


def purge_drafts_job() -> None:
    """For the worker."""
    purge_drafts()


def draft_fields(draft: Draft) -> dict[str, Any] | None:
    """What was typed; None when no key of this site opens it."""
    typed = _unpacked(draft)
    return typed.fields if typed else None


def _write(draft: Draft, *, raw: bytes, client_token: str) -> Draft:
    draft.sequence = draft.sequence + 1 if draft.pk else 1
    draft.sealed = seal.lock(raw, _context(draft))
    draft.client_token, draft.updated_at = client_token, timezone.now()
    draft.save()
    return draft


def only_words(fields: Fields) -> dict[str, Any]:
    """What a draft keeps of a form's fields, in one order, so that the same words are equal."""
    words: dict[str, Any] = {
        name: str(fields[name]).replace("\r\n", "\n") for name in WORDS if fields.get(name)
    }
    return words | {name: sorted({str(one) for one in fields[name]}) for name in CHOICES if fields.get(name)}


def _has_words(fields: Fields) -> bool:
    return any(fields.get(name, "").strip() for name in WORDS)


def _is_the_post_s(*, by: Member, key: str, fields: Fields) -> bool:
    """Is this what the post's newest wording says already? Then there is no change to keep."""
    kind, _colon, public_id = key.partition(":")
    if kind != "edit":
        return False
    latest = (
        PostRevision.objects.filter(post__author=by, post__public_id=public_id).order_by("-number").first()
    )
    return latest is not None and same_words(fields, latest)


def same_words(fields: Fields, revision: PostRevision) -> bool:
    """Would these fields, sent now, make this very wording?"""
    return (
        " ".join(tidy(fields.get("title", "")).split()) == revision.title
        and tidy(fields.get("text", "")).strip() == revision.source
        and set(fields.get("asks_for", ())) == set(revision.asks_for)
        and set(fields.get("content_notes", ())) == set(revision.content_notes)
    )


def _packed(typed: _Typed) -> bytes:
    raw = json.dumps({"fields": typed.fields, "turn": astuple(typed.turn)}, ensure_ascii=False)
    if len(raw) > LONGEST_PARKED:
        raise Refused(_("This text is too long to be kept as a draft. Copy it to a safe place."))
    return raw.encode("utf-8", "replace")


def _unpacked(draft: Draft) -> _Typed | None:
    try:
        kept = json.loads(seal.unlock(bytes(draft.sealed), _context(draft)))
    except seal.CannotOpen:
        return None
    return _Typed(kept["fields"], Turn(*kept["turn"]))


def _context(draft: Draft) -> str:
    """A sealed text opens for its member and place alone: moved to another row it stays shut."""
    return f"draft:{draft.member_id}:{draft.key}"


def _refuse_too_many(by: Member, here: Sequence[Draft], *, is_aside: bool) -> None:
    """Nothing is dropped to make room: the words stay in the page, and the person chooses."""
    if is_aside:
        number, most = len(here) - 1, rules.ASIDES_A_PLACE
        words = _("%(n)d other texts wait here already. Delete one, then this one can be kept too.")
    else:
        number, most = Draft.objects.live().filter(member=by, is_aside=False).count(), rules.DRAFTS_A_PERSON
        words = _("You keep %(n)d drafts already. Delete one, then this one can be kept too.")
    if number >= most:
        raise Refused(words % {"n": number})
