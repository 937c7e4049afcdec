"""Settings every site shares. Safe by default; dev and test relax, production demands.

The environment variables and their meaning are listed in docs/operate.md.
"""

import sqlite3
from pathlib import Path

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
ROOT_URLCONF = "family_hub.urls"
WSGI_APPLICATION = "family_hub.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "family_hub.apps.FamilyHubConfig",
    "forum.apps.ForumConfig",
    "education.apps.EducationConfig",
    "accounts.apps.AccountsConfig",
    "safety.apps.SafetyConfig",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.settings",
    "wagtail.sites",
    "education.wagtail_users.ClosedUsersConfig",  # wagtail.users without its screens
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "family_hub.middleware.ContentSecurityPolicy",
    "family_hub.leaving.LeaveCookie",
    "family_hub.middleware.BadRequestText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "family_hub.middleware.PrivatePages",
    "forum.middleware.SuspendedPeople",
    "family_hub.middleware.StaffScreens",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "family_hub.context.site",
            ],
        },
    },
]


def sqlite_trusted_schema() -> str:
    """OFF where this SQLite can: before 3.41 or so it refuses JSON_VALID, which JSONFields check with.

    The triggers that keep a full-text index must work too.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("CREATE TABLE probe (data text CHECK (json_valid(data)))")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(data)")
        connection.execute(
            "CREATE TRIGGER enters AFTER INSERT ON probe BEGIN INSERT INTO words VALUES (NEW.data); END"
        )
        connection.execute("INSERT INTO probe VALUES ('{}')")
    except sqlite3.OperationalError:
        return "ON"
    finally:
        connection.close()
    return "OFF"


# --- database --------------------------------------------------------------------------
# SQLite needs IMMEDIATE transactions: deferred ones fail with "database is locked" as soon as
# two processes write. For the same reason ATOMIC_REQUESTS stays off.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        f"PRAGMA secure_delete=ON;PRAGMA trusted_schema={sqlite_trusted_schema()};"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
    ),
}


def database(url: str) -> dict:
    """Django's settings for a database address, with the SQLite options this site relies on."""
    settings = environ.Env.db_url_config(url)
    if "sqlite" in settings["ENGINE"]:
        settings["OPTIONS"] = {**SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    else:
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


DATABASES = {"default": database(env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'hub.sqlite3'}"))}

# --- cache: the database's, so that limits survive a restart and count across workers ---
CACHE_TABLE = "hub_cache"
CACHES = {"default": env.cache_url("CACHE_URL", default=f"dbcache://{CACHE_TABLE}?max_entries=100000")}

# --- keys: comma lists, newest first (contract: Environment) ----------------------------
SEAL_KEYS: list[str] = env.list("SEAL_KEYS", default=[])
RECORD_KEYS: list[str] = env.list("RECORD_KEYS", default=[])

# --- people and sign-in ------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["accounts.backends.HandleOrSealedEmail"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.passphrases.PassphraseValidator"}]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
# Nothing outlives the browser unasked; "Keep me signed in" at sign-in lengthens that one session.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_AGE = None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no further cookie
CSRF_FAILURE_VIEW = "family_hub.views.csrf_failed"
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- mail --------------------------------------------------------------------------------
# The door that opens sealed addresses (accounts) wraps whatever backend EMAIL_URL names.
EMAIL_BACKEND = "accounts.mail.SealedBackend"
EMAIL_DOOR_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Your hub <hub@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 5

# --- words and time ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("es", "Español")]
# Languages shown in the footer's switch. A language joins once a native speaker has read its words.
OFFERED_LANGUAGES: list[str] = env.list("OFFERED_LANGUAGES", default=["en"])
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["family_hub.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/New_York")

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "family_hub.storage.JoinedStylesheets"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor needs more than Django's 1,000

# --- headers -----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer makes Chromium post "Origin: null"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows its preview in a frame
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # for that frame; frame-ancestors says the same to newer browsers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "media-src": ["'self'"],
        "frame-src": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
}
# Wagtail's admin has inline scripts (date pickers, choosers) and styles; only it gets these.
CMS_CONTENT_SECURITY_POLICY = {
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
}

# --- tasks ---------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- allauth (stack notes: what each setting prevents) ----------------------------------------------
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_SESSION_REMEMBER = None  # asked at sign-in; unticked, the session ends with the browser
ACCOUNT_RATE_LIMITS = {"signup": "20/h/ip", "rescue": "10/h/ip,5/300s/key"}
ACCOUNT_FORMS = {
    "signup": "accounts.forms.JoinForm",
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePassphraseForm",
    "reauthenticate": "accounts.forms.AgainForm",
    "reset_password": "accounts.forms.ResetByMailForm",
    "reset_password_from_key": "accounts.forms.NewPassphraseByMailForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SIGNUP_REDIRECT_URL = "talk"

# --- Wagtail --------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Family Hub"
WAGTAILADMIN_BASE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
WAGTAILADMIN_LOGIN_URL = "/sign-in/"
WAGTAIL_FRONTEND_LOGIN_URL = "/sign-in/"
# One front door: neither passphrase nor address is handled by Wagtail's own pages.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "education.finish.publish_reviewed"
WAGTAILIMAGES_IMAGE_MODEL = "education.HubImage"
WAGTAILDOCS_DOCUMENT_MODEL = "education.HubDocument"
WAGTAILDOCS_EXTENSIONS = ["pdf"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAIL_WORKFLOW_ENABLED = True
# Passphrases, addresses and pictures are the accounts room's business, not the CMS's.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
