"""Roles: who may give them, one query a request, and never off the record."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import actions, rules, signals
from accounts.models import RoleGrant, User
from accounts.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def _recorded():
    """Someone writes every act down."""

    def receiver(sender, **act):
        return True

    signals.role_changed.connect(receiver)
    yield
    signals.role_changed.disconnect(receiver)


@pytest.fixture
def operator(_recorded) -> User:
    user = User.objects.create_user("operator-one")
    actions.make_first_operator(person=user)
    return user


@pytest.fixture
def maple() -> User:
    return User.objects.create_user("maple")


def test_a_member_and_a_visitor_hold_no_role(maple):
    for who in (maple, AnonymousUser(), None):
        assert not rules.has_role(who, *Role.values)
        assert not rules.is_staff_member(who)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_is_held_from_grant_to_end(operator, maple, role):
    actions.grant_role(to=maple, role=role, by=operator)
    assert rules.has_role(maple, role)
    assert not rules.has_role(maple, *(set(Role.values) - {role}))
    actions.revoke_role(to=maple, role=role, by=operator)
    assert not rules.has_role(maple, role)
    assert RoleGrant.objects.filter(person=maple).count() == 1


def test_a_closed_account_holds_no_role(operator, maple):
    actions.grant_role(to=maple, role=Role.MODERATOR, by=operator)
    maple.is_active = False
    assert not rules.has_role(maple, Role.MODERATOR)


def test_asking_many_times_costs_one_query(operator, maple):
    with CaptureQueriesContext(connection) as queries:
        for role in Role.values:
            rules.has_role(maple, role)
    assert len(queries) == 1


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.OPERATOR])
def test_only_an_operator_gives_or_ends_roles(operator, maple, role):
    other = User.objects.create_user("heron")
    actions.grant_role(to=other, role=role, by=operator)
    for act in (actions.grant_role, actions.revoke_role):
        with pytest.raises(PermissionDenied):
            act(to=maple, role=Role.OPERATOR, by=other)
    assert not rules.is_staff_member(maple)


def test_there_is_one_first_operator(operator, maple):
    with pytest.raises(actions.ActRefused):
        actions.make_first_operator(person=maple)


def test_an_unknown_role_is_refused_by_action_and_database(operator, maple):
    with pytest.raises(ValueError, match="king"):
        actions.grant_role(to=maple, role="king", by=operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=maple, role="king")


def test_the_database_lets_a_role_be_held_once(operator, maple):
    actions.grant_role(to=maple, role=Role.AUTHOR, by=operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=maple, role=Role.AUTHOR)


def listens(sender, **act):
    return None


def fails(sender, **act):
    raise RuntimeError


@pytest.mark.parametrize(
    ("receivers", "error"),
    [([], signals.NotOnRecord), ([listens], signals.NotOnRecord), ([fails], RuntimeError)],
)
def test_an_act_nobody_records_does_not_happen(operator, maple, receivers, error, monkeypatch):
    actions.grant_role(to=maple, role=Role.AUTHOR, by=operator)
    monkeypatch.setattr(signals.role_changed, "receivers", [])
    signals.role_changed.sender_receivers_cache.clear()
    for receiver in receivers:
        signals.role_changed.connect(receiver)
    with pytest.raises(error):
        actions.grant_role(to=maple, role=Role.MODERATOR, by=operator)
    with pytest.raises(error):
        actions.revoke_role(to=maple, role=Role.AUTHOR, by=operator)
    signals.role_changed.sender_receivers_cache.clear()
    rules.forget_roles(maple)
    assert rules.roles_of(maple) == {Role.AUTHOR}


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused():
    with pytest.raises(signals.NotOnRecord):
        signals.put_on_record(signals.recorded_act, sender=None, verb="x", subject="y", by=None, role="z")
