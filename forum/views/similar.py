"""Topics like the one a person begins, while they write its title."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from forum.views.doors import members_only
from forum.views.writing_page import topics_like


@require_POST
@members_only
def similar_topics(request: HttpRequest) -> HttpResponse:
    """A fragment of the writing page. It changes nothing; a POST, as no title stands in an address."""
    topics = topics_like(request, request.POST.get("title", ""))
    return render(request, "forum/_similar.html", {"topics": topics, "asked": False})
