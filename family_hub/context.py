"""What every template may rely on."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.rules import has_role
from accounts.states import Role


def place(request: HttpRequest) -> str:
    """Which top-level place of the site an address is in: "learn", "talk", "home"."""
    parts = [part for part in request.path.split("/") if part and part != "es"]
    return parts[0] if parts else "home"


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, and which top-level place the reader is in."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        # A person's own posts stand under You, though their address is in Talk.
        "here": "me" if "/talk/mine/" in request.path else place(request),
        "lang_prefix": "" if language == settings.LANGUAGE_CODE else f"/{language}",
        "user_may_moderate": _holds(request, Role.MODERATOR, Role.SAFETY_LEAD),
        "user_answers_escalations": _holds(request, Role.ON_CALL_CLINICIAN, Role.SAFETY_LEAD),
    }


def _holds(request: HttpRequest, *roles: Role) -> bool:
    """Whether pages of these roles stand in this person's navigation. No query for visitors."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and has_role(user, *roles))
