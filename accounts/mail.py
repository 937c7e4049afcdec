"""The one place that opens sealed addresses: just before a message leaves."""

import copy
import logging
from collections.abc import Sequence
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts import seal

logger = logging.getLogger(__name__)


class SealedBackend(BaseEmailBackend):
    """Opens the seals of every recipient, then hands the message to the backend EMAIL_DOOR_BACKEND names."""

    def __init__(self, fail_silently: bool = False, **kwargs) -> None:
        super().__init__(fail_silently=fail_silently)
        self.door = get_connection(settings.EMAIL_DOOR_BACKEND, fail_silently=fail_silently, **kwargs)

    def open(self) -> bool | None:
        """Open the connection of the real backend."""
        return self.door.open()

    def close(self) -> None:
        """Close the connection of the real backend."""
        self.door.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send copies with clear recipients; the messages passed in keep their seals."""
        return self.door.send_messages([opened(message) for message in email_messages]) or 0


def opened(message: EmailMessage) -> EmailMessage:
    """A copy of the message whose recipients can be delivered to. Raises `seal.CannotOpen`."""
    clear = copy.copy(message)
    for field in ("to", "cc", "bcc"):
        setattr(clear, field, [_clear(address) for address in getattr(message, field)])
    return clear


def _clear(address: str) -> str:
    name, sealed = parseaddr(address)
    return formataddr((name, seal.unseal(sealed))) if name else seal.unseal(address)
