"""Taking a decision back while nobody has heard of it: the post as it was, and a new item that waits.

The decided item never changes (invariant I7): the new one points back to it. Notices and mail of a decision
wait as long as it can be undone, so that an undo in time leaves no trace with anybody (design: forum 2.4).
"""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from forum import rules
from forum.actions import moving, record, telling, trusting
from forum.actions.errors import Conflict, one, refuse_unless
from forum.actions.overturning import once_more
from forum.actions.queueing import put_in_queue
from forum.models import HouseRules, Member, ModAction, Post, PostRevision, Report, ReviewItem, ReviewReason
from forum.models.posts import PostQuerySet
from forum.models.revisions import SHOWN_AT_ONCE, TITLE_BY_TEAM
from forum.rules import Reason
from forum.states import (
    ActorRole,
    PostState,
    ReasonKind,
    ReportState,
    RevisionState,
    Severity,
    Verdict,
)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def can_be_undone(action: ModAction, *, by: Member, now: dt.datetime | None = None) -> bool:
    """Is this a decision about an item that `by` may still take back?"""
    return (
        action.verb in REVERSE
        and action.item_id is not None
        and rules.may_undo(
            by.user,
            actor_id=action.actor_id,
            member_id=by.pk,
            decided_at=_EPOCH + dt.timedelta(microseconds=action.at_us),
            lasts=HouseRules.current().undo_lasts,
            now=now,
        )
        and not ModAction.objects.filter(reverses_id=action.pk).exists()
    )


def undo_decision(*, by: Member, action: ModAction) -> ModAction:
    """Take a decision back; sent again, the first undo is the answer.

    Raises PermissionDenied (not theirs, too late, or no decision about an item), Conflict (the post moved
    on since).
    """
    key = f"undo:{action.pk}"
    earlier = ModAction.objects.filter(idempotency_key=key).first()
    if earlier:
        refuse_unless(rules.may_moderate(by.user))
        return earlier
    refuse_unless(can_be_undone(action, by=by))
    try:
        return _undo(by=by, action=action, key=key)
    except (Conflict, IntegrityError):
        earlier = ModAction.objects.filter(idempotency_key=key).first()
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _undo(*, by: Member, action: ModAction, key: str) -> ModAction:
    now = timezone.now()
    item = ReviewItem.objects.prefetch_related("reasons__report").get(pk=action.item_id)
    post = Post.objects.select_related(
        "topic__board", "topic__author", "author__user", "latest_revision", "published_revision"
    ).get(pk=item.post_id)
    refuse_unless(rules.may_decide_about(by.user, post))
    before = post.state
    names_its_text = action.verb not in {"hide_post", "remove_post", "restore_post", "keep_post"}
    if before != action.to_state or (names_its_text and post.latest_revision_id != action.revision_id):
        raise Conflict  # the post moved on, or its author sent another text
    again = _open_again(item=item, post=post, now=now)
    REVERSE[action.verb](post, action, now)
    _reopen_reports(item)
    trust = trusting.undo_trust(member=post.author, act=action)
    done = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="undo",
        subject_kind="post",
        subject_id=post.pk,
        from_state=before,
        to_state=post.state,
        item_id=again.pk,
        item_version=again.version,
        revision_id=post.latest_revision_id,
        reverses_id=action.pk,
        idempotency_key=key,
    )
    trusting.write_down(trust, because=done)
    telling.take_back(post=post, action=action, reports=Report.objects.filter(reasons__item=item))
    return done


def _open_again(*, item: ReviewItem, post: Post, now: dt.datetime) -> ReviewItem:
    """A new item with the same reasons, due when the old one was."""
    again = None
    for reason in item.reasons.all():
        again = put_in_queue(
            post=post,
            reasons=[
                Reason(
                    ReasonKind(reason.kind),
                    Severity(item.severity),
                    holds=False,
                    rule_id=reason.rule_id,
                    spans=tuple((field, start, end) for field, start, end in reason.spans),
                )
            ],
            ruleset=reason.ruleset_version,
            report=reason.report,
            previous=item,
            now=now,
        )
    if again is None:
        manual = Reason(ReasonKind.MANUAL, Severity(item.severity), holds=False)
        again = put_in_queue(post=post, reasons=[manual], previous=item, now=now)
    ReviewItem.objects.filter(pk=again.pk, due_at__gt=item.due_at).update(due_at=item.due_at)
    return again


def _reopen_reports(item: ReviewItem) -> None:
    closed = Report.objects.filter(
        reasons__item=item, state__in=[ReportState.UPHELD, ReportState.NOT_UPHELD]
    ).values("pk")
    Report.objects.filter(pk__in=list(closed.values_list("pk", flat=True))).update(state=ReportState.OPEN)


def _hide_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just approved: out of sight, its place stays."""
    moving.take_down(post=post, to=PostState.HIDDEN)
    moving.uncount_approval(post=post)


def _wait_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just refused or sent back: held once more."""
    moving.hold_again(post=post, revision_id=action.revision_id or 0)


