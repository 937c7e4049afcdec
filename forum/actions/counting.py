"""The recount: every stored counter beside what the rows themselves say (design: forum 1.6).

Run nightly and in tests; a drift is a fault of the code that changes states, never of a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import Cast

from forum.actions import indexing, record
from forum.models import Board, Member, ModAction, MovedPost, Post, Response, Topic
from forum.models.between import COUNTERS
from forum.states import READABLE_TOPICS, ActorRole, PostState

_SEARCH_DIFFERS = "post %d: search holds other words than are published"
_INDEX_DIFFERS = "the full-text index of the database differs from its rows"


@dataclass(frozen=True)
class Drift:
    """A stored counter that differs from what the rows say; without a `field` it is a gap nobody can mend."""

    row: Board | Topic | Member | Post
    field: str
    stored: object
    counted: object
    words: str

    def __str__(self) -> str:
        return self.words


def recount() -> list[str]:
    """A sentence for each counter that differs from its recount; empty when all agree. Ids only, no words."""
    return [*(str(drift) for drift in _drifts()), *_search()]


def mend() -> list[str]:
    """Set every counter that drifted to its recount, each on the record; a sentence for each one mended.

    What search holds is made anew where it differs: it is no decision about anything, so not on the record.
    A counter that somebody changed meanwhile is left for the next run. Gaps in the places of a topic are not
    mended: a place, once given, is never given again.
    """
    mended = [drift.words for drift in _drifts() if drift.field and _mended(drift)]
    words = [_SEARCH_DIFFERS % pk for pk in list(indexing.differing()) if indexing.set_right(post_id=pk)]
    if not indexing.is_whole():
        indexing.build_again()
        words.append(_INDEX_DIFFERS)
    return mended + words


def _search() -> Iterator[str]:
    """What search holds beside what is published."""
    yield from (_SEARCH_DIFFERS % pk for pk in indexing.differing())
    if not indexing.is_whole():
        yield _INDEX_DIFFERS


@transaction.atomic
def _mended(drift: Drift) -> bool:
    rows = type(drift.row)._default_manager.filter(pk=drift.row.pk, **{drift.field: drift.stored})
    if not rows.update(**{drift.field: drift.counted}):
        return False
    record.append(
        by=None,
        role=ActorRole.SYSTEM,
        verb="recount",
        subject_kind=drift.row._meta.model_name or "",
        subject_id=drift.row.pk,
        note=drift.words,
        automated=True,
    )
    return True


def _drifts() -> list[Drift]:
    return [*_boards(), *_topics(), *_members(), *_posts()]


def _boards() -> Iterator[Drift]:
    boards = Board.objects.annotate(
        counted=Count(
            "topics",
            filter=Q(topics__state__in=list(READABLE_TOPICS), topics__continued_in__isnull=True),
        )
    )
    for board in boards.order_by("pk"):
        yield from _differs(board, "topic_count", board.counted)


def _topics() -> Iterator[Drift]:
    topics = Topic.objects.annotate(
        counted=Count("posts", filter=Q(posts__state=PostState.PUBLISHED)),
        placed=Count("posts__position"),
        first=Min("posts__position"),
        last=Max("posts__position"),
        newest=Max("posts__published_at", filter=Q(posts__position__isnull=False)),
    )
    markers = MovedPost.objects.order_by().values("topic")
    counted = markers.annotate(first=Min("position"), last=Max("position"), n=Count("pk"))
    moved = {row["topic"]: (row["first"], row["last"], row["n"]) for row in counted}
    for topic in topics.order_by("pk").iterator(chunk_size=2000):
        # A moved post keeps its old place as a marker: both together are gapless.
        first_moved, last_moved, n = moved.get(topic.pk, (None, 0, 0))
        last = max(topic.last or 0, last_moved)
        first = min((place for place in (topic.first, first_moved) if place is not None), default=0)
        placed = topic.placed + n
        yield from _differs(topic, "published_count", topic.counted)
        yield from _differs(topic, "last_position", last)
        yield from _differs(topic, "next_position", last + 1)
        yield from _differs(topic, "last_published_at", topic.newest)
        if last and (first, placed) != (1, last):
            words = f"topic {topic.pk}: positions {first} to {last} hold {placed} posts"
            yield Drift(topic, "", None, None, words)


def _members() -> Iterator[Drift]:
    undone = ModAction.objects.filter(verb="undo", reverses_id=OuterRef("pk"))
    approved = ModAction.objects.filter(
        ~Exists(undone),
        subject_kind="post",
        subject_id=OuterRef("as_subject"),
        verb__in=["approve_post", "redact_post"],
    )
    posts = Post.objects.annotate(as_subject=Cast("pk", CharField())).filter(Exists(approved))
    counted = dict(posts.order_by().values_list("author").annotate(n=Count("pk")))
    for member in Member.objects.order_by("pk").only("pk", "approved_count").iterator(chunk_size=2000):
        yield from _differs(member, "approved_count", counted.get(member.pk, 0))


def _posts() -> Iterator[Drift]:
    """Posts that count responses, or are answered by any: most posts are neither, and are not read."""
    responses = Response.objects.order_by().values("post")
    counted = {
        field: dict(responses.filter(kind=kind).annotate(n=Count("pk")).values_list("post", "n"))
        for kind, field in COUNTERS.items()
    }
    counting = Q(Exists(Response.objects.filter(post=OuterRef("pk"))))
    for field in COUNTERS.values():
        counting |= Q(**{f"{field}__gt": 0})
    posts = Post.objects.filter(counting).order_by("pk").only("pk", *COUNTERS.values())
    for post in posts.iterator(chunk_size=2000):
        for field in COUNTERS.values():
            yield from _differs(post, field, counted[field].get(post.pk, 0))


def _differs(row: Board | Topic | Member | Post, field: str, counted: object) -> Iterator[Drift]:
    stored = getattr(row, field)
    if stored != counted:
        words = f"{row._meta.model_name} {row.pk}: {field} is {stored}, counted {counted}"
        yield Drift(row, field, stored, counted, words)
