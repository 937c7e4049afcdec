"""Finding posts and topics by their words: one small interface over the full text of either database.

Published posts only, for everybody: moderators and authors find what others find. Who may read what is asked
inside the query, before its limit, by the SQL of `Post.objects.found_by`; ids are never filtered afterwards.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from forum.models import Board, Distance, Member, Post, Topic
from forum.models.posts import PostQuerySet
from forum.searching import postgresql, sqlite
from forum.searching.words import all_of, any_of, telling_words, words_in

__all__ = ["HITS_A_PAGE", "MOST_RANKED", "Found", "Hit", "find", "similar_topics", "words_in"]

HITS_A_PAGE = 20
#: Of the best hits no more are shown: whoever needs the next ones is better served by another word.
MOST_RANKED = 60
MOST_SIMILAR = 10

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")
#: What marks the found words in a snippet; no text that is kept holds these characters.
_START, _END = "\x02", "\x03"


@dataclass(frozen=True)
class Hit:
    """A post that was found. `snippet` is plain text in pieces, each with whether it is a word looked for."""

    post: Post
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Found:
    """A page of hits, and how to ask for the next one: `after` of find(), empty when there is none."""

    hits: tuple[Hit, ...]
    more: str = ""
    #: No post holds all the words: these hold some of them.
    only_some: bool = False


def find(
    *,
    user: Any,
    words: str,
    board: Board | None = None,
    relation: str = "",
    since: dt.timedelta | None = None,
    newest: bool = False,
    after: str = "",
) -> Found:
    """Posts that hold all these words, best or newest first; else the best that hold some. 2 to 4 queries.

    Words that stand in most texts are passed over when there are others: people ask whole questions.
    `relation` is that of their authors (forum.states.Relation), `since` how old they may be. `after` is the
    `more` of the page before; whatever else it holds means the first page. No input raises.
    """
    wanted = telling_words(words) or words_in(words)
    if not wanted:
        return Found(())
    posts = _allowed(user)
    if board is not None:
        posts = posts.filter(topic__board=board)
    if relation:
        posts = posts.filter(author__relation=relation)
    if since is not None:
        posts = posts.filter(published_at__gte=timezone.now() - since)
    found = (_newest if newest else _best)(all_of(wanted), posts, user=user, after=after)
    if found.hits or after or len(wanted) == 1:
        return found
    return replace(_best(any_of(wanted), posts, user=user, after=""), more="", only_some=True)


def similar_topics(*, user: Any, title: str, limit: int = 5) -> list[Topic]:
    """Listed topics whose title is most like this one, with their titles. Two queries."""
    words = telling_words(title)
    if not words:
        return []
    first = _allowed(user).filter(topic__first_post=F("pk"), topic__continued_in__isnull=True)
    most = max(0, min(limit, MOST_SIMILAR))
    ids = _ask(first, lambda sql, params: _database().titles(words, sql, params, most=most))
    if not ids:
        return []
    listed = Topic.objects.listed_for(user).with_title().filter(first_post__in=ids)
    topics = {topic.first_post_id: topic for topic in listed}
    return [topics[pk] for pk in ids if pk in topics]


def _database() -> Any:
    return sqlite if connection.vendor == "sqlite" else postgresql


def _allowed(user: Any) -> PostQuerySet:
    """What this person may find: not the words of people they keep apart from."""
    posts = Post.objects.found_by(user)
    if not user.is_authenticated:
        return posts
    me = Subquery(Member.objects.filter(user=user).values("pk")[:1])
    return posts.exclude(Exists(Distance.objects.folding(reader=me, author=OuterRef("author"))))


def _ask(posts: PostQuerySet, ask: Callable[[str, tuple[Any, ...]], list[Any]]) -> list[Any]:
    """Ask the index with the SQL of the posts that may be found, tied to the row that is looked at."""
    same_row = f"forum_post.id = {_database().ROW}"
    tied = posts.order_by().extra(where=[same_row]).values("pk")  # noqa: S610  both names are ours
    try:
        sql, params = tied.query.sql_with_params()
    except EmptyResultSet:  # nothing can be found, whatever the words
        return []
    return ask(sql, params)


def _best(query: str, posts: PostQuerySet, *, user: Any, after: str) -> Found:
    skip = int(after) if after.isascii() and after.isdigit() and len(after) < 4 else 0
    skip = skip if skip < MOST_RANKED else 0
    most = min(HITS_A_PAGE + 1, MOST_RANKED - skip)
    rows = _ask(posts, lambda sql, params: _database().best(query, sql, params, skip=skip, most=most))
    more = str(skip + HITS_A_PAGE) if len(rows) > HITS_A_PAGE else ""
    return Found(_hits(rows[:HITS_A_PAGE], user=user), more)


def _newest(query: str, posts: PostQuerySet, *, user: Any, after: str) -> Found:
    # Behind a post nobody may find stands the first page, as behind one that never was.
    last = Post.objects.found_by(user).filter(public_id=after)
    before = last.values_list("pk", flat=True).first() if _PUBLIC_ID.fullmatch(after) else None
    rows = _ask(
        posts,
        lambda sql, params: _database().newest(query, sql, params, before=before, most=HITS_A_PAGE + 1),
    )
    hits = _hits(rows[:HITS_A_PAGE], user=user)
    more = hits[-1].post.public_id if len(rows) > HITS_A_PAGE and hits else ""
    return Found(hits, more)


def _hits(rows: list[Any], *, user: Any) -> tuple[Hit, ...]:
    """The posts of these rows with what a page says of them, in this order. One query, none for no rows."""
    if not rows:
        return ()
    posts = Post.objects.found_by(user).filter(pk__in=[pk for pk, _snippet in rows])
    known = posts.select_related(
        "author__user", "published_revision", "topic__board", "topic__first_post__published_revision"
    ).in_bulk()
    return tuple(Hit(known[pk], _pieces(snippet)) for pk, snippet in rows if pk in known)


def _pieces(snippet: str) -> tuple[tuple[str, bool], ...]:
    """A snippet cut at its marks: text, word, text, word, ... Empty pieces are left out."""
    pieces: list[tuple[str, bool]] = []
    for part in f"{_END}{snippet}".split(_START):
        found, _end, rest = part.partition(_END)
        pieces += [(found, True), (rest, False)]
    return tuple(piece for piece in pieces if piece[0])
