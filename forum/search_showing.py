"""From posts that were found to what a page of hits shows of each."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from forum.models import Member
from forum.searching import Hit
from forum.states import ContentNote


@dataclass(frozen=True)
class ShownHit:
    """One hit. `pieces` are plain text, each with whether it was looked for; none where `mentions` stands."""

    url: str
    title: str
    board: str
    name: str
    when: Any
    pieces: tuple[tuple[str, bool], ...]
    mentions: str = ""


def show_hits(hits: Iterable[Hit], *, unfolds: Container[str]) -> list[ShownHit]:
    """Hits in their order. What a post mentions is said in place of its words, but for who wants those."""
    return [_show(hit, unfolds) for hit in hits]


def unfolded_for(user: Any) -> list[str]:
    """The content notes this reader wants to meet unfolded. One query, none for visitors."""
    if not user.is_authenticated:
        return []
    return Member.objects.filter(user=user).values_list("unfolds", flat=True).first() or []


def _show(hit: Hit, unfolds: Container[str]) -> ShownHit:
    post = hit.post
    shown = post.published_revision
    notes = [note for note in (shown.content_notes if shown else []) if note in ContentNote.values]
    folded = any(note not in unfolds for note in notes)
    return ShownHit(
        url=reverse("post", args=[post.public_id]),
        title=post.topic.title,
        board=post.topic.board.name,
        name=post.author.handle,
        when=post.published_at,
        pieces=() if folded else hit.snippet,
        mentions=", ".join(str(ContentNote(note).label) for note in notes) if folded else "",
    )
