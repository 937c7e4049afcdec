"""The recount: every stored counter beside what the rows themselves say (design: forum 1.6).

Reads only. Run nightly and in tests; a drift is a fault of the code that changes states, never of a person.
"""

from collections.abc import Iterator

from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import Cast

from forum.models import Board, Member, ModAction, MovedPost, Post, Topic
from forum.states import READABLE_TOPICS, PostState


def recount() -> list[str]:
    """A sentence for each counter that differs from its recount; empty when all agree. Ids only, no words."""
    return [*_boards(), *_topics(), *_members()]


def _boards() -> Iterator[str]:
    boards = Board.objects.annotate(
        counted=Count(
            "topics",
            filter=Q(topics__state__in=list(READABLE_TOPICS), topics__continued_in__isnull=True),
        )
    )
    for board in boards.order_by("pk"):
        yield from _differs(f"board {board.pk}", "topic_count", board.topic_count, board.counted)


def _topics() -> Iterator[str]:
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
        name, last = f"topic {topic.pk}", max(topic.last or 0, last_moved)
        first = min((place for place in (topic.first, first_moved) if place is not None), default=0)
        placed = topic.placed + n
        yield from _differs(name, "published_count", topic.published_count, topic.counted)
        yield from _differs(name, "last_position", topic.last_position, last)
        yield from _differs(name, "next_position", topic.next_position, last + 1)
        yield from _differs(name, "last_published_at", topic.last_published_at, topic.newest)
        if last and (first, placed) != (1, last):
            yield f"{name}: positions {first} to {last} hold {placed} posts"


def _members() -> Iterator[str]:
    undone = ModAction.objects.filter(verb="undo", reverses_id=OuterRef("pk"))
    approved = ModAction.objects.filter(
        ~Exists(undone),
        subject_kind="post",
        subject_id=OuterRef("as_subject"),
        verb__in=["approve_post", "redact_post"],
    )
    posts = Post.objects.annotate(as_subject=Cast("pk", CharField())).filter(Exists(approved))
    counted = dict(posts.order_by().values_list("author").annotate(n=Count("pk")))
    for pk, stored in Member.objects.order_by("pk").values_list("pk", "approved_count").iterator():
        yield from _differs(f"member {pk}", "approved_count", stored, counted.get(pk, 0))


def _differs(name: str, counter: str, stored: object, counted: object) -> Iterator[str]:
    if stored != counted:
        yield f"{name}: {counter} is {stored}, counted {counted}"
