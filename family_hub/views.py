"""Pages that join rooms."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or came from elsewhere: say so calmly, 403."""
    return render(request, "403_csrf.html", status=403)


def me(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@require_safe
def plain_page(request: HttpRequest, *, name: str) -> HttpResponse:
    """A page of words alone: templates/pages/<name>.html."""
    return render(request, f"pages/{name}.html")


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state, for those who build and check; never on a real site."""
    if not (settings.DEBUG or getattr(settings, "DEMO_ALLOWED", False)):
        raise Http404
    from family_hub.parts import samples

    return render(request, "pages/parts.html", samples())
