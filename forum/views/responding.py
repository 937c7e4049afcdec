"""Answering a post in a few ready words, and who did: for the author of the post alone."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from forum import actions, responses_showing, rules
from forum.actions.standing import HeldBack
from forum.models import Post
from forum.states import PostState, ResponseKind
from forum.views.doors import member_of, members_only

#: What a button sends that takes one's words back.
NONE = "none"


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def respond(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer a post in these ready words, or in none any more: the button says which is wanted.

    A post whose writer and reader keep apart answers as one that is not there. Who had to sign in first comes
    back here without the press: they go to the post and press again.
    """
    if request.method != "POST":
        return HttpResponseRedirect(reverse("post", args=[public_id]))
    member = member_of(request)
    posts = Post.objects.seen_by(request.user).for_reader(member)
    posts = posts.filter(state=PostState.PUBLISHED, is_folded=False)
    post = get_object_or_404(posts.select_related("topic", "author"), public_id=public_id)
    try:
        actions.respond(by=member, post=post, kind=_chosen(request))
    except HeldBack as refusal:
        return _refused(request, post, refusal, status=403)
    except actions.Refused as refusal:
        return _refused(request, post, refusal, status=422)
    return HttpResponseRedirect(post.get_absolute_url())


def _chosen(request: HttpRequest) -> ResponseKind | None:
    chosen = request.POST.get("response", "")
    if chosen == NONE:
        return None
    try:
        return ResponseKind(chosen)
    except ValueError:
        raise Http404 from None


def _refused(request: HttpRequest, post: Post, refusal: actions.Refused, *, status: int) -> HttpResponse:
    context = {
        "heading": _("Your answer was not sent"),
        "back": post.get_absolute_url(),
        "held_back": refusal.restraint if isinstance(refusal, HeldBack) else None,
        "words": refusal.message,
    }
    return render(request, "forum/not_responded.html", context, status=status)


@require_safe
@members_only
def responses(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who answered one's own post in ready words, newest first, by keyset."""
    posts = Post.objects.seen_by(request.user).select_related("author", "published_revision")
    post = get_object_or_404(posts, public_id=public_id)
    if not rules.may_see_responses(request.user, post):
        raise Http404
    rows, older = responses_showing.responses_to(
        post, reader=member_of(request), before=request.GET.get("before", "")
    )
    context = {
        "post": post,
        "rows": rows,
        "older_url": f"?before={older}" if older else "",
        "newer_url": request.path if "before" in request.GET else "",
    }
    return render(request, "forum/responses.html", context)
