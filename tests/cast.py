"""The cast: a fixed set of people with plain parts, made only when a test names them.

Each fixture is a Django test client signed in as that person, with `.user` (and `.member`, the forum's side):

    def test_a_stranger_does_not_see_a_held_post(asks, stranger): ...

visitor           nobody signed in
asks, newcomer    members at trust 0, whose posts wait for a person
answers, stranger members at trust 1
moderator, second_moderator, safety_lead, author, reviewer, operator   people with that one role
"""

from collections.abc import Callable

import pytest
from django.test import Client

PASSPHRASE = "a quiet river at dawn"


class Person(Client):
    """A signed-in browser, and who sits before it."""

    def __init__(self, user=None, **defaults) -> None:
        super().__init__(**defaults)
        self.user = user
        if user is not None:
            self.force_login(user)

    @property
    def member(self):
        """The forum's side of this person, read anew each time."""
        from forum.models import Member

        return Member.objects.for_user(self.user)

    def anew(self) -> "Person":
        """The same person in another browser."""
        return Person(type(self.user)._default_manager.get(pk=self.user.pk) if self.user else None)


def make_user(handle: str, *, trust: int = 0):
    """A member as joining leaves them, at a forum trust of `trust`."""
    from accounts.models import User
    from forum.models import Member

    user = User.objects.create_user(username=handle, password=PASSPHRASE)
    if trust:
        Member.objects.for_user(user)
        Member.objects.filter(user=user).update(trust=trust)
    return user


def make_first_operator():
    """The operator of this test, made on first need: only an operator gives roles."""
    from accounts import actions
    from accounts.models import User

    user = User.objects.filter(username="operator").first()
    if user is None:
        user = make_user("operator")
        actions.make_first_operator(person=user)
    return user


def make_person(handle: str, *, trust: int = 0, role: str | None = None) -> Person:
    """A signed-in person, with the role named. Roles go through the action, so they are on the record."""
    from accounts import actions
    from accounts.models import User

    user = make_user(handle, trust=trust)
    if role is not None:
        actions.grant_role(to=user, role=role, by=make_first_operator())
        user = User.objects.get(pk=user.pk)
    return Person(user)


@pytest.fixture
def person(db) -> Callable[..., Person]:
    """Makes further people: `person("quiet-oak", trust=1)`, `person("heron", role="author")`."""
    return make_person


@pytest.fixture
def visitor() -> Person:
    return Person()


@pytest.fixture
def asks(db) -> Person:
    return make_person("asks")


@pytest.fixture
def newcomer(db) -> Person:
    return make_person("newcomer")


@pytest.fixture
def answers(db) -> Person:
    return make_person("answers", trust=1)


@pytest.fixture
def stranger(db) -> Person:
    return make_person("stranger", trust=1)


@pytest.fixture
def moderator(db) -> Person:
    return make_person("moderator", role="moderator")


@pytest.fixture
def second_moderator(db) -> Person:
    return make_person("second-moderator", role="moderator")


@pytest.fixture
def safety_lead(db) -> Person:
    return make_person("safety-lead", role="safety_lead")


@pytest.fixture
def author(db) -> Person:
    return make_person("author", role="author")


@pytest.fixture
def reviewer(db) -> Person:
    return make_person("reviewer", role="clinical_reviewer")


@pytest.fixture
def operator(db) -> Person:
    return Person(make_first_operator())
