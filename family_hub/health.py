"""Is the site alive, and can it serve people now? Answers without figures; `manage.py ready` says why."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import readiness


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of the database."""
    return HttpResponse("live\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when every check is fine, else 503; which one it was is for operators only."""
    fine = not readiness.what_is_wrong()
    return HttpResponse(
        "ready\n" if fine else "not ready\n", content_type="text/plain", status=200 if fine else 503
    )
