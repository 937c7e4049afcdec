"""The mover: the only code that changes the state of a post or topic, its counters and its search row.

Each function is called inside an action's transaction and keeps the lock order topic, post, author, board.
"""

import datetime as dt
from typing import Any

from django.db.models import Case, DateTimeField, F, Max, Value, When
from django.db.models.functions import Coalesce, Greatest

from forum.actions import indexing
from forum.actions.errors import Conflict, one
from forum.models import Board, Member, MovedPost, Post, PostRevision, Topic
from forum.states import (
    PLACED,
    READABLE_TOPICS,
    TOPIC_FOLLOWS,
    CalmReason,
    PostState,
    RevisionState,
    TopicState,
    may_move,
    topic_may_move,
)


def _check(before: str, after: str) -> None:
    if not may_move(before, after):
        raise Conflict(f"{before} to {after}")


def take_place(*, topic_id: int, opens: bool, now: dt.datetime, next_position: int | None = None) -> int:
    """Give out the topic's next position; `opens` moves a held topic to open in the same statement.

    Two F() in one UPDATE read the old row, so last_position becomes the place given. When the place that
    was read a moment ago (`next_position`) is still the next one, it need not be asked for again.
    """
    topics = Topic.objects.filter(pk=topic_id, continued_in=None)  # nothing lands where all moved away
    fields = {
        "next_position": F("next_position") + 1,
        "last_position": F("next_position"),
        "published_count": F("published_count") + 1,
        # Of two at the same moment the later clock may come first: the newest time stays.
        "last_published_at": Greatest(
            Coalesce("last_published_at", now), Value(now), output_field=DateTimeField()
        ),
        "version": F("version") + 1,
    }
    if next_position is not None and not opens:
        expected = topics.filter(next_position=next_position).exclude(state=TopicState.HELD)
        if expected.update(**fields):
            return next_position
    if opens:
        one(topics.filter(state=TopicState.HELD).update(state=Value(TopicState.OPEN.value), **fields))
    else:
        one(topics.exclude(state=TopicState.HELD).update(**fields))
    # We hold the row until commit: nobody moved it since.
    return topics.values_list("last_position", flat=True).get()


def publish(
    *, post: Post, revision_id: int, counts_for_trust: bool, now: dt.datetime, shows: int | None = None
) -> None:
    """held or rejected -> published: a place, the counters, and a topic that opens with its first post.

    `revision_id` is the wording that was read; `shows` another one, of the team, that is published in its
    stead. Raises Conflict when the post moved or its text changed since it was read.
    """
    shows = shows or revision_id
    before = post.state
    _check(before, PostState.PUBLISHED)
    position = take_place(topic_id=post.topic_id, opens=post.is_first, now=now)
    one(
        Post.objects.filter(
            pk=post.pk, topic=post.topic_id, state=before, latest_revision_id=revision_id
        ).update(
            state=PostState.PUBLISHED,
            position=position,
            published_revision_id=shows,
            latest_revision_id=shows,
            published_at=now,
            version=F("version") + 1,
        )
    )
    words = PostRevision.objects.filter(pk=shows).exclude(state=RevisionState.PURGED)
    one(words.update(state=RevisionState.APPROVED))  # an emptied text is never published
    if counts_for_trust:
        Member.objects.filter(pk=post.author_id).update(approved_count=F("approved_count") + 1)
    if post.is_first:
        Board.objects.filter(pk=post.topic.board_id).update(topic_count=F("topic_count") + 1)
    indexing.write_again(post_id=post.pk, revision_id=shows)
    post.refresh_from_db(fields=["state", "position", "published_revision", "published_at", "version"])


