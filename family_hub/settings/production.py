"""A real site: refuses to start while a secret is missing, and says which."""

from base64 import b64decode

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import env

DEMO_ALLOWED = False

_needed = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL", "SEAL_KEYS", "RECORD_KEYS", "SITE_URL")
_missing = [name for name in _needed if not env.str(name, default="").strip()]
if _missing:
    raise ImproperlyConfigured(
        "Family Hub cannot start. Set these in the environment (docs/operate.md says how): "
        + ", ".join(_missing)
    )

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL")
CSRF_TRUSTED_ORIGINS = [SITE_URL]


def _is_weak(value: str, least: int) -> bool:
    """Too short, or a value that stands in the source for development and tests, plain or in base64."""
    try:
        decoded = b64decode(value, altchars=b"-_", validate=True)
    except ValueError:
        decoded = b""
    known = (b"dev-only", b"test-only")
    return len(value) < least or any(word in text for word in known for text in (value.encode(), decoded))


_weak = [
    name
    for name, values, least in (
        ("SECRET_KEY", [SECRET_KEY], 50),
        ("SEAL_KEYS", env.list("SEAL_KEYS"), 32),
        ("RECORD_KEYS", env.list("RECORD_KEYS"), 32),
    )
    if any(_is_weak(value, least) for value in values)
]
if _weak:
    raise ImproperlyConfigured(
        "Family Hub cannot start. These are too short, or hold a value everyone can read in its source; "
        "make new ones (docs/operate.md says how): " + ", ".join(_weak)
    )

_mail = env.email_url("EMAIL_URL")
EMAIL_DOOR_BACKEND = _mail.pop("EMAIL_BACKEND")
globals().update(_mail)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env.int("TRUSTED_PROXY_COUNT", default=0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
