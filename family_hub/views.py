"""Pages that join rooms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or came from elsewhere: say so calmly, 403."""
    return render(request, "403_csrf.html", status=403)


def me(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")
