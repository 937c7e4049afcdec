"""A person's drafts as they read them: at the place where they write, and in their list."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import Resolver404, resolve, reverse
from django.utils.text import Truncator
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _

from forum import inserting, rules
from forum.actions import drafting
from forum.models import Board, Draft, Member, Post, Topic
from forum.topic_showing import public_title

TOPIC, REPLY, EDIT = "topic", "reply", "edit"
#: The writing pages, by the name of their address.
PLACES = {"new_topic": TOPIC, "reply": REPLY, "edit_post": EDIT}
FIRST_WORDS = 80


@dataclass(frozen=True)
class KeptText:
    """One text that was not sent: a draft, one put aside, or one that waited for its writer to sign in."""

    fields: dict[str, Any]
    at: dt.datetime
    #: What a button names it by.
    name: str
    draft: Draft | None = None

    @property
    def form(self) -> str:
        """The key of the form it was typed into."""
        return self.draft.client_token if self.draft else ""

    @property
    def known(self) -> drafting.Known:
        """What a form filled with this text knows of it."""
        return drafting.Known(self.draft.pk, self.draft.sequence) if self.draft else drafting.Known()

    @property
    def first_words(self) -> str:
        """What it is known by: its title, or how it begins."""
        return self.fields.get("title", "").strip() or _begins(self.fields.get("text", ""))

    @property
    def words(self) -> str:
        """Title and text, to read and to copy."""
        return "\n\n".join(self.fields[name] for name in drafting.WORDS if self.fields.get(name))


@dataclass(frozen=True)
class AtPlace:
    """What a person wrote at one place and did not send."""

    draft: KeptText | None = None
    asides: list[KeptText] = field(default_factory=list)


@dataclass(frozen=True)
class ListedDraft:
    """A draft in the list of all. `url` is empty where it cannot be sent any more; `gone` says why."""

    kept: KeptText
    heading: str
    where: str
    url: str
    gone: str


def key_of(kind: str, name: str) -> str:
    return f"{kind}:{name}"


def key_of_path(path: str) -> str:
    """The place a writing page's address stands for, in any language; empty when it is no writing page."""
    with override(get_language_from_path(path) or "en"):
        try:
            found = resolve(path)
        except Resolver404:
            return ""
    kind = PLACES.get(found.url_name or "")
    return key_of(kind, next(iter(found.kwargs.values()))) if kind else ""


def url_of_key(key: str) -> str:
    """The writing page of a place."""
    kind, _colon, name = key.partition(":")
    names = {place: url_name for url_name, place in PLACES.items()}
    return reverse(names[kind], args=[name])


def at_place(by: Member, key: str) -> AtPlace:
    """The draft and the texts beside it, newest first; one query, one more where they quote.

    What was sent is not offered again.
    """
    found = _opened(Draft.objects.live().filter(member=by, key=key).order_by("-updated_at", "-pk"), by)
    return AtPlace(
        draft=next((kept for kept in found if kept.draft and not kept.draft.is_aside), None),
        asides=[kept for kept in found if kept.draft and kept.draft.is_aside],
    )


def _opened(drafts: Iterable[Draft], by: Member) -> list[KeptText]:
    """What was typed; of what it quotes only what its writer may still read."""
    opened = [(draft, fields) for draft in drafts if (fields := drafting.draft_fields(draft))]
    texts = inserting.still_quoted([fields.get("text", "") for _draft, fields in opened], user=by.user)
    return [
        KeptText(fields | ({"text": text} if text else {}), draft.updated_at, str(draft.pk), draft)
        for (draft, fields), text in zip(opened, texts, strict=True)
    ]


def all_drafts(by: Member, user: Any) -> list[ListedDraft]:
    """All that this person began, newest first: at most five queries, however many there are."""
    return _list(Draft.objects.live().filter(member=by).order_by("-updated_at", "-pk"), by, user)


def listed(draft: Draft, by: Member, user: Any) -> ListedDraft | None:
    """One of them; None when no key of this site opens it."""
    return next(iter(_list([draft], by, user)), None)


def _list(drafts: Iterable[Draft], by: Member, user: Any) -> list[ListedDraft]:
    found = _opened(drafts, by)
    names: dict[str, list[str]] = {TOPIC: [], REPLY: [], EDIT: []}
    for kept in found:
        if kept.draft:
            kind, _colon, name = kept.draft.key.partition(":")
            names[kind].append(name)
    boards = Board.objects.seen_by(user).filter(slug__in=names[TOPIC]) if names[TOPIC] else ()
    topics = (
        Topic.objects.seen_by(user).with_title().filter(public_id__in=names[REPLY]) if names[REPLY] else ()
    )
    posts = (
        Post.objects.seen_by(user)
        .filter(public_id__in=names[EDIT], author=by)
        .select_related("author", "topic__board", "topic__first_post__published_revision")
        if names[EDIT]
        else ()
    )
    places: dict[str, Any] = {key_of(TOPIC, board.slug): board for board in boards}
    places |= {key_of(REPLY, topic.public_id): topic for topic in topics}
    places |= {key_of(EDIT, post.public_id): post for post in posts}
    return [_listed(kept, places.get(kept.draft.key), user) for kept in found if kept.draft]


def _listed(kept: KeptText, place: Any, user: Any) -> ListedDraft:
    key = kept.draft.key if kept.draft else ""
    where, gone = "", _("This place is gone. Your words are here, to read and to copy.")
    if isinstance(place, Board):
        where, gone = _("A new topic in %(board)s") % {"board": place.name}, ""
    elif isinstance(place, Topic):
        title = public_title(place)
        where = _("A reply to “%(title)s”") % {"title": title} if title else _("A reply")
        gone = "" if rules.takes_replies(place) else _("This topic takes no more replies. Copy your words.")
    elif isinstance(place, Post):
        title = public_title(place.topic)
        where = (
            _("A change of your post in “%(title)s”") % {"title": title}
            if title
            else _("A change of your post")
        )
        gone = "" if rules.may_edit(user, place) else _("This post cannot be changed any more.")
    return ListedDraft(
        kept=kept,
        heading=kept.first_words,
        where=where,
        url="" if gone else url_of_key(key),
        gone=gone,
    )


def _begins(text: str) -> str:
    """The beginning of a text on one line."""
    return Truncator(" ".join(text.split())[: 4 * FIRST_WORDS]).chars(FIRST_WORDS)
