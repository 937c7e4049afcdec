"""Ending what a person is signed in to."""

from django.db.models import F

from accounts.models import User


def end_sessions(*, person: User) -> None:
    """End every session of this person, on every device, at their next request."""
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])
