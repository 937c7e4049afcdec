"""The words of notices this room sends itself."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import notices
from accounts.notices import Words


def recovered(person, subject_id: str) -> Words | None:
    """The rescue phrase of the account was used."""
    if str(person.pk) != subject_id:
        return None
    return Words(_("Your rescue phrase was used to set a new passphrase."), reverse("security"))


def role_given(person, subject_id: str) -> Words | None:
    """A role was given."""
    grant = person.role_grants.filter(pk=subject_id, ended_at=None).first()
    if grant is None:
        return None
    return Words(_("You have a new role: %(role)s.") % {"role": grant.get_role_display()}, reverse("me"))


def register() -> None:
    """Name the resolvers of this room."""
    notices.register_resolver("accounts.recovered", recovered)
    notices.register_resolver("accounts.role_given", role_given)