def show_wording(*, post: Post, shows: int, read: int | None, latest: int | None = None) -> None:
    """A published post shows another wording (`shows`), which is its newest when `latest` says so.

    `read` is the newest wording the caller saw. Raises Conflict when the post is no longer as it was read.
    """
    fields: dict[str, object] = {"published_revision_id": shows, "version": F("version") + 1}
    if latest is not None:
        fields["latest_revision_id"] = latest
    as_read = Post.objects.filter(
        pk=post.pk,
        state=PostState.PUBLISHED,
        latest_revision_id=read,
        published_revision_id=post.published_revision_id,
    )
    one(as_read.update(**fields))
    indexing.write_again(post_id=post.pk, revision_id=shows)


def turn_down(*, post: Post, to: PostState, revision_id: int, revision_to: RevisionState) -> None:
    """held -> returned, rejected or withdrawn; returned -> withdrawn. Nothing was ever public."""
    _check(post.state, to)
    one(
        Post.objects.filter(pk=post.pk, state=post.state, latest_revision_id=revision_id).update(
            state=to, version=F("version") + 1
        )
    )
    PostRevision.objects.filter(pk=revision_id).update(state=revision_to)
    post.state = to


def hold_again(*, post: Post, revision_id: int) -> None:
    """returned or rejected -> held, when that decision is undone. Raises Conflict."""
    _check(post.state, PostState.HELD)
    one(
        Post.objects.filter(pk=post.pk, state=post.state, latest_revision_id=revision_id).update(
            state=PostState.HELD, version=F("version") + 1
        )
    )
    words = PostRevision.objects.filter(pk=revision_id).exclude(state=RevisionState.PURGED)
    one(words.update(state=RevisionState.SUBMITTED))
    post.state = PostState.HELD


def uncount_approval(*, post: Post) -> None:
    """An approval was undone: it counts for nobody's trust."""
    Member.objects.filter(pk=post.author_id).update(approved_count=F("approved_count") - 1)


def take_down(*, post: Post, to: PostState) -> None:
    """published or hidden -> hidden, removed or retracted; removed -> hidden when that is undone.

    The place stays. A first post takes its topic along; but when its author takes it back, the replies of
    others stay, under a title that says so.
    """
    before = post.state
    _check(before, to)
    topic = Topic.objects.get(pk=post.topic_id)
    shown_less = 1 if before == PostState.PUBLISHED else 0
    fields: dict[str, object] = {
        "published_count": F("published_count") - shown_less,
        "version": F("version") + 1,
    }
    was_listed = topic.state in READABLE_TOPICS
    is_first = topic.first_post_id == post.pk
    topics = Topic.objects.filter(pk=topic.pk, state=topic.state)
    follow = TOPIC_FOLLOWS[to] if is_first else None
    if is_first and to == PostState.RETRACTED:
        topics = topics.filter(published_count=topic.published_count)
        if topic.published_count > shown_less:
            follow = None
    if follow and topic_may_move(topic.state, follow):
        fields["state"] = follow
        if was_listed:
            fields["resume_state"] = topic.state
    one(topics.update(**fields))
    here = Post.objects.filter(pk=post.pk, topic=topic, state=before)  # it may have been moved meanwhile
    one(here.update(state=to, version=F("version") + 1))
    if shown_less:
        indexing.take_out(post_id=post.pk)
    if "state" in fields and was_listed:
        Board.objects.filter(pk=topic.board_id).update(topic_count=F("topic_count") - 1)
    post.state = to


def bring_back(*, post: Post, now: dt.datetime) -> None:
    """hidden, removed or rejected -> published: the same place, or a first one for what never had one."""
    if post.state not in PLACED:
        if post.latest_revision_id is None:
            raise Conflict
        publish(post=post, revision_id=post.latest_revision_id, counts_for_trust=False, now=now)
        return
    before = post.state
    _check(before, PostState.PUBLISHED)
    topic = Topic.objects.get(pk=post.topic_id)
    fields: dict[str, object] = {"published_count": F("published_count") + 1, "version": F("version") + 1}
    if topic.first_post_id == post.pk and topic_may_move(topic.state, topic.resume_state):
        fields["state"] = topic.resume_state
    one(Topic.objects.filter(pk=topic.pk, state=topic.state).update(**fields))
    one(
        Post.objects.filter(pk=post.pk, topic=topic, state=before).update(
            state=PostState.PUBLISHED, version=F("version") + 1
        )
    )
    if PostRevision.objects.filter(pk=post.published_revision_id, state=RevisionState.PURGED).exists():
        raise Conflict  # the purge was faster
    indexing.write_again(post_id=post.pk, revision_id=post.published_revision_id or 0)
    if "state" in fields:
        Board.objects.filter(pk=topic.board_id).update(topic_count=F("topic_count") + 1)
    post.state = PostState.PUBLISHED


