"""Reading: the boards, a board, a topic."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import rules
from forum.actions.seeing import mark_read
from forum.board_showing import asks_for, boards_for, mentions, news_in_words, topic_rows
from forum.models import Board, Member, Post, Topic
from forum.models.reading import level_of, read_through
from forum.showing import ShownPost, fill_gaps, show_posts
from forum.states import READABLE_TOPICS, BoardGroup, Level, PostState
from forum.topic_showing import calm_lines, continued_at
from forum.views.doors import member_of, members_only, to_sign_in
from forum.waiting import measured_wait

TOPICS_A_PAGE = 20
POSTS_A_PAGE = 20
#: Without a place yet, and still on their way.
WAITING = (PostState.HELD, PostState.RETURNED)


@require_safe
def talk(request: HttpRequest) -> HttpResponse:
    """The boards with their purpose. Everyone may read what there is to talk about; inside is for members."""
    member = _reader(request)
    boards = list(boards_for(request.user, member))
    for board in boards:
        board.news_words = news_in_words(board)
    groups = [
        {"heading": label, "boards": [board for board in boards if board.group == value]}
        for value, label in BoardGroup.choices
    ]
    context = {
        "groups": [group for group in groups if group["boards"]],
        "wait": measured_wait() if member else None,
        "anything_new": any(board.news_words for board in boards),
    }
    return render(request, "forum/talk.html", context)


def _reader(request: HttpRequest) -> Member | None:
    """The member who reads; None for a visitor."""
    return member_of(request) if request.user.is_authenticated else None


@require_safe
def guidelines(request: HttpRequest) -> HttpResponse:
    """The rules with their reasons; open to everyone."""
    return render(request, "forum/guidelines.html")


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """A board's topics, newest activity first, by keyset."""
    member, boards = _reader(request), Board.objects.seen_by(request.user).filter(slug=slug)
    if member:
        boards = boards.annotate(
            my_level=level_of(member, board="pk"), read_through=read_through(member, board="pk")
        )
    here = boards.first()
    if here is None:
        return _not_here(request)
    listed = here.topics.listed_for(request.user).with_title()
    if member:
        listed = listed.with_news(member, read_through=here.read_through)
    listed = listed.order_by("-pinned_rank", "-last_published_at", "-pk")
    before = _read_cursor(request.GET.get("before", ""))
    if before:
        rank, at, pk = before
        listed = listed.filter(
            Q(pinned_rank__lt=rank)
            | Q(pinned_rank=rank, last_published_at__lt=at)
            | Q(pinned_rank=rank, last_published_at=at, pk__lt=pk)
        )
    topics = list(listed[: TOPICS_A_PAGE + 1])
    more, topics = len(topics) > TOPICS_A_PAGE, topics[:TOPICS_A_PAGE]
    context = {
        "board": here,
        "rows": topic_rows(topics, muted=member is not None and here.my_level == Level.MUTED),
        "older_url": f"?before={_cursor(topics[-1])}" if more else "",
        "newer_url": request.path if before else "",
        "waiting": _own_waiting(request.user, here) if not before else [],
    }
    return render(request, "forum/board.html", context)


def _own_waiting(user: Any, here: Board) -> list[Topic]:
    """One's own first posts here that nobody else can see yet."""
    if not user.is_authenticated:
        return []
    waiting = here.topics.filter(author__user=user, first_post__state__in=WAITING)
    return list(
        waiting.select_related("first_post__latest_revision", "first_post__published_revision").order_by(
            "-pk"
        )[:TOPICS_A_PAGE]
    )


def _cursor(topic: Topic) -> str:
    at = topic.last_published_at
    microseconds = (at - _EPOCH) // dt.timedelta(microseconds=1) if at else 0
    return f"{topic.pinned_rank}.{microseconds}.{topic.pk}"


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _read_cursor(text: str) -> tuple[int, dt.datetime, int] | None:
    """What an "older" link carries; anything else counts as the first page."""
    try:
        rank, microseconds, pk = (int(part) for part in text.split("."))
        if pk >= 2**63 or rank >= 2**31:
            return None
        return rank, _EPOCH + dt.timedelta(microseconds=microseconds), pk
    except (ValueError, OverflowError):
        return None


