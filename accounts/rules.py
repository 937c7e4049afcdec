"""Who may do what in this room, and the one question about roles every room asks."""

from typing import Any

from accounts.states import Role

ROLES_KEPT_AS = "_roles_of_this_request"


def roles_of(user: Any) -> frozenset[str]:
    """The roles a person holds now; empty for visitors and closed accounts.

    One query for each user object, so one for each request; `forget_roles` drops what is kept.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    held: frozenset[str] | None = getattr(user, ROLES_KEPT_AS, None)
    if held is None:
        held = frozenset(user.role_grants.filter(ended_at=None).values_list("role", flat=True))
        setattr(user, ROLES_KEPT_AS, held)
    return held


def forget_roles(user: Any) -> None:
    """Ask the database again the next time: for the moment after a grant or its end."""
    if hasattr(user, ROLES_KEPT_AS):
        delattr(user, ROLES_KEPT_AS)


def has_role(user: Any, *roles: str) -> bool:
    """Whether the person holds at least one of these roles."""
    return not roles_of(user).isdisjoint(str(role) for role in roles)


def is_staff_member(user: Any) -> bool:
    """Whether the person holds any role at all."""
    return bool(roles_of(user))


def may_change_roles(user: Any) -> bool:
    """Operators give and end roles; nobody else does."""
    return has_role(user, Role.OPERATOR)
