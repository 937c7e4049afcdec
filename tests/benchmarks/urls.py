"""The site's addresses, and the bare pages they are measured against."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from family_hub.urls import handler400, urlpatterns
from forum.models import Topic

__all__ = ["handler400", "urlpatterns"]


def hello(request: HttpRequest) -> HttpResponse:
    """Nothing but the framework."""
    return HttpResponse("hello world")


def select(request: HttpRequest) -> HttpResponse:
    """One SELECT of 20 rows and one template of about 4 KB; signed in, the name stands on it."""
    topics = Topic.objects.filter(state="open").order_by("-pk")[:20]
    return render(request, "bare/select.html", {"topics": topics}, using="bare")


urlpatterns = [path("bare/hello/", hello), path("bare/select/", select), *urlpatterns]
