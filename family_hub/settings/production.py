"""A real site: refuses to start while a secret is missing, and says which."""

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

_dev_values = [
    value for value in (SECRET_KEY, *env.list("SEAL_KEYS"), *env.list("RECORD_KEYS")) if "dev-only" in value
]
if _dev_values or len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY, SEAL_KEYS or RECORD_KEYS hold a development or too short value; make new ones."
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
