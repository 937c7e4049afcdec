"""Mute and block: a member keeps away from another. Nothing ever tells the other."""

from django.db import transaction

from accounts.rules import has_role
from forum import rules
from forum.actions.errors import refuse_unless
from forum.models import Distance, Member
from forum.states import BADGES, DistanceKind


@transaction.atomic
def keep_away(*, by: Member, other: Member, kind: DistanceKind | None) -> None:
    """Keep this far from another member from now on, or not at all: the state wanted, so safe to repeat.

    Read-only people may, too: it keeps them from nobody's words. Raises PermissionDenied.
    """
    refuse_unless(rules.may_take_part(by.user) and other.pk != by.pk)
    if kind is not None:
        refuse_unless(not _is_of_the_team(other))  # what the team writes always arrives
    if kind == DistanceKind.BLOCK:
        refuse_unless(not _is_of_the_team(by))  # who blocks is folded for the other, too
    if kind is None:
        Distance.objects.filter(member=by, other=other).delete()
        return
    # Two windows at once: whoever comes second finds the row and changes it.
    Distance.objects.bulk_create([Distance(member=by, other=other, kind=kind)], ignore_conflicts=True)
    Distance.objects.filter(member=by, other=other).update(kind=kind)


def _is_of_the_team(member: Member) -> bool:
    """Does this person write here as one of the team, with the role beside their name?"""
    return member.user is not None and has_role(member.user, *BADGES)


def come_near(*, by: Member, distance_id: int) -> None:
    """End a distance of one's own, as the list of them does; one that is gone is fine."""
    Distance.objects.filter(member=by, pk=distance_id).delete()
