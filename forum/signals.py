"""News from the rooms below that must be on the record, inside the transaction that sends it."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import recorded_act, role_changed
from forum.actions import record
from forum.badges import forget_badges
from forum.models import Member, Sanction
from forum.states import ActorRole, SanctionKind

#: In the session of somebody who signed in while suspended (forum.middleware).
SUSPENDED = "suspended"


def _append(*, verb: str, subject: str, by: Any, role: str, acting: ActorRole) -> None:
    kind, _separator, number = subject.partition(":")
    record.append(
        by=Member.objects.for_user(by) if by is not None else None,
        role=acting,
        verb=verb,
        subject_kind=kind,
        subject_id=number,
        reason_code=role[:20],
    )


@receiver(user_signed_up)
def make_member(sender: Any, *, user: Any, **rest: Any) -> None:
    """The forum's side of a new account, made at joining so that a first visit writes nothing."""
    Member.objects.for_user(user)


@receiver(user_logged_in)
def mark_suspended(sender: Any, *, request: Any, user: Any, **rest: Any) -> None:
    """A suspended person's new session says so, so that no other session need be asked about it."""
    suspended = Sanction.objects.filter(
        member__user=user, kind=SanctionKind.SUSPEND, board=None, ended_at=None, ends_at__gt=timezone.now()
    )
    if suspended.exists():
        request.session[SUSPENDED] = True


@receiver(role_changed)
def write_role_down(sender: Any, *, verb: str, subject: str, by: Any, role: str, **rest: Any) -> bool:
    """A role was given or ended. True means: it is on the record."""
    _append(verb=verb, subject=subject, by=by, role=str(role), acting=ActorRole.OPERATOR)
    forget_badges()
    transaction.on_commit(forget_badges)  # somebody may have looked before the commit
    return True


@receiver(recorded_act)
def write_act_down(sender: Any, *, verb: str, subject: str, by: Any, role: str, **rest: Any) -> bool:
    """Any other act below the forum. True means: it is on the record."""
    _append(verb=verb, subject=subject, by=by, role=str(role), acting=ActorRole.SYSTEM)
    return True
