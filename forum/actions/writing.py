"""What members do with their own words: post, reply, change, take back.

Every function is safe to call twice with the same client token: the first post is returned.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, record, telling
from forum.actions.calming import refuse_too_soon
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.actions.queueing import put_in_queue
from forum.actions.standing import Standing, standing_of
from forum.actions.watching import watched_reasons
from forum.actions.wording import Wording
from forum.models import (
    Board,
    HouseRules,
    Member,
    Post,
    PostRevision,
    ReviewItem,
    ReviewReason,
    SafetyEscalation,
    Topic,
    TopicMember,
)
from forum.states import (
    ActorRole,
    EditorKind,
    ItemStatus,
    Level,
    PostState,
    ReasonKind,
    RevisionState,
    Severity,
    TopicState,
    Trust,
)

#: Reasons a person must see to the end, even when the author takes the words back.
STAYS_IN_QUEUE = (ReasonKind.CRISIS, ReasonKind.SCAN_ERROR, ReasonKind.REPORT)


@dataclass(frozen=True)
class Submission:
    """What became of a text that was sent."""

    post: Post
    held: bool
    repeated: bool = False


def _refuse_flood(standing: Standing) -> None:
    """Raise Refused when this member posted as often as the site allows in an hour."""
    if standing.recent_posts >= rules.POSTS_AN_HOUR:
        raise Refused(
            _("You have sent %(n)d posts in an hour. Please rest a little and send this later.")
            % {"n": rules.POSTS_AN_HOUR}
        )


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


def _reasons(
    *,
    by: Member,
    standing: Standing,
    board: Board,
    topic: Topic | None,
    wording: Wording,
    is_edit: bool,
    now: dt.datetime,
) -> list[rules.Reason]:
    return rules.reasons_to_look(
        # Roles are asked for only where they matter: a known member's reply costs one query less.
        trust=by.trust if by.trust > Trust.NEW else rules.effective_trust(trust=by.trust, user=by.user),
        approved_count=by.approved_count,
        premoderation=board.premoderation,
        hold_replies=bool(topic and topic.holds_replies(now)),
        has_link=wording.has_link,
        is_edit=is_edit,
        screening=wording.screening,
        held_back=rules.holds_posts(standing.restraints, board_id=board.pk),
        watched=watched_reasons(wording.text_norm, board_id=board.pk, house_token=standing.house_token),
    )


def _already_sent(by: Member, client_token: str) -> Submission | None:
    post = (
        Post.objects.select_related("topic__board", "author__user", "latest_revision")
        .filter(author=by, client_token=client_token)
        .first()
    )
    return Submission(post, held=post.state == PostState.HELD, repeated=True) if post else None


def submit_topic(*, by: Member, board: Board, wording: Wording, client_token: str) -> Submission:
    """A first post with a title; the topic stays unseen until that post is published.

    Raises PermissionDenied, Refused.
    """
    return _once(by=by, board=board, topic=None, wording=wording, client_token=client_token)


def submit_reply(
    *, by: Member, topic: Topic, wording: Wording, client_token: str, reply_to: Post | None = None
) -> Submission:
    """A reply in an open topic. Raises PermissionDenied, Refused."""
    return _once(
        by=by, board=topic.board, topic=topic, wording=wording, client_token=client_token, reply_to=reply_to
    )


def _once(*, by: Member, client_token: str, **rest: Any) -> Submission:
    """Submit, or answer with the post the same form made before. Other broken constraints are passed on."""
    try:
        return _submit(by=by, client_token=client_token, **rest)
    except (IntegrityError, Refused, PermissionDenied):
        # Sent before: an answer given once stays the answer, even if the topic closed in between.
        earlier = _already_sent(by, client_token)
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _submit(
    *,
    by: Member,
    board: Board,
    topic: Topic | None,
    wording: Wording,
    client_token: str,
    reply_to: Post | None = None,
) -> Submission:
    now = timezone.now()
    standing = standing_of(by, now=now)
    standing.refuse_held_back(board_id=board.pk)
    refuse_unless(rules.is_here(by.user) and (topic is None or rules.takes_replies(topic)))
    _refuse_flood(standing)
    if topic is not None:
        refuse_too_soon(by=by, topic=topic, now=now)
    reasons = _reasons(
        by=by, standing=standing, board=board, topic=topic, wording=wording, is_edit=False, now=now
    )
    held = any(reason.holds for reason in reasons)
    is_first = topic is None
    position = None
    if topic is None:
        topic = Topic.objects.create(board=board, author=by)
    if not held:
        position = moving.take_place(
            topic_id=topic.pk, opens=is_first, now=now, next_position=topic.next_position
        )
    # The row is written whole and published in one go: states, place and text agree at every commit.
    post = Post.objects.create(
        topic=topic,
        author=by,
        reply_to=reply_to,
        client_token=client_token,
        submitted_at=now,
    )
    revision = PostRevision.objects.create(
        post=post,
        number=1,
        editor=by,
        editor_kind=EditorKind.AUTHOR,
        state=RevisionState.SUBMITTED if held else RevisionState.APPROVED,
        created_at=now,
        **wording.as_fields(),
    )
    fields: dict[str, object] = {"latest_revision": revision}
    if not held:
        fields |= {
            "state": PostState.PUBLISHED,
            "position": position,
            "published_revision": revision,
            "published_at": now,
        }
    Post.objects.filter(pk=post.pk).update(**fields)
    for name, value in fields.items():
        setattr(post, name, value)
    if is_first:
        Topic.objects.filter(pk=topic.pk).update(first_post=post)
        topic.first_post = post
        if not held:
            Board.objects.filter(pk=board.pk).update(topic_count=F("topic_count") + 1)
            topic.state = TopicState.OPEN
    _follow(by=by, topic=topic, is_first=is_first, position=position)
    if not held and rules.falls_in_sample(HouseRules.known_as(standing.house_token).sample_percent):
        reasons.append(rules.Reason(ReasonKind.AUDIT_SAMPLE, Severity.SAMPLE, holds=False))
    if reasons:
        put_in_queue(post=post, reasons=reasons, ruleset=wording.screening.ruleset, now=now)
    if not held and not is_first:
        telling.tell_watchers(post)
    return Submission(post, held=held)


def _follow(*, by: Member, topic: Topic, is_first: bool, position: int | None) -> None:
    """One's own topic is watched, a topic one replied in is tracked; one's own post is read."""
    TopicMember.objects.bulk_create(
        [
            TopicMember(
                member=by,
                topic=topic,
                level=Level.WATCHING if is_first else Level.TRACKING,
                last_read_position=0,
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def edit_post(*, by: Member, post: Post, wording: Wording) -> Submission:
    """A changed text waits for a person; what was published stays as it is meanwhile.

    A post that was sent back is sent again by this. Sending the same text twice is one revision.
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
    reasons = _reasons(
        by=by,
        standing=standing,
        board=post.topic.board,
        topic=post.topic,
        wording=wording,
        is_edit=post.state == PostState.PUBLISHED,
        now=now,
    )
    if not any(reason.holds for reason in reasons):
        # A post that waits or was sent back is not published by being changed.
        reasons.append(rules.edited_while_waiting())
    put_in_queue(post=post, reasons=reasons, ruleset=wording.screening.ruleset, now=now)
    if post.state == PostState.PUBLISHED:
        # Behind the item's lock: a change of what others read is no way around slow mode.
        refuse_too_soon(by=by, topic=post.topic, now=now)
    number = (latest.number if latest else 0) + 1
    try:
        with transaction.atomic():
            revision = PostRevision.objects.create(
                post=post, number=number, editor=by, created_at=now, **wording.as_fields()
            )
    except IntegrityError as error:  # another tab was faster
        raise Conflict from error
    before = post.state
    after = PostState.HELD if before == PostState.RETURNED else before
    one(
        Post.objects.filter(pk=post.pk, state=before, latest_revision=latest).update(
            state=after, latest_revision=revision, version=F("version") + 1
        )
    )
    if latest and latest.state == RevisionState.SUBMITTED:
        PostRevision.objects.filter(pk=latest.pk).update(state=RevisionState.SUPERSEDED)
    post.state, post.latest_revision = after, revision
    return Submission(post, held=True)


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
