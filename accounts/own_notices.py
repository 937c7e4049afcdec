"""The words of notices this room sends itself."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import notices
from accounts.notices import Words
from accounts.states import MailGroup


def recovered(person, subject_id: str) -> Words | None:
    """The rescue phrase of the account was used."""
    if str(person.pk) != subject_id:
        return None
    return Words(_("Your rescue phrase was used to set a new passphrase."), reverse("security"))


def roles_given(person, subject_ids: Sequence[str]) -> dict[str, Words]:
    """The person has new roles, those that did not end since."""
    said = {}
    for grant in person.role_grants.filter(pk__in=subject_ids, ended_at=None):
        text = _("You have a new role: %(role)s.") % {"role": grant.get_role_display()}
        said[str(grant.pk)] = Words(text, reverse("me"))
    return said


def register() -> None:
    """Name the resolvers of this room."""
    notices.register_resolver("accounts.recovered", recovered, mail=MailGroup.SAFETY)
    notices.register_many("accounts.role_given", roles_given, mail=MailGroup.NEVER)
