"""Limits on what a person may do here: set for a time and a reason, lifted early. Never by itself.

No rule, report or count sets one (design: forum 2.4): people in panic type fast and use hard words.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import end_sessions
from forum import rules
from forum.actions import record, telling
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.models import Board, Member, ModAction, Sanction
from forum.states import ActorRole, ReasonCode, SanctionEnd, SanctionKind


def sanction_member(
    *,
    by: Member,
    member: Member,
    kind: SanctionKind,
    ends_at: dt.datetime,
    reason_code: str,
    message: str = "",
    note: str = "",
    board: Board | None = None,
    idempotency_key: str,
) -> Sanction:
    """Set a limit for a person until `ends_at`; one of the same kind and board that is in force gives way.

    `board` None is the whole site. A warning stops nothing; its end is how long it is shown. A suspension
    ends every session of the person at once. `message` is for the person, `note` for the team. The same key
    again gives the first answer and nothing more happens. Raises PermissionDenied, Refused, Conflict.
    """
    refuse_unless(may_sanction(by, member))
    earlier = _made_with(idempotency_key, by=by, member=member)
    if earlier:
        return earlier
    kind = SanctionKind(kind)
    _check(kind=kind, ends_at=ends_at, reason_code=reason_code, message=message, board=board)
    try:
        return _sanction(
            by=by,
            member=member,
            kind=kind,
            ends_at=ends_at,
            reason_code=reason_code,
            message=message,
            note=note,
            board=board,
            idempotency_key=idempotency_key,
        )
    except IntegrityError as error:
        earlier = _made_with(idempotency_key, by=by, member=member)
        if earlier is None:
            raise Conflict from error  # a key that belongs to another act
        return earlier


def may_sanction(by: Member, member: Member) -> bool:
    """May this moderator decide about this person? Not about themselves, nor about somebody they know."""
    return rules.may_sanction(by.user, member) and not rules.knows(by.user, member.pk)


def _made_with(key: str, *, by: Member, member: Member) -> Sanction | None:
    return Sanction.objects.filter(
        action__idempotency_key=key, action__actor_id=by.pk, member_id=member.pk
    ).first()


def _check(
    *, kind: SanctionKind, ends_at: dt.datetime, reason_code: str, message: str, board: Board | None
) -> None:
    """Raise Refused with what is missing."""
    now = timezone.now()
    if reason_code not in ReasonCode.values or reason_code == ReasonCode.NONE:
        raise Refused(_("Choose the reason. The person will read it."))
    if reason_code == ReasonCode.OTHER and not message.strip():
        raise Refused(_("Say why in the message: the person reads nothing else."))
    if not now < ends_at <= now + rules.LONGEST_SANCTION:
        raise Refused(_("Choose when it ends: at most a year from now."))
    if board and kind == SanctionKind.SUSPEND:
        raise Refused(_("A suspension is for the whole site. For one board, choose read only."))


@transaction.atomic
def _sanction(
    *,
    by: Member,
    member: Member,
    kind: SanctionKind,
    ends_at: dt.datetime,
    reason_code: str,
    message: str,
    note: str,
    board: Board | None,
    idempotency_key: str,
) -> Sanction:
    # The row of the person is the lock: of two moderators at once, the second replaces the first.
    locked = Member.objects.select_for_update().get(pk=member.pk)
    earlier = _made_with(idempotency_key, by=by, member=locked)
    if earlier:
        return earlier
    now = timezone.now()
    Sanction.objects.filter(member=locked, kind=kind, board=board, ends_at__gt=now, ended_at=None).update(
        ended_at=now, ended_as=SanctionEnd.SUPERSEDED, ended_by=by
    )
    if kind == SanctionKind.SUSPEND and locked.user is not None:
        end_sessions(person=locked.user)
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="sanction_member",
        subject_kind="member",
        subject_id=locked.pk,
        to_state=kind.value,
        reason_code=reason_code,
        message=message,
        note=note,
        idempotency_key=idempotency_key,
    )
    sanction = Sanction.objects.create(
        member=locked,
        kind=kind,
        board=board,
        starts_at=now,
        ends_at=ends_at,
        reason_code=reason_code,
        action=action,
    )
    telling.tell_sanctioned(sanction)
    return sanction


@transaction.atomic
def lift_sanction(*, by: Member, sanction: Sanction, note: str = "") -> ModAction:
    """End a limit before its time. Raises PermissionDenied, Conflict (it is over already)."""
    member = sanction.member
    refuse_unless(rules.may_lift(by.user, sanction) and not rules.knows(by.user, member.pk))
    Member.objects.select_for_update().get(pk=member.pk)
    one(end_early(sanction, by=by))
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="lift_sanction",
        subject_kind="member",
        subject_id=member.pk,
        from_state=sanction.kind,
        note=note,
        reverses_id=sanction.action_id,
    )
    telling.tell_lifted(sanction)
    return action


def end_early(sanction: Sanction, *, by: Member) -> int:
    """Mark a limit that is in force as lifted; returns 0 when it was over already."""
    now = timezone.now()
    return Sanction.objects.filter(pk=sanction.pk, ends_at__gt=now, ended_at=None).update(
        ended_at=now, ended_as=SanctionEnd.LIFTED, ended_by=by
    )
