"""Tests: fast hashing, mail in memory, tasks at once; DATABASE_URL chooses the database."""

from .base import *  # noqa: F403
from .base import VAR_DIR, database, env

SECRET_KEY = "test-only-not-a-secret"
SEAL_KEYS = ["dGVzdC1vbmx5LXNlYWwta2V5LW5vdC1hLXNlY3JldC0wMDAwMDAwMDAwMA=="]
RECORD_KEYS = ["test-only-record-key"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DEMO_ALLOWED = True

DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'test-base.sqlite3'}"))
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: live-server and several processes must share it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / env.str("TEST_DB", default="test.sqlite3"))}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_DOOR_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
