"""Headers and input checks that hold for every page."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from family_hub.context import place

GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere; Wagtail's admin gets its own looser one."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/cms/"):
            parts.replace = {**(parts.replace or {}), **settings.CMS_CONTENT_SECURITY_POLICY}
        return parts


#: Letters; more than any address of the site has. Python refuses to read numbers of over 4,300 digits.
LONGEST_PATH = 2000


class BadRequestText:
    """Broken UTF-8, NUL and lone surrogates end here with a clear 400, never as a 500.

    The database and the cleaner each fail in their own way on such text; one door is simpler.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_broken(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    @staticmethod
    def _is_broken(request: HttpRequest) -> bool:
        if len(request.path) > LONGEST_PATH:
            return True
        # Browsers send forms as UTF-8; another coding (UTF-7, say) can make letters that no database takes.
        if (request.content_params or {}).get("charset", "utf-8").lower().replace("-", "") != "utf8":
            return True
        return any(
            "\x00" in text or "\ufffd" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
            for text in (request.path, *request.GET.keys(), *(v for vs in request.GET.lists() for v in vs[1]))
        )


class StaffScreens:
    """For a member the CMS does not exist; Wagtail would send them in a circle to sign in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            place(request) == "cms"
            and user.is_authenticated
            and not user.has_perm("wagtailadmin.access_admin")
        ):
            raise Http404
        return self.get_response(request)


#: Places that search engines are never offered, public boards included.
NOT_FOR_SEARCH = ("talk", "search", "queue", "me", "team", "join", "sign-in", "cms", "leave")


class PrivatePages:
    """A page made for a signed-in person is never kept; nothing of the forum is offered to search engines."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        if place(request) in NOT_FOR_SEARCH:
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response
