"""Pages that join rooms."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from family_hub import my_page, searching
from forum.views.composing import FIELDS
from forum.views.keeping import park


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or came from elsewhere: say so calmly, 403.

    What was typed in one of our writing forms waits, sealed, for the person the form was given to.
    """
    typed = (*FIELDS, "note", "message")
    kept = any(name in request.POST for name in typed) and park(request, typed)
    return render(request, "403_csrf.html", {"kept": kept, "place": request.path}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What could not be read at all: 400, in the frame of the site."""
    return render(request, "400.html", status=400)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Every other sign-in page leads to the one front door; what was sent along is dropped."""
    return redirect_to_login("/cms/" if request.path.startswith("/cms/") else "/")


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """The person's own page: what is new, where they were, what is theirs."""
    return render(request, "accounts/me.html", my_page.context(request))


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Look in lessons, explained words and Talk."""
    page = searching.context(request)
    response = render(request, "pages/search.html", page, status=429 if page["too_many"] else 200)
    # The next page, even one of ours, is not told what was looked for. No form of this page is posted.
    response["Referrer-Policy"] = "no-referrer"
    return response


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
