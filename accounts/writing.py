"""Text is never lost: the token a writing form carries, and the place a text waits when the session is gone.

A form for a member carries `make_token(user=…, place=…)`. A POST without a session hands token and fields to
`park`; after sign-in the form at that place asks `claim`. Nothing of it is stored in the browser.
"""

import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from accounts import seal
from accounts.models import ParkedText, User

SALT = "accounts.writing"
TOKEN_LIVES = timedelta(hours=24)
PARKED_LIVES = timedelta(hours=1)
LONGEST_PARKED = 60_000  # characters of all fields together; a post has at most 10,000
SESSION_KEY = "parked"


class TokenRefused(ValueError):
    """Not a token of this site, changed, or older than a day."""


class TooMuchText(ValueError):
    """More text than any form of this site takes."""


@dataclass(frozen=True)
class WritingToken:
    """Who was given the form, for which place, and the key that makes sending it twice one act."""

    user_id: int
    place: str
    key: str


@dataclass(frozen=True)
class Parked:
    """What a member typed when their session was gone: the fields, the key of their form, and when it was."""

    fields: dict
    key: str
    at: datetime


def make_token(*, user, place: str, key: str = "") -> str:
    """A signed token for this member and place (for instance the form's path), good for 24 hours.

    `key` goes on with an earlier form: what that one sent, this one sends again and not twice.
    """
    key = key or str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    return signing.dumps([user.pk, place, key], salt=SALT)


def read_token(token: str) -> WritingToken:
    """What a token says; raises `TokenRefused`. Compare `user_id` and `place` with the request yourself."""
    try:
        user_id, place, key = signing.loads(token, salt=SALT, max_age=TOKEN_LIVES)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TokenRefused("bad writing token") from error
    return WritingToken(user_id=user_id, place=place, key=key)


def park(*, token: str, data: dict) -> str:
    """Keep the fields sealed for one hour for the token's member; returns the key of the parked text.

    Call it only when the request has no session of that member, and put the key into the visitor's session
    (`request.session[writing.SESSION_KEY] = key`) so that Leave can drop it. Parking the same token again
    replaces the text. Raises `TokenRefused`, `TooMuchText`.
    """
    ticket = read_token(token)
    if not User.objects.filter(pk=ticket.user_id, is_active=True).exists():
        raise TokenRefused("no such member")
    raw = json.dumps(data, default=str, ensure_ascii=False)
    if len(raw) > LONGEST_PARKED:
        raise TooMuchText("too long to park")
    ParkedText.objects.update_or_create(
        key=ticket.key,
        defaults={
            "person_id": ticket.user_id,
            "place": ticket.place,
            "sealed": seal.lock(raw.encode(), _context(ticket.user_id, ticket.key)),
            "expires_at": timezone.now() + PARKED_LIVES,
        },
    )
    return ticket.key


def claim(*, user, place: str) -> dict | None:
    """The fields this member parked at this place within the hour, newest first, or None."""
    parked = parked_at(user=user, place=place)
    return parked.fields if parked else None


def parked_at(*, user, place: str) -> Parked | None:
    """What this member parked at this place within the hour, newest first, or None.

    Reading changes nothing, so a reload shows the text again; call `drop` when it was sent or put away.
    """
    parked = (
        ParkedText.objects.filter(person_id=user.pk, place=place, expires_at__gt=timezone.now())
        .order_by("-expires_at", "-pk")
        .first()
    )
    if parked is None:
        return None
    try:
        fields: dict = json.loads(seal.unlock(bytes(parked.sealed), _context(parked.person_id, parked.key)))
    except seal.CannotOpen:
        return None
    return Parked(fields, parked.key, parked.expires_at - PARKED_LIVES)


def drop(*, user, place: str, keys: Iterable[str] | None = None) -> None:
    """Forget what this member parked at this place: it was sent, or they put it away.

    With `keys` only the texts of those forms: what another window parked waits on.
    """
    parked = ParkedText.objects.filter(person_id=user.pk, place=place)
    if keys is not None:
        parked = parked.filter(key__in=list(keys))
    parked.delete()


def drop_for_leave(session) -> None:
    """Forget the text this browser parked; for Leave, before the session is ended."""
    key = session.get(SESSION_KEY)
    if key:
        ParkedText.objects.filter(key=key).delete()


def purge_expired() -> None:
    """Delete parked texts whose hour is over; a job of the worker."""
    ParkedText.objects.filter(expires_at__lte=timezone.now()).delete()


def _context(user_id: int, key: str) -> str:
    return f"parked:{user_id}:{key}"
