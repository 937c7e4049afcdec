"""Sanctions and appeals: what a restraint stops, who may set, lift and judge one.

A sanction is a row with an end. "In force" is a question of time asked of the database, never a stored flag.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.rules import has_role
from accounts.states import Role
from forum.rules.limits import APPEAL_WINDOW
from forum.rules.seeing import may_moderate
from forum.states import SanctionKind

KEPT_AS = "_restraints_of_this_request"


@dataclass(frozen=True)
class Restraint:
    """A sanction in force, as the rules need it; `board_id` is None for the whole site."""

    kind: SanctionKind
    ends_at: dt.datetime
    reason_code: str
    board_id: int | None = None


def restraints_of(user: Any) -> tuple[Restraint, ...]:
    """The sanctions in force for this person now; one query for each user object, so one for each request."""
    if not user.is_authenticated:
        return ()
    held: tuple[Restraint, ...] | None = getattr(user, KEPT_AS, None)
    if held is None:
        now = timezone.now()
        rows = user.__class__._default_manager.filter(
            pk=user.pk,
            member__sanctions__starts_at__lte=now,
            member__sanctions__ends_at__gt=now,
            member__sanctions__ended_at=None,
        ).values_list(
            "member__sanctions__kind",
            "member__sanctions__ends_at",
            "member__sanctions__reason_code",
            "member__sanctions__board_id",
        )
        held = tuple(
            Restraint(SanctionKind(kind), ends_at, reason, board) for kind, ends_at, reason, board in rows
        )
        setattr(user, KEPT_AS, held)
    return held


def forget_restraints(user: Any) -> None:
    """Ask the database again the next time: for the moment after a sanction was set or lifted."""
    if hasattr(user, KEPT_AS):
        delattr(user, KEPT_AS)


def _longest(
    restraints: Iterable[Restraint], kinds: set[SanctionKind], board_id: int | None
) -> Restraint | None:
    fitting = [one for one in restraints if one.kind in kinds and one.board_id in {None, board_id}]
    return max(fitting, key=lambda one: one.ends_at, default=None)


def stops_writing(restraints: Iterable[Restraint], *, board_id: int | None = None) -> Restraint | None:
    """The restraint that keeps this person from writing here, the longest one; None when none does."""
    return _longest(restraints, {SanctionKind.READ_ONLY, SanctionKind.SUSPEND}, board_id)


def stops_all(restraints: Iterable[Restraint]) -> Restraint | None:
    """The suspension in force: what stays is help, lessons, the own account, and the appeal."""
    return _longest(restraints, {SanctionKind.SUSPEND}, None)


def holds_posts(restraints: Iterable[Restraint], *, board_id: int | None = None) -> bool:
    """Are this person's posts read first, whatever their trust?"""
    return _longest(restraints, {SanctionKind.PREMODERATE}, board_id) is not None


def may_sanction(user: Any, member: Any) -> bool:
    """The team decides about other people, never about themselves, nor one moderator about another."""
    if not may_moderate(user) or member.user_id == user.pk:
        return False
    if member.user is not None and may_moderate(member.user):
        return has_role(user, Role.SAFETY_LEAD)
    return True


def may_lift(user: Any, sanction: Any) -> bool:
    """Whoever may set one may lift it early."""
    return may_sanction(user, sanction.member)


def may_appeal(
    user: Any,
    *,
    member: Any,
    decided_at: dt.datetime,
    window: dt.timedelta = APPEAL_WINDOW,
    now: dt.datetime | None = None,
) -> bool:
    """The person a decision was about may ask someone else to look, within the window."""
    if not user.is_authenticated or not user.is_active or member.user_id != user.pk:
        return False
    return (now or timezone.now()) <= decided_at + window


def may_decide_appeal(user: Any, *, member: Any, first_decider_id: int | None, decider_id: int) -> bool:
    """Somebody else than the first decider and the person it is about (invariant I6)."""
    return may_moderate(user) and decider_id != first_decider_id and member.user_id != user.pk


def may_answer_escalations(user: Any) -> bool:
    """The clinician on call, and the safety lead when nobody else is there."""
    return has_role(user, Role.ON_CALL_CLINICIAN, Role.SAFETY_LEAD)


def may_change_house_rules(user: Any) -> bool:
    """Targets, hours, boards and watched phrases: the team runs them."""
    return may_moderate(user) or has_role(user, Role.OPERATOR)


def may_read_figures(user: Any) -> bool:
    """How moderation goes, in numbers of the queue: the team, and the operators who give it its hours."""
    return may_moderate(user) or has_role(user, Role.OPERATOR)
