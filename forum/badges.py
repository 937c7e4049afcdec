"""The role in words beside a name: every page with posts asks, and few people of a site have one."""

import time
from collections.abc import Iterable

from accounts.models import RoleGrant
from accounts.states import Role
from forum.states import BADGES

#: A role that another process gave or ended shows after this many seconds; what it allows is asked each time.
BADGES_ARE_KEPT = 30
_kept: tuple[float, dict[int, Role]] | None = None


def badges_for(people: Iterable[int]) -> dict[int, str]:
    """The role in words beside each of these accounts' names; at most one query, and mostly none."""
    holders = _holders()
    return {person: str(holders[person].label) for person in set(people) if person in holders}


def forget_badges() -> None:
    """Read them anew the next time: a role was given or ended."""
    global _kept
    _kept = None


def _holders() -> dict[int, Role]:
    """Each account with a role that members see, and the first of its roles that fits."""
    global _kept
    kept = _kept
    if kept is None or time.monotonic() - kept[0] > BADGES_ARE_KEPT:
        held: dict[int, set[str]] = {}
        grants = RoleGrant.objects.filter(role__in=BADGES, ended_at=None)
        for person_id, role in grants.values_list("person_id", "role"):
            held.setdefault(person_id, set()).add(role)
        first = {person: next(one for one in BADGES if one in roles) for person, roles in held.items()}
        kept = _kept = time.monotonic(), first
    return kept[1]
