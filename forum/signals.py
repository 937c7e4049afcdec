"""News from the rooms below that must be on the record, inside the transaction that sends it."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.signals import recorded_act, role_changed
from forum.actions import record
from forum.models import Member
from forum.states import ActorRole


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


@receiver(role_changed)
def write_role_down(sender: Any, *, verb: str, subject: str, by: Any, role: str, **rest: Any) -> bool:
    """A role was given or ended. True means: it is on the record."""
    _append(verb=verb, subject=subject, by=by, role=str(role), acting=ActorRole.OPERATOR)
    return True


@receiver(recorded_act)
def write_act_down(sender: Any, *, verb: str, subject: str, by: Any, role: str, **rest: Any) -> bool:
    """Any other act below the forum. True means: it is on the record."""
    _append(verb=verb, subject=subject, by=by, role=str(role), acting=ActorRole.SYSTEM)
    return True
