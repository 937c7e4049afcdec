"""What stands between two people: who may answer a post in ready words, and who may keep away from whom."""

from typing import Any

from forum.rules.writing import is_author, is_here, takes_replies
from forum.states import ContentNote, PostState

#: Under words of danger a thank-you says the wrong thing: what helps there is a person who answers.
CRISIS_NOTES = frozenset({ContentNote.SUICIDE, ContentNote.SELF_HARM, ContentNote.OVERDOSE})


def takes_responses(post: Any) -> bool:
    """Does a post take answers in ready words? Published, and nothing in the wording shown means danger."""
    shown = post.published_revision
    return (
        post.state == PostState.PUBLISHED
        and shown is not None
        and not _sounds_like_danger(shown.scan)
        and CRISIS_NOTES.isdisjoint(shown.content_notes)
    )


def _sounds_like_danger(scan: dict[str, Any]) -> bool:
    """Did the screening of a wording find danger, or not finish? Grief, or danger long past, is neither.

    Wordings from before severities were kept: any rule that noticed something counts.
    """
    if "severity" in scan:
        return scan["severity"] is not None or bool(scan.get("failed"))
    return bool(scan.get("rules") or scan.get("failed"))


def offers_responses(user: Any, post: Any) -> bool:
    """Does it take them from this person: someone else's post, in a topic that is open?"""
    return is_here(user) and takes_responses(post) and takes_replies(post.topic) and not is_author(user, post)


def may_see_responses(user: Any, post: Any) -> bool:
    """Who answered is for the author of a published post alone."""
    return is_author(user, post) and takes_responses(post)


def may_keep_away(user: Any, post: Any, *, has_badge: bool) -> bool:
    """Someone else, who is still here, and nobody of the team: what the team writes always arrives."""
    return (
        is_here(user)
        and post.state == PostState.PUBLISHED
        and post.author.user_id is not None
        and not is_author(user, post)
        and not has_badge
    )
