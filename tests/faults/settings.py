"""The tests' settings for a process of its own: the test's database, and real SMTP to the test's server."""

from family_hub.settings.test import *  # noqa: F403
from family_hub.settings.test import DATABASES, env

DATABASES["default"]["NAME"] = env.str("FAULTS_DATABASE")
EMAIL_BACKEND = "accounts.mail.SealedBackend"
EMAIL_DOOR_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.int("FAULTS_MAIL_PORT")
EMAIL_TIMEOUT = env.int("FAULTS_MAIL_TIMEOUT")
