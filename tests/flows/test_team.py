"""An operator gives and ends roles at /team/, on the record."""

import pytest

from accounts import signals
from accounts.models import RoleGrant, User
from accounts.states import Role
from forum.models import ModAction
from tests.cast import make_person

TEAM = "/team/"

pytestmark = pytest.mark.django_db


def give(client, handle="answers", role="moderator"):
    return client.post(TEAM, {"handle": handle, "role": role})


def test_an_operator_gives_a_role_and_it_is_on_the_record(operator, answers):
    before = ModAction.objects.count()
    assert give(operator)["Location"] == TEAM
    grant = RoleGrant.objects.get(person=answers.user)
    assert (grant.role, grant.granted_by, grant.ended_at) == (Role.MODERATOR, operator.user, None)
    assert ModAction.objects.count() == before + 1
    assert "answers" in operator.get(TEAM).content.decode()


def test_the_person_is_told(operator, answers):
    give(operator)
    assert "You have a new role: Moderator." in answers.get("/me/notices/").content.decode()


def test_giving_it_twice_changes_nothing_and_records_once(operator, answers):
    before = ModAction.objects.count()
    give(operator)
    give(operator)
    assert RoleGrant.objects.filter(person=answers.user).count() == 1
    assert ModAction.objects.count() == before + 1


def test_an_operator_ends_a_role_and_it_is_on_the_record(operator, moderator):
    grant = RoleGrant.objects.get(person=moderator.user)
    before = ModAction.objects.count()
    assert operator.post(f"{TEAM}{grant.pk}/end/")["Location"] == TEAM
    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert grant.ended_by == operator.user
    assert ModAction.objects.count() == before + 1
    operator.post(f"{TEAM}{grant.pk}/end/")
    assert ModAction.objects.count() == before + 1


def test_the_last_operator_cannot_end_their_own_role(operator):
    grant = RoleGrant.objects.get(person=operator.user)
    page = operator.post(f"{TEAM}{grant.pk}/end/", follow=True).content.decode()
    assert "only operator" in page
    grant.refresh_from_db()
    assert grant.ended_at is None


def test_with_two_operators_one_can_be_ended(operator):
    second = make_person("second-operator", role="operator")
    grant = RoleGrant.objects.get(person=second.user)
    operator.post(f"{TEAM}{grant.pk}/end/")
    assert second.get(TEAM).status_code == 404


@pytest.mark.parametrize(
    ("handle", "role"), [("nobody", "moderator"), ("answers", "king"), ("", "moderator")]
)
def test_an_unknown_name_or_role_is_refused_and_what_was_typed_is_kept(operator, answers, handle, role):
    response = give(operator, handle, role)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert not RoleGrant.objects.filter(person=answers.user).exists()


@pytest.mark.parametrize("who", ["answers", "moderator", "safety_lead", "author", "reviewer"])
def test_for_everyone_else_the_page_does_not_exist(request, operator, who):
    person = request.getfixturevalue(who)
    grant = RoleGrant.objects.filter(role=Role.OPERATOR).get()
    made_up = person.get("/team/999999/nothing/")
    address = f"{TEAM}{grant.pk}/end/"
    for response in (
        person.get(TEAM),
        person.put(TEAM),
        give(person),
        person.post(address),
        person.get(address),
    ):
        assert response.status_code == 404
        assert response.status_code == made_up.status_code
    grant.refresh_from_db()
    assert grant.ended_at is None


def test_the_wrong_method_is_refused(operator):
    assert operator.put(TEAM).status_code == 405
    assert operator.get(f"{TEAM}1/end/").status_code == 405


def test_an_unknown_grant_is_not_there(operator):
    assert operator.post(f"{TEAM}999999/end/").status_code == 404


def test_a_role_that_cannot_be_recorded_is_not_given(operator, answers, monkeypatch):
    monkeypatch.setattr(signals.role_changed, "receivers", [])
    signals.role_changed.sender_receivers_cache.clear()
    operator.raise_request_exception = False
    assert give(operator).status_code == 500
    assert not RoleGrant.objects.filter(person=answers.user).exists()
    signals.role_changed.sender_receivers_cache.clear()


def test_the_page_costs_the_same_for_one_and_for_twenty_people(operator, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    operator.get(TEAM)
    with CaptureQueriesContext(connection) as few:
        operator.get(TEAM)
    for number in range(20):
        RoleGrant.objects.create(person=User.objects.create_user(f"oak{number}"), role=Role.WELCOMER)
    with django_assert_num_queries(len(few)):
        operator.get(TEAM)
