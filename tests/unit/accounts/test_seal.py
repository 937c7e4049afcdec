"""Seals: equal for equal addresses, unreadable without the key, of this place only."""

import pytest
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import mail, seal
from accounts.models import User
from accounts.templatetags.accounts_tags import masked

ADDRESS = "Lantern.Row@Example.org"


def test_the_same_address_gives_the_same_seal_in_any_case():
    assert seal.seal(ADDRESS) == seal.seal(" lantern.row@example.ORG ")
    assert seal.unseal(seal.seal(ADDRESS)) == "lantern.row@example.org"


def test_a_seal_is_itself_an_address_in_lower_case_that_fits_the_column():
    for length in (6, 30, 31, 32, 90, 127):
        sealed = seal.seal("a" * (length - 6) + "@b.org" if length > 6 else "a@b.io")
        validate_email(sealed)
        assert sealed == sealed.lower()
        assert len(sealed) <= 254


def test_sealing_twice_changes_nothing():
    assert seal.seal(seal.seal(ADDRESS)) == seal.seal(ADDRESS)


def test_addresses_of_like_length_cannot_be_told_apart_by_it():
    assert len(seal.seal("a@b.org")) == len(seal.seal("lantern.row@example.org"))


def test_too_long_an_address_is_refused_with_words():
    with pytest.raises(seal.AddressRefused) as refused:
        seal.seal("a" * 122 + "@b.org")
    assert "too long" in str(refused.value.message)


def test_another_key_opens_nothing_and_an_old_key_still_opens(settings):
    sealed, locked = seal.seal(ADDRESS), seal.lock(b"words", "here")
    old = settings.SEAL_KEYS
    settings.SEAL_KEYS = ["a new key", *old]
    assert seal.unseal(sealed) == ADDRESS.lower()
    assert seal.unlock(locked, "here") == b"words"
    assert seal.seal(ADDRESS) != sealed
    settings.SEAL_KEYS = ["a new key"]
    for opening in (lambda: seal.unseal(sealed), lambda: seal.unlock(locked, "here")):
        with pytest.raises(seal.CannotOpen):
            opening()


@pytest.mark.parametrize("broken", ["abc@sealed.invalid", "@sealed.invalid", "a1b2@sealed.invalid"])
def test_a_made_up_seal_does_not_open(broken):
    with pytest.raises(seal.CannotOpen):
        seal.unseal(broken)


def test_a_locked_text_opens_only_in_its_place():
    locked = seal.lock(b"", "parked:1:a")
    assert seal.unlock(locked, "parked:1:a") == b""
    with pytest.raises(seal.CannotOpen):
        seal.unlock(locked, "parked:2:a")
    with pytest.raises(seal.CannotOpen):
        seal.unlock(locked[:-1] + bytes([locked[-1] ^ 1]), "parked:1:a")
    with pytest.raises(seal.CannotOpen):
        seal.unlock(b"", "parked:1:a")


def test_a_locked_text_is_never_twice_the_same_and_hides_its_length():
    assert seal.lock(b"a", "x") != seal.lock(b"a", "x")
    assert len(seal.lock(b"a", "x")) == len(seal.lock(b"a" * 200, "x"))
    assert seal.unlock(seal.lock(b"a\x00\x80\x00", "x"), "x") == b"a\x00\x80\x00"


@pytest.mark.django_db
def test_a_clear_address_never_reaches_the_table_of_accounts():
    user = User.objects.create_user("maple", email=ADDRESS)
    assert User.objects.get().email == seal.seal(ADDRESS)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email=ADDRESS)


def test_the_mail_door_opens_seals_and_leaves_the_message_as_it_was():
    sealed = seal.seal(ADDRESS)
    message = EmailMessage("s", "b", to=[sealed, f"Hub <{sealed}>"], bcc=[sealed], cc=["plain@example.org"])
    clear = mail.opened(message)
    assert clear.to == [ADDRESS.lower(), f"Hub <{ADDRESS.lower()}>"]
    assert (clear.bcc, clear.cc) == ([ADDRESS.lower()], ["plain@example.org"])
    assert message.to[0] == sealed


def test_the_backend_hands_opened_messages_to_the_door(settings):
    from django.core import mail as django_mail

    backend = mail.SealedBackend()
    assert backend.send_messages([EmailMessage("s", "b", to=[seal.seal(ADDRESS)])]) == 1
    assert django_mail.outbox[-1].to == [ADDRESS.lower()]


def test_a_page_shows_an_address_masked():
    assert masked(seal.seal(ADDRESS)) == "l…@e…"
    assert masked("made-up@sealed.invalid") == "…"
    assert masked("") == "…"
