"""Who may write, change, take back and report."""

from typing import Any

from forum.rules.people import restraints_of, stops_all, stops_writing
from forum.states import PostState, TopicState


def is_here(user: Any) -> bool:
    """Signed in, with an account that is open. Sanctions are asked for apart, inside each write."""
    return bool(user.is_authenticated and user.is_active)


def takes_replies(topic: Any) -> bool:
    """Replies go to open topics only."""
    return bool(topic.state == TopicState.OPEN)


def may_take_part(user: Any) -> bool:
    """Is this person here, and not suspended? Reading, reporting and taking one's words back need no more."""
    return is_here(user) and stops_all(restraints_of(user)) is None


def may_write(user: Any, *, board_id: int | None = None) -> bool:
    """May this person post or change words here? Read-only and suspended people may not."""
    return is_here(user) and stops_writing(restraints_of(user), board_id=board_id) is None


def may_reply(user: Any, topic: Any) -> bool:
    """May this person write a reply here now?"""
    return takes_replies(topic) and may_write(user, board_id=topic.board_id)


def is_author(user: Any, post: Any) -> bool:
    return bool(user.is_authenticated and post.author.user_id == user.pk)


def may_edit(user: Any, post: Any) -> bool:
    """Authors change what waits, was sent back, or is published."""
    return is_author(user, post) and post.state in {
        PostState.HELD,
        PostState.RETURNED,
        PostState.PUBLISHED,
    }


def may_withdraw(user: Any, post: Any) -> bool:
    """Authors take back what waits, was sent back, or is published; read-only people too."""
    return may_edit(user, post)


def may_report(user: Any, post: Any) -> bool:
    """Members report published posts of other people."""
    return post.state == PostState.PUBLISHED and not is_author(user, post) and may_take_part(user)