def _show_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just hidden or taken down: back in its place; a change that went back with it waits again.

    What was hidden before it was taken down is hidden again: nobody decided that others may read it.
    """
    if action.from_state == PostState.HIDDEN:
        moving.take_down(post=post, to=PostState.HIDDEN)
        return
    moving.bring_back(post=post, now=now)
    latest = post.latest_revision
    was_about_it = ReviewReason.objects.filter(item_id=action.item_id, kind=ReasonKind.EDIT).exists()
    if was_about_it and latest and latest.state == RevisionState.RETURNED:
        one(post.revisions.filter(pk=latest.pk, state=latest.state).update(state=RevisionState.SUBMITTED))


def _hide_restored(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just brought back: hidden as it was."""
    if post.has_pending_edit:
        raise Conflict
    moving.take_down(post=post, to=PostState.HIDDEN)
    # The reports that had hidden it hold again, as before it came back.
    hid = ModAction.objects.filter(pk=action.reverses_id, item_id__isnull=False).exclude(
        item_id=action.item_id
    )
    reports = Report.objects.filter(
        reasons__item__in=hid.values("item_id"),
        reasons__verdict=Verdict.UPHELD,
        state=ReportState.NOT_UPHELD,
    )
    upheld = list(reports.values_list("pk", flat=True))
    Report.objects.filter(pk__in=upheld).update(state=ReportState.UPHELD)


def _old_text_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just approved a change: the text before it is shown, and the change waits."""
    shown = post.published_revision
    if shown is None or shown.pk != action.revision_id:
        raise Conflict
    moving.show_wording(post=post, shows=_before(post, shown), read=post.latest_revision_id)
    one(post.revisions.filter(pk=shown.pk).update(state=RevisionState.SUBMITTED))


def _author_text_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just published a change without some words: the text before is shown, the author's change waits.

    Their wording comes as a new revision, because numbers only grow.
    """
    shown = post.published_revision
    theirs = post.revisions.filter(state=RevisionState.REDACTED, number=shown.number - 1 if shown else 0)
    words = theirs.first()
    if shown is None or words is None:
        raise Conflict
    again = once_more(words, number=shown.number + 1, state=RevisionState.SUBMITTED, now=now)
    old = _before(post, words)
    moving.show_wording(post=post, shows=old, read=post.latest_revision_id, latest=again.pk)
    post.revisions.filter(pk=shown.pk).update(state=RevisionState.SUPERSEDED)
    post.latest_revision = again


def _edit_waits_again(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Just refused a change, or sent it back: it waits; what is published stayed."""
    if post.latest_revision_id != action.revision_id:
        raise Conflict
    one(_at(post).update(version=F("version") + 1))
    turned_down = [RevisionState.RETURNED, RevisionState.REJECTED]
    one(
        post.revisions.filter(pk=action.revision_id, state__in=turned_down).update(
            state=RevisionState.SUBMITTED
        )
    )


def _nothing(post: Post, action: ModAction, now: dt.datetime) -> None:
    """Left as it was: only the item waits again."""
    one(Post.objects.filter(pk=post.pk, state=post.state).update(version=F("version") + 1))


def _at(post: Post) -> PostQuerySet:
    """The post while it is exactly as it was read."""
    return Post.objects.filter(
        pk=post.pk,
        state=PostState.PUBLISHED,
        latest_revision_id=post.latest_revision_id,
        published_revision_id=post.published_revision_id,
    )


def _before(post: Post, revision: PostRevision) -> int:
    """The wording that was published before this one, marked as the published one again.

    Replaced wordings are of two kinds: those that were public, and changes their author replaced while they
    waited. The record tells them apart, and a label of what others read without a decision; a wording that
    neither names is never shown: Conflict.
    """
    undone = ModAction.objects.filter(reverses_id=OuterRef("pk"))
    acts = ModAction.objects.filter(
        ~Exists(undone), subject_kind="post", subject_id=str(post.pk), verb__in=PUBLISHES
    )
    named = Q(pk__in=list(acts.filter(revision_id__isnull=False).values_list("revision_id", flat=True)))
    if not acts.filter(verb__in=["approve_post", "redact_post"]).exists():
        named |= Q(number=1)  # published by policy, without a decision
    earlier = post.revisions.filter(number__lt=revision.number, state=RevisionState.SUPERSEDED)
    named |= Q(pk__in=[pk for pk, labels in earlier.values_list("pk", "labels") if WERE_PUBLIC & {*labels}])
    replaced = earlier.filter(named)
    old = replaced.order_by("-number").first()
    if old is None:
        raise Conflict
    one(post.revisions.filter(pk=old.pk, state=RevisionState.SUPERSEDED).update(state=RevisionState.APPROVED))
    return old.pk


#: Labels of wordings that were public though no act names them.
WERE_PUBLIC = {SHOWN_AT_ONCE, TITLE_BY_TEAM}

#: Acts that made the wording they name public.
PUBLISHES = ("approve_post", "approve_edit", "redact_post", "redact_edit", "amend_post")

REVERSE: dict[str, Callable[[Post, ModAction, dt.datetime], None]] = {
    "approve_post": _hide_again,
    "redact_post": _hide_again,
    "return_post": _wait_again,
    "reject_post": _wait_again,
    "hide_post": _show_again,
    "remove_post": _show_again,
    "restore_post": _hide_restored,
    "keep_post": _nothing,
    "approve_edit": _old_text_again,
    "redact_edit": _author_text_again,
    "return_edit": _edit_waits_again,
    "reject_edit": _edit_waits_again,
}
