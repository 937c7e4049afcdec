"""A laptop: works with no environment at all, sends mail to files, answers on loopback only."""

from .base import *  # noqa: F403
from .base import VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
# Not secrets: development data only. Production refuses to start with any of these.
SECRET_KEY = "dev-only-not-a-secret"
SEAL_KEYS = ["ZGV2LW9ubHktc2VhbC1rZXktbm90LWEtc2VjcmV0LTAwMDAwMDAwMDAwMA=="]
RECORD_KEYS = ["dev-only-record-key"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEMO_ALLOWED = True

EMAIL_DOOR_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
