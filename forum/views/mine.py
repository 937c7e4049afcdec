"""The author's side: my posts with state and reason, and taking one back."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from forum import actions, inserting, own_posts, rules
from forum.actions import Conflict
from forum.models import Post
from forum.states import PostState
from forum.views.doors import member_of, members_only, refuse_unless
from forum.waiting import measured_wait

POSTS_A_PAGE = 20
#: What needs the person stands before everything else, all of it: nobody has this many.
NEEDS_AT_MOST = 100


@require_safe
@members_only
def my_posts(request: HttpRequest) -> HttpResponse:
    """Every post of mine with its state, its reason, and what I can do.

    What needs me first, then newest first, by keyset. Anything odd in the address counts as not there.
    """
    member = member_of(request)
    posts = (
        Post.objects.seen_by(request.user)
        .filter(author=member)
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
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in own_posts.SHOWN else ""
    counted = own_posts.counts(member)
    first: list[Post] = []
    if only:
        posts = posts.filter(public_id=only)
    elif chosen:
        posts = posts.filter(own_posts.SHOWN[chosen])
    elif counted["needs_you"]:
        needs = own_posts.SHOWN["needs-you"]
        if not request.GET.get("before"):
            first = list(posts.filter(needs)[:NEEDS_AT_MOST])
        posts = posts.exclude(pk__in=member.posts.filter(needs).order_by().values("pk"))
    found, older = _page(posts, before=request.GET.get("before", ""))
    if older and chosen:
        older += f"&show={chosen}"
    context = {
        "posts": own_posts.own_posts(member, [*first, *found]),
        "chips": [] if only else own_posts.chips(counted, chosen),
        "chosen": chosen,
        "wait": measured_wait(),
        "older_url": older,
        "only_one": bool(only),
    }
    return render(request, "forum/my_posts.html", context)


def _page(posts: QuerySet[Post], *, before: str) -> tuple[list[Post], str]:
    """The posts sent before that one, and the address of the page after them."""
    last = Post.objects.filter(pk__in=posts.values("pk"), public_id=before).first() if before else None
    if last:
        posts = posts.filter(
            Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk)
        )
    found = list(posts[: POSTS_A_PAGE + 1])
    more, found = len(found) > POSTS_A_PAGE, found[:POSTS_A_PAGE]
    return found, f"?before={found[-1].public_id}" if more else ""


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
    inserting.insert([post.shown_revision], user=request.user)
    context = {"post": post, "kept": post.shown_revision, "conflict": conflict}
    return render(request, "forum/withdraw.html", context, status=409 if conflict else 200)
