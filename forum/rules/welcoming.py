"""Who answers those whom nobody answered yet, and where the hours of a board do not hold."""

from typing import Any

from accounts.rules import has_role
from accounts.states import Role
from forum.rules.seeing import may_moderate

#: Who is told first, and who after them.
WELCOMES = (Role.WELCOMER,)
TEAM_WELCOMES = (Role.MODERATOR, Role.SAFETY_LEAD)


def may_welcome(user: Any) -> bool:
    """Does this person look after first posts that nobody answered?"""
    return has_role(user, *WELCOMES, *TEAM_WELCOMES)


def may_write_at_rest(user: Any) -> bool:
    """The team writes in a board that rests, as it does where a topic is slow. A welcomer rests too."""
    return may_moderate(user)
