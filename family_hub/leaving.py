"""Leave: one press ends the session, clears this browser's data and goes to a neutral page (contract: Leave).

What keeps Back from showing a private page was tried out in Chromium: `no-store` on the page, and here a
cookie that changes and Clear-Site-Data. A visitor has no cookie that could change, so each page sets a
constant one that holds nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from http.cookies import CookieError

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from accounts import writing
from education.models import SiteFacts

COOKIE = "hub_leave"
CLEAR = '"cache", "cookies", "storage"'


class LeaveCookie:
    """Sets the constant cookie on pages, so that deleting it evicts them from the browser's memory."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        is_leaving = "Clear-Site-Data" in response
        if is_page and not is_leaving and COOKIE not in request.COOKIES and COOKIE not in response.cookies:
            response.set_cookie(
                COOKIE, "1", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        return response


def is_real_press(request: HttpRequest) -> bool:
    """Whether a person asked for this here: not a prefetch, and not a link on somebody else's site."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".lower()
    if "prefetch" in purpose or "prerender" in purpose or "preview" in purpose:
        return False
    return request.headers.get("Sec-Fetch-Site", "") != "cross-site"


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """End this browser's session, clear its data, go on to the neutral page. Touches no text.

    A prefetch or another site's link changes nothing: it gets a page that offers the real link.
    """
    if request.method == "HEAD" or not is_real_press(request):
        response = render(request, "pages/leave_ask.html")
        add_never_cache_headers(response)
        return response
    url = SiteFacts.for_request(request).leave_url
    writing.drop_for_leave(request.session)
    logout(request)
    # Rendered without the request: no session, no name, no token may be touched on the way out.
    response = render(None, "pages/leave.html", {"url": url})
    for name in request.COOKIES:
        # A name that no header can hold (a neighbouring site's, say) is left to Clear-Site-Data.
        with suppress(CookieError):
            response.delete_cookie(name, samesite="Lax")
    response["Refresh"] = f"0;url={url}"
    response["Clear-Site-Data"] = CLEAR
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response
