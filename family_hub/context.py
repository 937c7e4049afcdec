"""What every template may rely on."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, and which top-level place the reader is in."""
    parts = [part for part in request.path.split("/") if part and part != "es"]
    return {"site_name": settings.WAGTAIL_SITE_NAME, "here": parts[0] if parts else "home"}
