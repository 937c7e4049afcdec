"""People with an address of their own, and what came to it."""

import re

from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts import actions, outbox, seal
from accounts.models import MailChoices
from accounts.states import Digest

NOTHING_CHOSEN = {
    "decisions": True,
    "answers": False,
    "replies": False,
    "digest": Digest.NONE,
    "digest_day": 0,
    "quiet_from": None,
    "quiet_until": None,
    "time_zone": "",
}


def gives_address(person, address: str = "") -> None:
    """This person confirmed an address."""
    sealed = seal.seal(address or f"{person.user.username}@example.org")
    EmailAddress.objects.create(user=person.user, email=sealed, verified=True, primary=True)


def chooses(person, **wishes) -> MailChoices:
    """This person chose so on the page of their mail."""
    actions.choose_mail(by=person.user, wishes=actions.Wishes(**NOTHING_CHOSEN | wishes))
    return MailChoices.objects.get(person=person.user)


def mails_of(person) -> list:
    """What came to this person so far, the worker having sent what is due."""
    while outbox.drain():
        pass
    address = f"{person.user.username}@example.org"
    return [message for message in mail.outbox if address in [seal.unseal(to) for to in message.to]]


def stop_link(message) -> str:
    """The path in the mail that ends such mail."""
    found = re.search(r"(/me/mail/stop/\S+)", message.body)
    assert found, message.body
    return found[1]


def waiting_hours(row) -> float:
    """In how many hours a message may go."""
    row.refresh_from_db()
    return (row.not_before - timezone.now()).total_seconds() / 3600
