"""Roles: given and ended by operators, on the record."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notices, rules, signals
from accounts.actions.refusals import ActRefused
from accounts.models import RoleGrant, User
from accounts.states import Role

LAST_OPERATOR = _("You are the only operator. Make someone else an operator first.")


def grant_role(*, to: User, role: str, by: User) -> RoleGrant:
    """Give a role, on the record. Giving it again changes nothing and returns the grant that stands.

    Raises `PermissionDenied` unless `by` is an operator, `signals.NotOnRecord` when nobody records it.
    """
    _refuse_unless(rules.may_change_roles(by))
    return _grant(to=to, role=role, by=by)


@transaction.atomic
def make_first_operator(*, person: User) -> RoleGrant:
    """Make the first operator, on the record. Raises `ActRefused` once there is one."""
    if operator_exists():
        raise ActRefused(_("This site has an operator already."))
    return _grant(to=person, role=Role.OPERATOR, by=person)


@transaction.atomic
def revoke_role(*, to: User, role: str, by: User) -> None:
    """End a role, on the record; ending one that is not held changes nothing.

    Raises `PermissionDenied`, `signals.NotOnRecord`, and `ActRefused` for the last operator.
    """
    _refuse_unless(rules.may_change_roles(by))
    role = Role(role)
    if role == Role.OPERATOR:
        others = list(_operators().select_for_update().exclude(person=to))
        if not others:
            raise ActRefused(LAST_OPERATOR)
    ended = RoleGrant.objects.filter(person=to, role=role, ended_at=None).update(
        ended_at=timezone.now(), ended_by=by
    )
    if ended:
        _record("revoke_role", to=to, role=role, by=by)


def operator_exists() -> bool:
    """Whether someone with an open account is an operator."""
    return _operators().exists()


def _operators() -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(role=Role.OPERATOR, ended_at=None, person__is_active=True)


def _grant(*, to: User, role: str, by: User) -> RoleGrant:
    role = Role(role)
    try:
        with transaction.atomic():
            held = RoleGrant.objects.filter(person=to, role=role, ended_at=None).first()
            if held:
                return held
            grant = RoleGrant.objects.create(person=to, role=role, granted_by=by)
            _record("grant_role", to=to, role=role, by=by)
            notices.notify(
                person=to,
                kind="accounts.role_given",
                subject_id=str(grant.pk),
                dedupe_key=f"accounts.role_given:{grant.pk}",
            )
            return grant
    except IntegrityError:
        return RoleGrant.objects.get(person=to, role=role, ended_at=None)


def _record(verb: str, *, to: User, role: Role, by: User) -> None:
    rules.forget_roles(to)
    rules.forget_roles(by)
    signals.put_on_record(
        signals.role_changed,
        sender=RoleGrant,
        verb=verb,
        subject=f"account:{to.pk}",
        to=to,
        role=str(role),
        by=by,
    )


def _refuse_unless(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
