"""Every wording of a post, as its history shows them: all to its author, to the team not what it took out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from forum import clocks, inserting, rules
from forum.changes import Change, word_changes
from forum.models import Post, PostRevision
from forum.models.revisions import TITLE_BY_TEAM
from forum.states import ContentNote, EditorKind, Need, PostState, RevisionState

#: Comparing words takes time; a longer history goes on behind a link.
WORDINGS_A_PAGE = 10


@dataclass
class ShownWording:
    """One wording as templates/forum/history.html takes it. Without `kept`, `gone` says why."""

    number: int
    when: dt.datetime
    who: str
    state: str
    kept: PostRevision | None = None
    gone: str = ""
    changes: list[Change] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def wordings(post: Post, *, user: Any, before: int = 0) -> tuple[list[ShownWording], int]:
    """The newest wordings below number `before` (0: from the newest), and where the next page begins or 0.

    At most three queries, however many wordings there are.
    """
    rows = post.revisions.order_by("-number")
    if before:
        rows = rows.filter(number__lt=before)
    # One more than is shown: the last one of a page is compared with it.
    found = list(rows[: WORDINGS_A_PAGE + 1])
    inserting.insert(found, user=user)
    is_author = rules.is_author(user, post)
    taken_out = 0 if is_author else _taken_out_before(post)
    shown = [
        _show(post, row, found[n + 1 : n + 2], is_author=is_author, taken_out=taken_out)
        for n, row in enumerate(found[:WORDINGS_A_PAGE])
    ]
    return shown, shown[-1].number if len(found) > WORDINGS_A_PAGE else 0


def _taken_out_before(post: Post) -> int:
    """The number of the team's newest change of the words: what stood before it, its author alone reads.

    A title for a topic that was split off takes nothing out.
    """
    by_team = post.revisions.filter(editor_kind=EditorKind.MODERATOR).order_by("-number")
    return next((row.number for row in by_team if TITLE_BY_TEAM not in row.labels), 0)


def _show(
    post: Post, row: PostRevision, before: Sequence[PostRevision], *, is_author: bool, taken_out: int
) -> ShownWording:
    shown = ShownWording(
        number=row.number,
        when=row.created_at,
        who=_who(post, row, is_author=is_author),
        state=_state(post, row),
    )
    if row.is_purged:
        shown.gone = clocks.deleted_on(row.purged_on)
    elif row.number < taken_out:
        shown.gone = _("The team took words out of this one. Its author alone reads it.")
    else:
        shown.kept = row
    for earlier in before:
        shown.lines = _other_changes(earlier, row)
        if shown.kept and not earlier.is_purged and earlier.number >= taken_out:
            then, now = inserting.whole_text(earlier), inserting.whole_text(row)
            shown.changes = word_changes(then, now) if then != now else []
    return shown


def _who(post: Post, row: PostRevision, *, is_author: bool) -> str:
    if row.editor_kind == EditorKind.MODERATOR:
        return _("the team")
    return _("you") if is_author else post.author.handle


def _state(post: Post, row: PostRevision) -> str:
    if post.state == PostState.PUBLISHED and row.pk == post.published_revision_id:
        return _("Members read this one")
    return str(RevisionState(row.state).label)


def _other_changes(before: PostRevision, after: PostRevision) -> list[str]:
    """What its author asks for, and what it mentions, when that was changed."""
    lines = []
    if before.asks_for != after.asks_for:
        words = _labels(Need.choices, after.asks_for)
        lines.append(_("Asks for: %(words)s") % {"words": words or _("nothing special")})
    if before.content_notes != after.content_notes:
        words = _labels(ContentNote.choices, after.content_notes)
        lines.append(_("Mentions: %(words)s") % {"words": words or _("nothing named")})
    return lines


def _labels(choices: Sequence[tuple[str, Any]], chosen: Sequence[str]) -> str:
    return ", ".join(str(label) for value, label in choices if value in chosen)
