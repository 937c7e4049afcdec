"""Publishing without what must go: the team's wording is shown, the author's own never is (forum 2.4)."""

import datetime as dt
from string import punctuation as PUNCTUATION

from django.db import transaction
from django.db.models import Q

from forum.actions import moving
from forum.actions.errors import one
from forum.actions.queueing import put_in_queue
from forum.actions.wording import Wording
from forum.changes import steps_between
from forum.models import Member, Post, PostRevision
from forum.rules import Reason
from forum.states import EditorKind, PostState, ReasonKind, RevisionState, Severity

#: Three words in a row, or two when no more were taken out: fewer stand in anybody's post.
RUN = 3
#: A word with so many figures (a number, a date) is looked for by itself.
FIGURES = 4
PIECES_AT_MOST = 12
COPIES_AT_MOST = 20


def write_revision(*, by: Member, post: Post, wording: Wording, now: dt.datetime) -> PostRevision:
    """The team's wording as the post's next revision; the caller puts it in place."""
    latest = post.latest_revision
    revision = PostRevision.objects.create(
        post=post,
        number=(latest.number if latest else 0) + 1,
        editor=by,
        editor_kind=EditorKind.MODERATOR,
        state=RevisionState.APPROVED,
        created_at=now,
        **wording.as_fields(),
    )
    return wording.keep_inserted(revision)


def publish_redacted(
    *, by: Member, post: Post, revision_id: int, wording: Wording, now: dt.datetime
) -> PostRevision:
    """Publish the team's wording of a held post, or of a change that waits. Raises Conflict.

    The author's wording (`revision_id`, the one that was read) becomes redacted: its author, and whoever
    judges their appeal, see it until it is emptied; nobody else ever.
    """
    pending, old = post.has_pending_edit, post.published_revision_id
    revision = write_revision(by=by, post=post, wording=wording, now=now)
    if pending:
        moving.show_wording(post=post, shows=revision.pk, read=revision_id, latest=revision.pk)
        post.revisions.filter(pk=old or 0).update(state=RevisionState.SUPERSEDED)
    else:
        moving.publish(post=post, revision_id=revision_id, shows=revision.pk, counts_for_trust=True, now=now)
    one(post.revisions.filter(pk=revision_id).update(state=RevisionState.REDACTED))
    post.latest_revision = post.published_revision = revision
    return revision


def taken_out(before: str, after: str) -> list[str]:
    """Short runs of words that stand in `before` and not in `after`, the most telling (longest) first.

    Both are normalised texts (`PostRevision.text_norm`).
    """
    old, new = before.split(), after.split()
    runs: set[str] = set()
    for tag, start, end, _from, _to in steps_between(old, new):
        if tag not in {"delete", "replace"}:
            continue
        words = [word.strip(PUNCTUATION) for word in old[start:end]]
        runs |= {word for word in words if sum(sign.isdigit() for sign in word) >= FIGURES}
        size = min(RUN, len(words))
        if size > 1:
            runs |= {" ".join(words[n : n + size]) for n in range(len(words) - size + 1)}
    return sorted((run for run in runs if run not in after), key=len, reverse=True)[:PIECES_AT_MOST]


@transaction.atomic
def find_copies(*, shown: PostRevision, now: dt.datetime) -> int:
    """Open an item for published posts that repeat what the team took out; how many were found.

    `shown` is the team's wording, in place; what it took out is read from the wording it replaced. Looks
    through the same topic and the same author's posts: there a quote or a second try would stand. Runs in its
    own transaction after the act: it takes the rows of other items, which come before topics in lock order.
    """
    post = shown.post
    replaced = post.revisions.filter(number__lt=shown.number, state=RevisionState.REDACTED)
    before = replaced.order_by("-number").first()  # not a change of its author that was refused meanwhile
    pieces = taken_out(before.text_norm, shown.text_norm) if before else []
    if not pieces:
        return 0
    repeats = Q()
    for piece in pieces:
        repeats |= Q(published_revision__text_norm__contains=piece)
    copies = (
        Post.objects.filter(repeats, state=PostState.PUBLISHED)
        .filter(Q(topic_id=post.topic_id) | Q(author_id=post.author_id))
        .exclude(pk=post.pk)
        .order_by("pk")[:COPIES_AT_MOST]
    )
    reason = Reason(ReasonKind.MANUAL, Severity.ROUTINE, holds=False, rule_id="copy")
    found = list(copies)
    for copy in found:
        put_in_queue(post=copy, reasons=[reason], now=now)
    return len(found)
