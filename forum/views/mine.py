"""The author's side: my posts with state and reason, and taking one back."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from forum import actions, rules
from forum.actions import Conflict
from forum.models import Post
from forum.showing import TeamWords, team_words
from forum.states import PostState
from forum.views.doors import member_of, members_only, refuse_unless
from forum.waiting import measured_wait

POSTS_A_PAGE = 20
SHOWN_AS = {
    PostState.HELD: ("clock", "warn"),
    PostState.RETURNED: ("reply", "info"),
    PostState.PUBLISHED: ("check", "ok"),
    PostState.HIDDEN: ("eye-off", "warn"),
}
#: What needs the person comes first.
NEEDS_YOU = (PostState.RETURNED,)


@require_safe
@members_only
def my_posts(request: HttpRequest) -> HttpResponse:
    """Every post of mine with its state, its reason, and what I can do; newest first, by keyset."""
    posts = (
        Post.objects.seen_by(request.user)
        .filter(author__user_id=request.user.pk)
        .select_related(
            "topic__board",
            "topic__first_post__published_revision",
            "author__user",
            "published_revision",
            "latest_revision",
        )
        .order_by("-submitted_at", "-pk")
    )
    only = request.GET.get("post", "")
    before = request.GET.get("before", "")
    if only:
        posts = posts.filter(public_id=only)
    elif before:
        last = posts.filter(public_id=before).first()
        if last:  # anything else counts as the first page
            posts = posts.filter(
                Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk)
            )
    found = list(posts[: POSTS_A_PAGE + 1])
    more, found = len(found) > POSTS_A_PAGE, found[:POSTS_A_PAGE]
    older_url = f"?before={found[-1].public_id}" if more else ""
    found.sort(key=lambda post: post.state not in NEEDS_YOU)
    decisions = team_words(found)
    context = {
        "posts": [_mine(post, decisions.get(post.pk)) for post in found],
        "wait": measured_wait(),
        "older_url": older_url,
        "only_one": bool(only),
    }
    return render(request, "forum/my_posts.html", context)


def _mine(post: Post, team: TeamWords | None) -> dict[str, Any]:
    icon, kind = SHOWN_AS.get(PostState(post.state), ("info", ""))
    first = post.topic.first_post
    title = _("Your topic")
    revision = post.published_revision or post.latest_revision
    if post.is_first and revision and revision.title:
        title = revision.title
    elif first and first.state == PostState.PUBLISHED and first.published_revision:
        title = _("Reply to “%(title)s”") % {"title": first.published_revision.title}
    elif not post.is_first:
        title = _("A reply")
    return {
        "post": post,
        "title": title,
        "state": str(PostState(post.state).label),
        "icon": icon,
        "kind": kind,
        "pending": post.has_pending_edit,
        "team": team,
        "flagged": bool(post.latest_revision and post.latest_revision.scan.get("rules")),
        "kept": post.shown_revision,
        "may_edit": rules.may_edit(post.author.user, post),
        "edit_url": reverse("edit_post", args=[post.public_id]),
        "withdraw_url": reverse("withdraw_post", args=[post.public_id]),
        "place_url": post.get_absolute_url() if post.state == PostState.PUBLISHED else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back one's own post: asks once, then does it."""
    post = get_object_or_404(
        Post.objects.seen_by(request.user)
        .filter(author__user_id=request.user.pk)
        .select_related("topic__board", "author__user", "latest_revision", "published_revision"),
        public_id=public_id,
    )
    if request.method == "POST" and post.state in {PostState.WITHDRAWN, PostState.RETRACTED}:
        return HttpResponseRedirect(reverse("my_posts"))  # sent twice
    refuse_unless(rules.may_withdraw(request.user, post))
    conflict = False
    if request.method == "POST":
        try:
            actions.withdraw_post(by=member_of(request), post=post)
        except Conflict:
            conflict = True
        else:
            return HttpResponseRedirect(reverse("my_posts"))
    context = {"post": post, "kept": post.shown_revision, "conflict": conflict}
    return render(request, "forum/withdraw.html", context, status=409 if conflict else 200)
