"""What members do with words they sent: change them, take them back."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, quoting, record
from forum.actions.calming import refuse_too_soon
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.actions.queueing import put_in_queue
from forum.actions.standing import standing_of
from forum.actions.submitting import Submission, reasons_for
from forum.actions.wording import Wording
from forum.models import HouseRules, Member, Post, PostRevision, ReviewItem, ReviewReason, SafetyEscalation
from forum.models.revisions import SHOWN_AT_ONCE
from forum.states import (
    ActorRole,
    EditorKind,
    ItemStatus,
    PostState,
    ReasonKind,
    RevisionState,
    Severity,
    Trust,
)

#: Reasons a person must see to the end, even when the author takes the words back.
STAYS_IN_QUEUE = (ReasonKind.CRISIS, ReasonKind.SCAN_ERROR, ReasonKind.REPORT)


def _refuse_endless_changes(by: Member, now: dt.datetime) -> None:
    """Raise Refused when this member changed texts as often as the site allows in an hour."""
    since = now - dt.timedelta(hours=1)
    changes = PostRevision.objects.filter(
        post__author=by, editor=by, editor_kind=EditorKind.AUTHOR, number__gt=1, created_at__gte=since
    )
    if changes.count() >= rules.CHANGES_AN_HOUR:
        raise Refused(
            _("You have changed your posts %(n)d times in an hour. Please rest a little and send this later.")
            % {"n": rules.CHANGES_AN_HOUR}
        )


@transaction.atomic
def edit_post(*, by: Member, post: Post, wording: Wording) -> Submission:
    """A changed text waits for a person; what was published stays as it is meanwhile.

    In the first minutes (`in_grace`) the change shows at once, unless something in it asks for a look. A post
    that was sent back is sent again by this. Sending the same text twice is one revision.
    Raises PermissionDenied, Refused (too many changes in an hour), Conflict.
    """
    refuse_unless(rules.may_edit(by.user, post))
    now = timezone.now()
    standing = standing_of(by, now=now)
    standing.refuse_held_back(board_id=post.topic.board_id)
    latest = post.latest_revision
    if latest and latest.sha256 == wording.sha256:
        if latest.state == RevisionState.SUBMITTED:
            return Submission(post, held=True, repeated=True)
        if post.state == PostState.PUBLISHED and latest.pk == post.published_revision_id:
            return Submission(post, held=False, repeated=True)  # nothing was changed: nobody need look
    _refuse_endless_changes(by, now)
    quick = not standing.restraints and in_grace(by=by, post=post, now=now)
    reasons = reasons_for(
        by=by,
        standing=standing,
        board=post.topic.board,
        topic=post.topic,
        wording=wording,
        is_edit=post.state == PostState.PUBLISHED and not quick,
        now=now,
    )
    at_once = quick and not reasons  # what asks for a look at all, it gets before others read it
    if at_once and rules.falls_in_sample(HouseRules.known_as(standing.house_token).sample_percent):
        reasons.append(rules.Reason(ReasonKind.AUDIT_SAMPLE, Severity.SAMPLE, holds=False))
    elif not at_once and (quick or not any(reason.holds for reason in reasons)):
        # A post that waits or was sent back is not published by being changed.
        reasons.append(rules.edited_while_waiting())
    if reasons:
        put_in_queue(post=post, reasons=reasons, ruleset=wording.screening.ruleset, now=now)
    if post.state == PostState.PUBLISHED:
        # Behind the item's lock: a change of what others read is no way around slow mode.
        refuse_too_soon(by=by, topic=post.topic, now=now)
    revision = _write(by=by, post=post, wording=wording, shown=at_once, now=now)
    if at_once:
        moving.show_wording(post=post, shows=revision.pk, read=post.latest_revision_id, latest=revision.pk)
        PostRevision.objects.filter(pk=post.published_revision_id).update(state=RevisionState.SUPERSEDED)
        post.published_revision = post.latest_revision = revision
        return Submission(post, held=False)
    before = post.state
    after = PostState.HELD if before == PostState.RETURNED else before
    one(
        Post.objects.filter(pk=post.pk, state=before, latest_revision=latest).update(
            state=after,
            latest_revision=revision,
            reply_to_id=_answers(post, wording),
            version=F("version") + 1,
        )
    )
    if latest and latest.state == RevisionState.SUBMITTED:
        PostRevision.objects.filter(pk=latest.pk).update(state=RevisionState.SUPERSEDED)
    post.state, post.latest_revision = after, revision
    return Submission(post, held=True)


def in_grace(*, by: Member, post: Post, now: dt.datetime | None = None) -> bool:
    """Does this person's post take a change at once: a known member's, minutes old, that nobody looked at?

    Whatever the team ever had before it, or changed, is read again by a person, and so is every change in a
    topic that was closed.
    """
    shown = post.published_revision
    if shown is None or post.state != PostState.PUBLISHED or post.published_at is None:
        return False
    age = (now or timezone.now()) - post.published_at
    return bool(
        age <= rules.GRACE_TO_CHANGE
        and rules.takes_replies(post.topic)
        and shown.pk == post.latest_revision_id
        and shown.editor_kind == EditorKind.AUTHOR
        and (by.trust > Trust.NEW or rules.effective_trust(trust=by.trust, user=by.user) > Trust.NEW)
        and not ReviewItem.objects.filter(post=post).exists()
    )


def _write(*, by: Member, post: Post, wording: Wording, shown: bool, now: dt.datetime) -> PostRevision:
    latest = post.latest_revision
    try:
        with transaction.atomic():
            revision = PostRevision.objects.create(
                post=post,
                number=(latest.number if latest else 0) + 1,
                editor=by,
                state=RevisionState.APPROVED if shown else RevisionState.SUBMITTED,
                created_at=now,
                labels=[SHOWN_AT_ONCE] if shown else [],
                **wording.as_fields(),
            )
    except IntegrityError as error:  # another tab was faster
        raise Conflict from error
    return wording.keep_inserted(revision)


def _answers(post: Post, wording: Wording) -> int | None:
    """The post this one answers after a change: while nobody read it, the one post it quotes, if any."""
    if post.state == PostState.PUBLISHED:
        return post.reply_to_id
    before = quoting.only_post(quoting.held_by(post.latest_revision)[0]) if post.latest_revision else None
    kept = None if post.reply_to_id == before else post.reply_to_id
    return kept or quoting.only_post(wording.quotes)


@transaction.atomic
def withdraw_post(*, by: Member, post: Post) -> None:
    """An author takes back what waits, or takes down what is published.

    The open item is resolved as withdrawn, so an approval of the text gets a 409; but one that speaks of
    danger, was reported, or is with the clinician stays for a person: that does not end the danger.
    Raises PermissionDenied, Conflict.
    """
    refuse_unless(rules.may_withdraw(by.user, post) and rules.may_take_part(by.user))
    now = timezone.now()
    before = post.state
    waiting = ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN)
    waiting.update(version=F("version") + 1)
    waiting.exclude(
        Q(pk__in=ReviewReason.objects.filter(item__post=post, kind__in=STAYS_IN_QUEUE).values("item"))
        | Q(pk__in=SafetyEscalation.objects.filter(item__post=post, closed_at=None).values("item"))
    ).update(status=ItemStatus.RESOLVED, resolved_at=now, resolution="withdrawn")
    if before == PostState.PUBLISHED:
        moving.take_down(post=post, to=PostState.RETRACTED)
        post.revisions.filter(state=RevisionState.SUBMITTED).update(state=RevisionState.WITHDRAWN)
        after = PostState.RETRACTED
    else:
        if post.latest_revision_id is None:
            raise Conflict
        moving.turn_down(
            post=post,
            to=PostState.WITHDRAWN,
            revision_id=post.latest_revision_id,
            revision_to=RevisionState.WITHDRAWN,
        )
        after = PostState.WITHDRAWN
    record.append(
        by=by,
        role=ActorRole.AUTHOR,
        verb="withdraw_post",
        subject_kind="post",
        subject_id=post.pk,
        from_state=before,
        to_state=after,
    )
