"""What a member wants to hear of, has read, and keeps for later."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import actions, kept_showing
from forum.board_showing import NewsPage, news_page
from forum.models import Board, Post, Topic
from forum.models.reading import level_of
from forum.states import Level, PostState
from forum.views.doors import member_of, members_only

TOPIC_LEVELS = {
    Level.WATCHING: gettext_lazy("You get a notice of each new reply."),
    Level.TRACKING: gettext_lazy(
        "New replies stand first in “What is new”. You get a notice when someone answers you."
    ),
    Level.NORMAL: gettext_lazy("You get a notice when someone answers or names you."),
    Level.MUTED: gettext_lazy("No notices, and the topic never counts as new."),
}
BOARD_LEVELS = {
    Level.WATCHING: gettext_lazy("You get a notice of each new topic here."),
    Level.TRACKING: gettext_lazy("Its topics stand first in “What is new”."),
    Level.NORMAL: gettext_lazy("You see what is new when you come here."),
    Level.MUTED: gettext_lazy("Nothing here counts as new, but for topics you follow."),
}
#: Where the name of a level speaks of replies, and a board gives notice of topics.
BOARD_NAMES = {Level.WATCHING: gettext_lazy("Tell me about each new topic")}


@require_safe
@members_only
def whats_new(request: HttpRequest) -> HttpResponse:
    """Topics with something new: those one follows first, then all others, by keyset."""
    page: NewsPage = news_page(request.user, member_of(request), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "older_url": f"?before={page.more}" if page.more else "",
        "newer_url": "" if page.is_first else request.path,
    }
    return render(request, "forum/whats_new.html", context)


@require_POST
@members_only
def read_all(request: HttpRequest) -> HttpResponse:
    """All that is there counts as read."""
    actions.mark_all_read(by=member_of(request))
    messages.success(request, _("All of Talk counts as read."))
    return HttpResponseRedirect(reverse("talk"))


@require_POST
@members_only
def read_board(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is in this board counts as read."""
    board = get_object_or_404(Board.objects.seen_by(request.user), slug=slug)
    actions.mark_board_read(by=member_of(request), board=board)
    return HttpResponseRedirect(board.get_absolute_url())


@require_POST
@members_only
def read_topic(request: HttpRequest, public_id: str) -> HttpResponse:
    """All that is in this topic counts as read; back to the board."""
    topic = _readable(request, public_id)
    actions.mark_topic_read(by=member_of(request), topic=topic)
    return HttpResponseRedirect(topic.board.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def follow_topic(request: HttpRequest, public_id: str) -> HttpResponse:
    """How much of a topic this member wants to hear about."""
    topic, member = _readable(request, public_id), member_of(request)
    if request.method == "POST":
        actions.follow_topic(by=member, topic=topic, level=_chosen(request))
        return HttpResponseRedirect(topic.get_absolute_url())
    level = Topic.objects.filter(pk=topic.pk).values_list(level_of(member, topic="pk"), flat=True)
    return _form(
        request, level=level[0], title=topic.title, back=topic.get_absolute_url(), lines=TOPIC_LEVELS
    )


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def follow_board(request: HttpRequest, slug: str) -> HttpResponse:
    """How much of a board this member wants to hear about."""
    member = member_of(request)
    boards = Board.objects.seen_by(request.user).annotate(my_level=level_of(member, board="pk"))
    board = get_object_or_404(boards, slug=slug)
    if request.method == "POST":
        actions.follow_board(by=member, board=board, level=_chosen(request))
        return HttpResponseRedirect(board.get_absolute_url())
    back = board.get_absolute_url()
    return _form(
        request, level=board.my_level, title=board.name, back=back, lines=BOARD_LEVELS, names=BOARD_NAMES
    )


def _readable(request: HttpRequest, public_id: str) -> Topic:
    """A topic that members can read: nothing else has news."""
    listed = Topic.objects.listed_for(request.user).with_title()
    return get_object_or_404(listed, public_id=public_id)


def _chosen(request: HttpRequest) -> Level:
    try:
        return Level(request.POST.get("level", ""))
    except ValueError:
        raise Http404 from None


def _form(
    request: HttpRequest,
    *,
    level: str,
    title: str,
    back: str,
    lines: dict[Level, Any],
    names: Mapping[Level, Any] = MappingProxyType({}),
) -> HttpResponse:
    choices = [
        {"value": one.value, "label": names.get(one, one.label), "text": text, "checked": one == level}
        for one, text in lines.items()
    ]
    return render(request, "forum/follow.html", {"choices": choices, "title": title, "back": back})


@require_POST
@members_only
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep a post for later (keep=1), or no longer (keep=0): the button says which is wanted.

    Leads to the post's own page, where the button shows what it is now; a place in a topic would not.
    """
    member, wanted = member_of(request), request.POST.get("keep", "")
    if wanted not in {"0", "1"}:
        raise Http404
    seen = Post.objects.seen_by(request.user).filter(state=PostState.PUBLISHED)
    if wanted == "1":
        post = get_object_or_404(seen, public_id=public_id)
        try:
            actions.keep_post(by=member, post=post)
        except actions.Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("kept"))
        return HttpResponseRedirect(reverse("post_more", args=[public_id]))
    actions.let_go(by=member, public_id=public_id)
    if request.POST.get("from") != "kept" and seen.filter(public_id=public_id).exists():
        return HttpResponseRedirect(reverse("post_more", args=[public_id]))
    return HttpResponseRedirect(reverse("kept"))


@require_safe
@members_only
def kept(request: HttpRequest) -> HttpResponse:
    """The posts this member keeps, newest kept first, by keyset."""
    page = kept_showing.kept(request.user, member_of(request), before=request.GET.get("before", ""))
    context = {
        "rows": page.rows,
        "older_url": f"?before={page.more}" if page.more else "",
        "newer_url": "" if page.is_first else request.path,
    }
    return render(request, "forum/kept.html", context)
