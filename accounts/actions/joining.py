"""Joining: what is written beside the account itself."""

from collections.abc import Collection

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction

from accounts import handles, rescue
from accounts.actions.roles import make_first_operator, operator_exists
from accounts.models import Consent, User
from accounts.states import RULES_VERSION, Purpose

INVITE_SALT = "accounts.first_operator"
INVITE_LIVES = 24 * 60 * 60  # seconds


def skeletons_in_use(skeletons: Collection[str]) -> list[str]:
    """Which of these skeletons belong to an account; one query."""
    return list(User.objects.filter(handle_skeleton__in=skeletons).values_list("handle_skeleton", flat=True))


@transaction.atomic
def complete_joining(*, person: User, language: str, seed: int, invite: str = "") -> str:
    """Write down what the person agreed to and make their rescue phrase; returns it, it is kept nowhere.

    With a valid invitation for this handle the person becomes the first operator. Raises
    `signals.NotOnRecord` when that cannot be recorded.
    """
    phrase = rescue.new_phrase(language)
    person.avatar_seed = seed
    person.rescue_hash = make_password(rescue.as_hashed(phrase))
    person.save(update_fields=["avatar_seed", "rescue_hash"])
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, version=RULES_VERSION)
        for purpose in (Purpose.RULES_AND_PRIVACY, Purpose.OF_AGE)
    )
    if invite and invited_handle(invite) == person.handle_skeleton and not operator_exists():
        make_first_operator(person=person)
    return phrase


def make_invite(handle: str) -> str:
    """A signed invitation for the first operator, good for one day and for this handle only."""
    return signing.dumps(handles.skeleton(handle), salt=INVITE_SALT)


def invited_handle(invite: str) -> str | None:
    """The skeleton an invitation is for, or None when it is not ours or too old."""
    try:
        skeleton: str = signing.loads(invite, salt=INVITE_SALT, max_age=INVITE_LIVES)
    except signing.BadSignature:
        return None
    return skeleton