@require_safe
def topic(request: HttpRequest, public_id: str) -> HttpResponse:
    """A page of a topic. Page numbers are arithmetic on positions: no count, no offset."""
    user, member = request.user, _reader(request)
    here = Topic.objects.seen_by(user).with_title().for_reading(member).filter(public_id=public_id).first()
    if here is None:
        return _not_here(request)
    last_page = max(1, -(-here.last_position // POSTS_A_PAGE))
    first_new = _first_new(here) if member else 0
    asked = request.GET.get("page", "1")
    page = _page_of(first_new or here.last_position) if asked == "new" else _page_number(asked, last_page)
    start = (page - 1) * POSTS_A_PAGE + 1
    end = min(page * POSTS_A_PAGE, here.last_position)
    window = Q(position__gte=start, position__lte=end)
    if page == last_page and user.is_authenticated:
        # What waits has no place yet: its author (and the team) find it at the end.
        window |= Q(position__isnull=True, state__in=WAITING)
    posts = list(
        Post.objects.seen_by(user)
        .filter(window, topic=here)
        .with_text(published_only=member is None)
        .for_reader(member)
        .order_by("position", "submitted_at")[: 2 * POSTS_A_PAGE]
    )
    for post in posts:
        post.topic = here
    posts.sort(key=lambda post: (post.position is None, post.position or 0, post.submitted_at))
    shown = fill_gaps(
        posts,
        show_posts(posts, user=user),
        topic=here,
        user=user,
        start=start,
        end=end,
        has_markers=here.has_markers,
    )
    since = _mark_first_new(shown, at=first_new - start) if start <= first_new <= end else None
    if member and here.state in READABLE_TOPICS:
        mark_read(by=member, topic=here, position=end, known=here.last_read)
    context = {
        "topic": here,
        "title": here.title,
        "posts": shown,
        "page": page,
        "last_page": last_page,
        "older_url": f"?page={page - 1}" if page > 1 else "",
        "newer_url": f"?page={page + 1}" if page < last_page else "",
        "may_reply": rules.may_reply(user, here),
        "calm_lines": calm_lines(here, now=timezone.now()),
        "continued": continued_at(here, user=user),
        "may_calm": rules.may_calm(user, here),
        "held_back": rules.stops_writing(rules.restraints_of(user), board_id=here.board_id),
        "waits": here.first_post is not None and here.first_post.state == PostState.HELD,
        "replies": here.reply_count,
        "asks_for": asks_for(here),
        "mentions": mentions(here),
        "new_count": here.new_replies if first_new and here.new_replies <= rules.NEWS_SHOWN_AT_MOST else 0,
        "new_since": since,
        "first_new_url": _first_new_url(first_new, page=page),
        "my_level": Level(here.my_level) if member else None,
        "more_is_new": member
        and here.state in READABLE_TOPICS
        and max(here.last_read or 0, end) < here.last_position,
    }
    return render(request, "forum/topic.html", context)


def _first_new(here: Topic) -> int:
    """The first place this member has not read; 0 when nothing new is there, or when none of it was read."""
    return here.last_read + 1 if here.state in READABLE_TOPICS and here.last_read and here.new_replies else 0


def _first_new_url(first_new: int, *, page: int) -> str:
    """Where the line of news stands. On this very page: opened anew, all of it would have been read."""
    if not first_new:
        return ""
    return "#new" if _page_of(first_new) == page else f"?page={_page_of(first_new)}#new"


def _mark_first_new(shown: list[ShownPost], *, at: int) -> dt.datetime | None:
    """Put the line of news before that place; since when there is news, as far as this reader may know."""
    shown[at].is_first_new = True
    return next((line.when for line in shown[at:] if line.when), None)


def _page_of(position: int) -> int:
    return max(1, -(-position // POSTS_A_PAGE))


def _page_number(text: str, last: int) -> int:
    if text == "last":
        return last
    try:
        return min(max(1, int(text)), last)
    except ValueError:
        return 1


@require_safe
def post(request: HttpRequest, public_id: str) -> HttpResponse:
    """The permanent address of a post: goes to where this reader finds it.

    That is its place in the topic; a post without one, or in a topic that is gone, stands in its author's
    list, and for the team in the newest item about it.
    """
    user = request.user
    found = Post.objects.seen_by(user).select_related("topic", "author").filter(public_id=public_id).first()
    if found is None:
        return _not_here(request)
    topic_is_seen = Topic.objects.seen_by(user).filter(pk=found.topic_id).exists()
    if topic_is_seen and (found.position or found.state in WAITING):
        page = _page_of(found.position) if found.position else "last"
        return HttpResponseRedirect(f"{found.topic.get_absolute_url()}?page={page}#post-{found.public_id}")
    if rules.is_author(user, found):
        return HttpResponseRedirect(f"{reverse('my_posts')}?post={found.public_id}")
    item = found.items.order_by("-pk").first() if rules.may_moderate(user) else None
    return HttpResponseRedirect(item.get_absolute_url()) if item else _not_here(request)


@require_safe
@members_only
def more(request: HttpRequest, public_id: str) -> HttpResponse:
    """One published post with all that this member can do with it."""
    posts = Post.objects.seen_by(request.user).filter(state=PostState.PUBLISHED)
    posts = posts.with_text().for_reader(member_of(request)).select_related("topic__board")
    found = get_object_or_404(posts, public_id=public_id)
    shown = show_posts([found], user=request.user, further=True)[0]
    return render(request, "forum/more.html", {"post": shown})


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Addresses that are not there look to a visitor as those that are."""
    return _not_here(request)


def _not_here(request: HttpRequest) -> HttpResponse:
    """What you may not see does not exist; a visitor is asked to sign in, for real and made-up alike."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    raise Http404
