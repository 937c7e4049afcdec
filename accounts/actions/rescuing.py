"""The rescue phrase: used once, then replaced."""

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import handles, notices, rescue
from accounts.actions.refusals import ActRefused
from accounts.models import User

# One answer for a wrong phrase, an unknown name and a closed account.
NO_MATCH = _("That name and rescue phrase do not match. Please check each word and try again.")


def recover(*, handle: str, phrase: str, new_passphrase: str, language: str) -> tuple[User, str]:
    """Set a new passphrase for who knows the rescue phrase; returns the person and their next phrase.

    All sessions end (they depend on the passphrase); a second factor stays. Raises `ActRefused`. Known and
    unknown names cost the same: one query, one hash computation.
    """
    person = User.objects.filter(handle_skeleton=handles.skeleton(handle), is_active=True).first()
    kept = person.rescue_hash if person else ""
    if not check_password(rescue.as_hashed(phrase), kept) or person is None:
        raise ActRefused(NO_MATCH)
    next_phrase = rescue.new_phrase(language)
    with transaction.atomic():
        won = User.objects.filter(pk=person.pk, rescue_hash=kept).update(
            password=make_password(new_passphrase),
            rescue_hash=make_password(rescue.as_hashed(next_phrase)),
            rescue_kept_at=None,
        )
        if not won:
            raise ActRefused(NO_MATCH)
        notices.notify(
            person=person,
            kind="accounts.recovered",
            subject_id=str(person.pk),
            dedupe_key=f"accounts.recovered:{person.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        )
    person.refresh_from_db()
    return person, next_phrase


def replace_rescue_phrase(*, by: User, language: str) -> str:
    """A new rescue phrase for the person themself; the old one no longer works. Returns it, kept nowhere."""
    phrase = rescue.new_phrase(language)
    by.rescue_hash = make_password(rescue.as_hashed(phrase))
    by.rescue_kept_at = None
    by.save(update_fields=["rescue_hash", "rescue_kept_at"])
    return phrase


def keep_rescue_phrase(*, by: User) -> None:
    """The person says that they have kept their phrase."""
    User.objects.filter(pk=by.pk, rescue_kept_at=None).update(rescue_kept_at=timezone.now())
