"""For `make bench`: as a real site runs, with two bare pages to compare with and a count of queries.

The bare pages and the count live in tests/benchmarks; nothing here is for a site that people use.
"""

from .base import *  # noqa: F403
from .base import BASE_DIR, DATABASES, MIDDLEWARE, TEMPLATES, VAR_DIR

SECRET_KEY = "dev-only-not-a-secret-for-measuring"
SEAL_KEYS = ["ZGV2LW9ubHktc2VhbC1rZXktbm90LWEtc2VjcmV0LTAwMDAwMDAwMDAwMA=="]
RECORD_KEYS = ["dev-only-record-key"]
ALLOWED_HOSTS = ["127.0.0.1"]
DEMO_ALLOWED = True

ROOT_URLCONF = "tests.benchmarks.urls"
COUNTING = "tests.benchmarks.counting.CountQueries"
MIDDLEWARE = [COUNTING, *MIDDLEWARE]
#: What `startproject` gives a new site: the bare pages stand behind these alone (tests/benchmarks/wsgi.py).
BARE_MIDDLEWARE = [
    COUNTING,
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {**TEMPLATES[0], "NAME": "hub"},
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "bare",
        "DIRS": [BASE_DIR / "tests" / "benchmarks" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
# A connection that is opened anew in the middle of a round would take its processor time with it.
DATABASES["default"]["CONN_MAX_AGE"] = 0 if "sqlite" in DATABASES["default"]["ENGINE"] else None

EMAIL_DOOR_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
