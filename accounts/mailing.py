"""Which news go by mail as well, as each person chose.

A kind of news belongs to one group, named where its words are registered. Mail for a person's safety always
goes; all other is chosen. It is asked when a message is written down, so that nothing waits for who wants
nothing, and once more when it is sent, for who changed their mind.
"""

import datetime as dt
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import hours
from accounts.models import MailChoices
from accounts.states import Digest, MailGroup

#: The groups a person chooses among.
CHOSEN = (MailGroup.DECISIONS, MailGroup.ANSWERS, MailGroup.REPLIES)

_SIGNER = Signer(sep=".", salt="accounts.stop_mail")
_groups: dict[str, MailGroup] = {}


def put_in_group(kind: str, group: MailGroup) -> None:
    """Say to which choice a kind of news belongs."""
    _groups[kind] = group


def group_of(kind: str) -> MailGroup:
    """The group of a kind; what nobody registered is not mailed."""
    return _groups.get(kind, MailGroup.NEVER)


def is_optional(kind: str) -> bool:
    """Can a person turn this off, and do quiet hours hold it back?"""
    return group_of(kind) != MailGroup.SAFETY


def choices_of(person: Any) -> MailChoices:
    """What this person chose; the defaults, not stored, while they chose nothing."""
    return MailChoices.objects.filter(person_id=person.pk).first() or MailChoices(person_id=person.pk)


def wants(choices: MailChoices, kind: str) -> bool:
    """Does who chose this want the kind by mail?"""
    group = group_of(kind)
    if group == MailGroup.SAFETY:
        return True
    if group == MailGroup.DIGEST:
        return choices.digest != Digest.NONE
    return group in CHOSEN and bool(getattr(choices, group))


def wants_column(*, person: str, group: MailGroup) -> Exists:
    """Did a person turn on a group that is off by default, and have they an address, as part of a query?

    `person` names the account's id there.
    """
    on = {str(group): True, "person__emailaddress__verified": True}
    return Exists(MailChoices.objects.filter(person_id=OuterRef(person), **on))


def quiet_ends(choices: MailChoices, now: dt.datetime) -> dt.datetime | None:
    """When this person's quiet hours are over, or None while it is not quiet."""
    return hours.quiet_ends(
        now,
        quiet_from=choices.quiet_from,
        quiet_until=choices.quiet_until,
        where=hours.zone(choices.time_zone),
    )


def stop_address(person: Any) -> str:
    """The path that ends this person's optional mail; it names no person, and works without signing in."""
    token = MailChoices.objects.filter(person_id=person.pk).values_list("stop_token", flat=True).first()
    if token is None:
        token = MailChoices.objects.get_or_create(person_id=person.pk)[0].stop_token
    return reverse("stop_mail", args=[_SIGNER.sign(token)])


def read_stop_token(signed: str) -> str | None:
    """The token of a link that we made; None for any other."""
    try:
        return _SIGNER.unsign(signed)
    except BadSignature:
        return None
