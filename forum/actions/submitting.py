"""How members send their own words: a topic, a reply.

Every function is safe to call twice with the same client token: the first post is returned.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import indexing, moving, quoting, telling
from forum.actions.calming import refuse_too_soon
from forum.actions.errors import Refused, refuse_unless
from forum.actions.queueing import put_in_queue
from forum.actions.resting import refuse_at_rest
from forum.actions.standing import Standing, standing_of
from forum.actions.watching import watched_reasons
from forum.actions.wording import Wording
from forum.models import Board, HouseRules, Member, Post, PostRevision, Topic, TopicMember
from forum.states import (
    EditorKind,
    Level,
    PostState,
    ReasonKind,
    RevisionState,
    Severity,
    TopicState,
    Trust,
)


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


def reasons_for(
    *,
    by: Member,
    standing: Standing,
    board: Board,
    topic: Topic | None,
    wording: Wording,
    is_edit: bool,
    now: dt.datetime,
) -> list[rules.Reason]:
    """Why a person looks at this text; those that hold keep it from being published at once."""
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
        watched=watched_reasons(wording.own_norm, board_id=board.pk, house_token=standing.house_token),
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
    refuse_at_rest(by=by, board=board, now=now)
    if topic is not None:
        refuse_too_soon(by=by, topic=topic, now=now)
    reasons = reasons_for(
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
        reply_to_id=reply_to.pk if reply_to else quoting.only_post(wording.quotes),
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
    wording.keep_inserted(revision)
    fields: dict[str, object] = {"latest_revision": revision}
    if not held:
        fields |= {
            "state": PostState.PUBLISHED,
            "position": position,
            "published_revision": revision,
            "published_at": now,
        }
    Post.objects.filter(pk=post.pk).update(**fields)
    if not held:
        indexing.enter(post_id=post.pk, words=revision)
    for name, value in fields.items():
        setattr(post, name, value)
    if is_first:
        Topic.objects.filter(pk=topic.pk).update(first_post=post)
        topic.first_post = post
        if not held:
            Board.objects.filter(pk=board.pk).update(topic_count=F("topic_count") + 1)
            topic.state = TopicState.OPEN
    _follow(by=by, topic=topic, is_first=is_first)
    if not held and rules.falls_in_sample(HouseRules.known_as(standing.house_token).sample_percent):
        reasons.append(rules.Reason(ReasonKind.AUDIT_SAMPLE, Severity.SAMPLE, holds=False))
    if reasons:
        put_in_queue(post=post, reasons=reasons, ruleset=wording.screening.ruleset, now=now)
    if not held:
        telling.tell_of_post(post)
    return Submission(post, held=held)


def _follow(*, by: Member, topic: Topic, is_first: bool) -> None:
    """One's own topic is watched and its first post read; a topic one replied in is tracked."""
    TopicMember.objects.bulk_create(
        [
            TopicMember(
                member=by,
                topic=topic,
                level=Level.WATCHING if is_first else Level.TRACKING,
                last_read_position=1 if is_first else 0,  # the place it gets, now or when it is published
            )
        ],
        ignore_conflicts=True,
    )
