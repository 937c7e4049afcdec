"""Sealed text: e-mail addresses (the same one gives the same seal), and all else (never the same twice).

Keys come from SEAL_KEYS, newest first. From each, one key a purpose is derived, so that one never opens the
other's text. Equal addresses give equal seals, because sign-in must find them.
Honest limit: with the keys on the same server this protects dumps and backups, not a taken-over host.
"""

import base64
import binascii
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

SEALED_DOMAIN = "@sealed.invalid"
LONGEST_ADDRESS = 128  # bytes; sealed it must still fit the 254 characters of an e-mail column
ADDRESS_STEP = 32  # padding, so that the seal hardly tells how long the address is
TEXT_STEP = 256
VERSION = b"\x01"
NONCE_BYTES = 12


class AddressRefused(ValueError):
    """An address that cannot be sealed; `.message` is for the person."""

    def __init__(self, message) -> None:
        super().__init__(str(message))
        self.message = message


class CannotOpen(ValueError):
    """No key of this site opens the text: another key made it, or it was changed or moved."""


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"family-hub " + purpose).derive(
        secret.encode()
    )


def _keys(purpose: bytes, length: int) -> list[bytes]:
    if not settings.SEAL_KEYS:
        raise ImproperlyConfigured("SEAL_KEYS is empty: nothing can be sealed or opened.")
    return [_derived(secret, purpose, length) for secret in settings.SEAL_KEYS]


def _padded(raw: bytes, step: int) -> bytes:
    return raw + b"\x80" + b"\x00" * (-(len(raw) + 1) % step)


def _unpadded(raw: bytes) -> bytes:
    return raw.rstrip(b"\x00")[:-1]


def is_sealed(text: str) -> bool:
    """Whether the text has the form of a sealed address."""
    return text.endswith(SEALED_DOMAIN)


def seal(address: str) -> str:
    """The sealed form of an e-mail address, itself a valid address; a sealed one stays as it is.

    Raises `AddressRefused` when the address is longer than 127 bytes.
    """
    if not address or is_sealed(address):
        return address
    raw = address.strip().lower().encode()
    if len(raw) >= LONGEST_ADDRESS:
        raise AddressRefused(_("This e-mail address is too long for us to keep. Please use a shorter one."))
    sealed = AESSIV(_keys(b"email", 64)[0]).encrypt(_padded(raw, ADDRESS_STEP), [b"email"])
    return base64.b32encode(sealed).decode().rstrip("=").lower() + SEALED_DOMAIN


def unseal(text: str) -> str:
    """The address behind a seal. A text without the seal's form is returned as it is. Raises `CannotOpen`."""
    if not text or not is_sealed(text):
        return text
    code = text.removesuffix(SEALED_DOMAIN).upper()
    try:
        raw = base64.b32decode(code + "=" * (-len(code) % 8))
    except binascii.Error as error:
        raise CannotOpen("not a sealed address") from error
    for key in _keys(b"email", 64):
        try:
            return _unpadded(AESSIV(key).decrypt(raw, [b"email"])).decode()
        except InvalidTag:
            continue
    raise CannotOpen("no key opens this address")


def lock(raw: bytes, context: str) -> bytes:
    """Seal bytes for one place; `context` (for instance "parked:<id>") must be the same to open them."""
    nonce = os.urandom(NONCE_BYTES)
    return (
        VERSION
        + nonce
        + AESGCM(_keys(b"text", 32)[0]).encrypt(nonce, _padded(raw, TEXT_STEP), context.encode())
    )


def unlock(sealed: bytes, context: str) -> bytes:
    """Open what `lock` sealed for this context. Raises `CannotOpen`."""
    version, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if version != VERSION or len(nonce) != NONCE_BYTES:
        raise CannotOpen("not a sealed text of this site")
    for key in _keys(b"text", 32):
        try:
            return _unpadded(AESGCM(key).decrypt(nonce, body, context.encode()))
        except InvalidTag:
            continue
    raise CannotOpen("no key opens this text")
