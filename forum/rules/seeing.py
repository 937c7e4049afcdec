"""Who may see what: the one home of each rule (docs/safety.md prints the matrix)."""

from typing import Any

from django.db.models import CharField, Q, Value

from accounts.rules import has_role
from accounts.states import Role
from forum.states import Audience, PostState, TopicState


class Constant(Value):
    """A state that stands in the statement itself, not beside it as a parameter.

    SQLite takes an index with a condition (the list of a board, a member's page) only where it can read the
    condition in the statement. For states of our own alone: nothing is escaped.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        if not str(self.value).isidentifier():
            raise ValueError("a constant is one of our own words")
        return f"'{self.value}'", ()


def _constant(state: str) -> Constant:
    return Constant(str(state), output_field=CharField())


#: Made once: an expression is only read. The readable topics in the order of the index `topic_list`.
PUBLISHED = _constant(PostState.PUBLISHED)
READABLE = [_constant(state) for state in (TopicState.OPEN, TopicState.LOCKED)]


def may_moderate(user: Any) -> bool:
    """Does this person read what waits and decide about it?"""
    return has_role(user, Role.MODERATOR, Role.SAFETY_LEAD)


def boards_seen_by(user: Any) -> Q:
    """Which boards a person may open; visitors only public ones."""
    return Q() if user.is_authenticated else Q(audience=Audience.PUBLIC)


def _readable(user: Any, topic: str) -> Q:
    """The topics whose published posts this person may read, seen from `topic` (a prefix)."""
    seen = Q(**{f"{topic}state__in": READABLE})
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


def posts_seen_by(user: Any, post: str = "") -> Q:
    """Which posts a person may read, seen from `post` (a prefix). Every list, count, page, feed starts here.

    Published posts of readable topics; one's own in every state; all of them for moderators.
    """
    if may_moderate(user):
        return Q()
    seen = Q(**{f"{post}state": PUBLISHED}) & _readable(user, f"{post}topic__")
    return seen | Q(**{f"{post}author__user": user}) if user.is_authenticated else seen


def posts_found_by(user: Any, post: str = "") -> Q:
    """Which posts search finds for a person, and quotes show: published ones they may read.

    The same for moderators and authors: what waits or was taken down has places of its own.
    """
    published = Q(**{f"{post}state": PostState.PUBLISHED}) & _readable(user, f"{post}topic__")
    return posts_seen_by(user, post) & published
