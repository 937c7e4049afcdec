"""What an overturned decision gives back: a post to its place, a change to the queue, a text, a freedom.

Called inside the transaction of `appealing.decide_appeal`, on a decision that still stands. Words that were
deleted meanwhile cannot come back: then only the decision is changed, and the person is told so.
"""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from forum.actions import moving, quoting, telling
from forum.actions.errors import Refused, one
from forum.actions.queueing import put_in_queue
from forum.actions.sanctioning import end_early
from forum.models import Member, ModAction, Post, PostRevision, Report, Sanction
from forum.models.revisions import SHOWN_AT_ONCE
from forum.rules import Reason
from forum.states import EditorKind, PostState, ReasonKind, ReportState, RevisionState, Severity

_COPIED = (
    "title source html renderer_version text_norm sha256 lang asks_for content_notes labels scan".split()
)


def words_at_stake(action: ModAction, post: Post) -> PostRevision | None:
    """The author's wording that changing this decision would bring back."""
    if action.verb in {"redact_post", "redact_edit", "amend_post"}:
        return _wording_replaced(post)
    if action.verb == "reject_edit":
        return post.latest_revision
    return post.shown_revision


def _wording_replaced(post: Post) -> PostRevision | None:
    """The author's wording behind the team's: never a change that was refused, taken back or replaced.

    Where the team had given only a title before, it is the author's wording with the same text.
    """
    shown = post.published_revision
    if shown is None:
        return None
    earlier = list(post.revisions.filter(number__lt=shown.number).order_by("-number"))
    theirs = [one for one in earlier if one.editor_kind == EditorKind.AUTHOR]
    replaced = next((one for one in earlier if one.state == RevisionState.REDACTED), None)
    same = [one for one in theirs if replaced and one.source == replaced.source]
    behind = [one for one in theirs if one.state == RevisionState.REDACTED]
    emptied = [one for one in theirs if one.is_purged]
    return next(iter([*same, *behind, *emptied]), None)


def has_words(action: ModAction, post: Post) -> bool:
    """Are the words still kept? They are deleted some weeks after a decision, not while an appeal waits."""
    words = words_at_stake(action, post)
    return words is not None and not words.is_purged


def reverse_about_post(*, action: ModAction, post: Post, now: dt.datetime) -> None:
    """Undo what the decision did to the post. Raises Refused, Conflict."""
    if not has_words(action, post):
        return
    if action.verb == "reject_edit":
        _wait_again(post=post, now=now)
    elif action.verb in {"redact_post", "redact_edit", "amend_post"}:
        _put_text_back(action=action, post=post, now=now)
    else:
        was_ever_public = post.position is not None
        moving.bring_back(post=post, now=now)
        Report.objects.filter(post=post, state=ReportState.UPHELD).update(state=ReportState.NOT_UPHELD)
        if not was_ever_public:
            telling.tell_of_post(post)


def _wait_again(*, post: Post, now: dt.datetime) -> None:
    """The refused change waits for a person once more; what is published stays."""
    put_in_queue(post=post, reasons=[Reason(ReasonKind.EDIT, Severity.ROUTINE, holds=True)], now=now)
    one(
        Post.objects.filter(
            pk=post.pk, state=PostState.PUBLISHED, latest_revision_id=post.latest_revision_id
        ).update(version=F("version") + 1)
    )
    refused = post.revisions.filter(pk=post.latest_revision_id, state=RevisionState.REJECTED)
    one(refused.update(state=RevisionState.SUBMITTED))


def _put_text_back(*, action: ModAction, post: Post, now: dt.datetime) -> None:
    """The author's wording is published again, as a new revision: earlier ones never change."""
    if post.has_pending_edit:
        raise Refused(_("Its author sent a change that waits in the queue. Decide about that first."))
    words, shown = words_at_stake(action, post), post.published_revision
    if words is None or shown is None:
        return
    # A reply that became a topic since keeps the title it was given.
    title = shown.title if post.is_first and not words.title else words.title
    number = post.revisions.order_by("-number").values_list("number", flat=True)[0] + 1
    again = once_more(words, number=number, state=RevisionState.APPROVED, title=title, now=now)
    moving.show_wording(post=post, shows=again.pk, read=post.latest_revision_id, latest=again.pk)
    post.revisions.filter(pk=shown.pk).update(state=RevisionState.SUPERSEDED)


def once_more(
    words: PostRevision, *, number: int, state: RevisionState, now: dt.datetime, title: str | None = None
) -> PostRevision:
    """An author's wording as the post's next revision, with all it held: quotes, names, needs and notes."""
    copied = {name: getattr(words, name) for name in _COPIED}
    labels = {label for label in words.labels if label != SHOWN_AT_ONCE}
    if state == RevisionState.APPROVED:
        labels.add(SHOWN_AT_ONCE)
    if title is not None:
        copied["title"] = title
    again = PostRevision.objects.create(
        post_id=words.post_id,
        number=number,
        editor_id=words.editor_id,
        editor_kind=EditorKind.AUTHOR,
        state=state,
        created_at=now,
        **copied | {"labels": sorted(labels)},
    )
    quoting.copy(words, again)
    return again


def reverse_sanction(*, sanction: Sanction, by: Member) -> None:
    """Lift the limit, if it is still in force."""
    Member.objects.select_for_update().get(pk=sanction.member_id)
    end_early(sanction, by=by)
