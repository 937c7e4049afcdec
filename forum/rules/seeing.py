"""Who may see what: the one home of each rule (docs/safety.md prints the matrix)."""

from typing import Any

from django.db.models import Q

from accounts.rules import has_role
from accounts.states import Role
from forum.states import READABLE_TOPICS, Audience, PostState


def may_moderate(user: Any) -> bool:
    """Does this person read what waits and decide about it?"""
    return has_role(user, Role.MODERATOR, Role.SAFETY_LEAD)


def boards_seen_by(user: Any) -> Q:
    """Which boards a person may open; visitors only public ones."""
    return Q() if user.is_authenticated else Q(audience=Audience.PUBLIC)


def _readable(user: Any, topic: str) -> Q:
    """The topics whose published posts this person may read, seen from `topic` (a prefix)."""
    seen = Q(**{f"{topic}state__in": list(READABLE_TOPICS)})
    if not user.is_authenticated:
        seen &= Q(**{f"{topic}board__audience": Audience.PUBLIC})
    return seen


def topics_seen_by(user: Any) -> Q:
    """Which topics a person may open: readable ones, one's own, and all for moderators."""
    if may_moderate(user):
        return Q()
    seen = _readable(user, "")
    return seen | Q(author__user=user) if user.is_authenticated else seen


def topics_listed_for(user: Any) -> Q:
    """Which topics stand in a board's list. Nobody's list or count holds what others cannot see.

    A topic whose posts were all moved away is still there for those who have its address.
    """
    return _readable(user, "") & Q(continued_in__isnull=True)


def posts_seen_by(user: Any) -> Q:
    """Which posts a person may read. Every list, count, page, feed and search starts here.

    Published posts of readable topics; one's own in every state; all of them for moderators.
    """
    if may_moderate(user):
        return Q()
    seen = Q(state=PostState.PUBLISHED) & _readable(user, "topic__")
    return seen | Q(author__user=user) if user.is_authenticated else seen


def posts_found_by(user: Any) -> Q:
    """Which posts search finds for a person: published ones of readable topics that they may read.

    The same for moderators and authors: what waits or was taken down has places of its own.
    """
    return posts_seen_by(user) & Q(state=PostState.PUBLISHED) & _readable(user, "topic__")
