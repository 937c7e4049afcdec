"""What the team may do to a post, and what each decision needs."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.rules import has_role
from accounts.states import Role
from forum.rules.seeing import may_moderate
from forum.rules.writing import is_author
from forum.states import Audience, Decision, PostState

KEPT_AS = "_people_one_knows"


def _declared_by(user: Any) -> frozenset[int]:
    """The members this moderator said they know; one query for each user object."""
    known: frozenset[int] | None = getattr(user, KEPT_AS, None)
    if known is None:
        rows = user.__class__._default_manager.filter(pk=user.pk, member__knows__isnull=False)
        known = frozenset(rows.values_list("member__knows__other_id", flat=True))
        setattr(user, KEPT_AS, known)
    return known


def knows(user: Any, member_id: int) -> bool:
    """Did this moderator say that they know this person outside? They decide nothing about them."""
    return member_id in _declared_by(user)


def is_too_close(user: Any, post: Any) -> bool:
    """Conflict of interest: one's own words, one's own topic, someone one knows (design: forum 2, I6)."""
    return (
        is_author(user, post)
        or bool(post.topic.author.user_id == user.pk)
        or post.author_id in _declared_by(user)
    )


def may_decide_about(user: Any, post: Any) -> bool:
    """A moderator decides about other people's posts, never where they are too close."""
    return may_moderate(user) and not is_too_close(user, post)


def may_take(user: Any, item: Any, *, member_id: int) -> bool:
    """A moderator takes any item but those they are too close to; `member_id` is their own.

    An appeal goes to someone else than the first decider (invariant I6).
    """
    if not may_moderate(user):
        return False
    if item.post is not None:
        return not is_too_close(user, item.post)
    close = {member_id, *_declared_by(user)}
    if item.appeal is not None:
        return item.appeal.member_id not in close and item.appeal.action.actor_id != member_id
    return (item.topic.author_id if item.topic else item.member_id) not in close


def may_read_history(user: Any, post: Any) -> bool:
    """Earlier wordings are read by their author, and by moderators who may decide about the post."""
    return is_author(user, post) or may_decide_about(user, post)


def may_hide(user: Any, post: Any) -> bool:
    return may_decide_about(user, post) and post.state == PostState.PUBLISHED


def may_remove(user: Any, post: Any) -> bool:
    return may_decide_about(user, post) and post.state in {PostState.PUBLISHED, PostState.HIDDEN}


def may_restore(user: Any, post: Any) -> bool:
    """What was taken down or refused can come back, as long as its words are there (the purge)."""
    brings_back = {PostState.HIDDEN, PostState.REMOVED, PostState.REJECTED}
    return post.state in brings_back and post.has_text and may_decide_about(user, post)


def may_amend(user: Any, post: Any) -> bool:
    """The team may change a published post's text; it stays published and is marked."""
    return may_decide_about(user, post) and post.state == PostState.PUBLISHED


def decisions_for(*, state: str, pending_edit: bool) -> tuple[Decision, ...]:
    """What a moderator can decide about a post in this state.

    Held: publish, send back, refuse. Published with a changed text waiting: the same about the change, or
    take the whole post down. Published and reported: leave it, hide it, take it down.
    """
    about_the_text = (Decision.APPROVE, Decision.REDACT, Decision.RETURN, Decision.REJECT)
    hand_on = (Decision.ESCALATE, Decision.SECOND_OPINION)
    if state == PostState.HELD:
        return about_the_text + hand_on
    if state == PostState.PUBLISHED and pending_edit:
        return about_the_text + (Decision.HIDE, Decision.REMOVE) + hand_on
    if state == PostState.PUBLISHED:
        return (Decision.KEEP, Decision.HIDE, Decision.REMOVE) + hand_on
    if state == PostState.HIDDEN:
        return (Decision.KEEP, Decision.RESTORE, Decision.REMOVE) + hand_on
    return (Decision.KEEP,) + hand_on


#: Decisions that need a reason its author can read.
NEEDS_REASON = frozenset({Decision.REDACT, Decision.RETURN, Decision.REJECT, Decision.HIDE, Decision.REMOVE})
#: Decisions that hand the item to someone and leave it open.
KEEPS_OPEN = frozenset({Decision.ESCALATE, Decision.SECOND_OPINION})


def may_take_over(user: Any) -> bool:
    """The safety lead takes an item from a colleague; that is on the record."""
    return has_role(user, Role.SAFETY_LEAD)


def may_undo(
    user: Any,
    *,
    actor_id: int | None,
    member_id: int,
    decided_at: dt.datetime,
    lasts: dt.timedelta,
    now: dt.datetime | None = None,
) -> bool:
    """Who decided may take it back for some minutes, and so may the safety lead."""
    if not may_moderate(user) or (now or timezone.now()) > decided_at + lasts:
        return False
    return actor_id == member_id or has_role(user, Role.SAFETY_LEAD)


def may_calm(user: Any, topic: Any) -> bool:
    """Hold, slow, close, move or split a topic: the team, but not one they, or somebody they know, began."""
    return may_moderate(user) and bool(topic.author.user_id != user.pk) and not knows(user, topic.author_id)


def keeps_audience(here: Any, there: Any) -> bool:
    """Words written for members never move to a board where everyone can read."""
    return here.audience == Audience.PUBLIC or there.audience != Audience.PUBLIC
