"""The wordings a post had. Its author and the team; for everyone else there is no such page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from forum import rules
from forum.models import Post
from forum.views.doors import members_only
from forum.wordings_showing import wordings


@require_safe
@members_only
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each wording with its time, who wrote it, what became of it, and what changed."""
    posts = Post.objects.seen_by(request.user).select_related(
        "topic__board", "topic__author", "author__user", "published_revision", "latest_revision"
    )
    post = get_object_or_404(posts, public_id=public_id)
    if not rules.may_read_history(request.user, post):
        raise Http404
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0
    shown, older = wordings(post, user=request.user, before=before)
    context = {
        "post": post,
        "wordings": shown,
        "older_url": f"?before={older}" if older else "",
        "newest_url": request.path if before else "",
        "own": rules.is_author(request.user, post),
    }
    return render(request, "forum/history.html", context)
