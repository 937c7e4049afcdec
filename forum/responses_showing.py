"""Who answered a post in ready words, as its author reads it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from forum.models import Distance, Member, Post, Response
from forum.states import ResponseKind

RESPONSES_A_PAGE = 50


@dataclass(frozen=True)
class ShownResponse:
    """One person and the words they chose."""

    name: str
    seed: int
    words: str
    when: dt.datetime


def responses_to(post: Post, *, reader: Member, before: str = "") -> tuple[list[ShownResponse], str]:
    """A page of them, newest first, and how to ask for the next; people apart are left out. One query."""
    apart = Distance.objects.folding(reader=reader.pk, author=OuterRef("member_id"))
    rows = Response.objects.filter(~Exists(apart), post=post).select_related("member__user").order_by("-pk")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: RESPONSES_A_PAGE + 1])
    shown = [_shown(row) for row in found[:RESPONSES_A_PAGE]]
    return shown, str(found[RESPONSES_A_PAGE - 1].pk) if len(found) > RESPONSES_A_PAGE else ""


def _shown(row: Response) -> ShownResponse:
    return ShownResponse(
        name=row.member.handle,
        seed=row.member.user.avatar_seed if row.member.user else 0,
        words=str(ResponseKind(row.kind).label),
        when=row.created_at,
    )