def calm(*, topic: Topic, becomes: dict[str, Any]) -> None:
    """Hold, slow, close or open a readable topic: these fields change if they are still as they were read.

    Not compared by version, which each new reply raises: a reply published meanwhile is no conflict.
    """
    after = becomes.get("state", topic.state)
    if after != topic.state and not topic_may_move(topic.state, after):
        raise Conflict(f"{topic.state} to {after}")
    was = {name: getattr(topic, name) for name in becomes if name != "calm_reason"}
    here = Topic.objects.filter(pk=topic.pk, state=topic.state).filter(**was)
    one(here.update(version=F("version") + 1, **becomes))
    for name, value in becomes.items():
        setattr(topic, name, value)


def lock_topics(*topics: int) -> dict[int, Topic]:
    """These topics as they are now, locked in the order of their numbers until the transaction ends."""
    locked = Topic.objects.select_for_update().filter(pk__in=topics).order_by("pk")
    return {topic.pk: topic for topic in locked}


def move_over(*, posts: list[Post], source: Topic, target: Topic, now: dt.datetime) -> None:
    """Placed posts of one topic get the next places of another, in the given order; both topics are locked.

    Each old place keeps a marker. State, text and time of a post stay, so nobody is told of anything new.
    """
    start = target.next_position
    new_place = Case(*[When(pk=post.pk, then=Value(start + n)) for n, post in enumerate(posts)])
    moved = Post.objects.filter(
        pk__in=[post.pk for post in posts], topic=source, position__isnull=False
    ).update(topic=target, position=new_place, version=F("version") + 1)
    if moved != len(posts):
        raise Conflict
    MovedPost.objects.bulk_create(
        MovedPost(topic=source, position=post.position or 0, post=post, moved_at=now) for post in posts
    )
    shown = sum(post.state == PostState.PUBLISHED for post in posts)
    times = [post.published_at for post in posts if post.published_at]
    left = source.posts.filter(position__isnull=False).aggregate(newest=Max("published_at"))["newest"]
    Topic.objects.filter(pk=source.pk).update(
        published_count=F("published_count") - shown, last_published_at=left, version=F("version") + 1
    )
    Topic.objects.filter(pk=target.pk).update(
        next_position=start + len(posts),
        last_position=start + len(posts) - 1,
        published_count=F("published_count") + shown,
        last_published_at=max([*times, *([target.last_published_at] if target.last_published_at else [])]),
        version=F("version") + 1,
    )
    for n, post in enumerate(posts):
        post.topic, post.position = target, start + n


def close_behind(*, source: Topic, target: Topic) -> None:
    """All posts of a topic were moved away: it is closed and says where it goes on.

    What waits goes along without a place; the title goes with the first post.
    """
    Post.objects.filter(topic=source, position__isnull=True).update(topic=target, version=F("version") + 1)
    one(
        Topic.objects.filter(pk=source.pk, state__in=READABLE_TOPICS, continued_in__isnull=True).update(
            state=TopicState.LOCKED,
            first_post=None,
            continued_in=target,
            calm_reason=CalmReason.MOVED,
            lock_until=None,
            version=F("version") + 1,
        )
    )


def count_topics(changes: dict[int, int]) -> None:
    """Change the number of topics of these boards, in the order of their numbers."""
    for board_id, n in sorted(changes.items()):
        if n:
            Board.objects.filter(pk=board_id).update(topic_count=F("topic_count") + n)
