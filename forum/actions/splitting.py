"""Posts that belong elsewhere: moved into another topic, or split off into one of their own.

Decided here:
- Only posts that have a place move, in their old order; the old place keeps a marker.
- The first post carries the title, so it moves only when all posts do. Then the old topic is closed and says
  where it goes on, and what waits or was turned down in it goes along without a place. In every other case
  what waits stays where it was sent.
- Words written for members never move where everyone can read.
- The title of a topic that was split off is a wording of its first post by the team, with the author's text
  letter for letter; members read that the title is the team's.
- Nobody gets a notice. Authors follow their words; when all posts move, so do those who follow the topic.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, quoting, record
from forum.actions.calming import done_with
from forum.actions.errors import Conflict, Refused, refuse_unless
from forum.actions.wording import retitled
from forum.models import Board, Member, ModAction, Post, PostRevision, Topic, TopicMember
from forum.models.revisions import TITLE_BY_TEAM
from forum.states import (
    READABLE_TOPICS,
    ActorRole,
    CalmReason,
    EditorKind,
    Level,
    PostState,
    RevisionState,
    TopicState,
)

#: More than a person chooses; a bound for one transaction.
MOST_AT_ONCE = 500


def move_posts(
    *,
    by: Member,
    posts: Sequence[Post],
    to_topic: Topic,
    from_topic: Topic | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> Topic:
    """Move posts of one topic to the end of another; the topic they are in now.

    `from_topic`: where whoever chose them saw them. Sent twice, or when all are there already, nothing more
    happens. Raises PermissionDenied, Refused (with
    a sentence), Conflict (a post or topic changed since it was read).
    """
    return _once(
        by=by,
        posts=posts,
        from_topic=from_topic,
        to_topic=to_topic,
        note=note,
        idempotency_key=idempotency_key,
    )


def split_topic(
    *,
    by: Member,
    posts: Sequence[Post],
    board: Board,
    title: str,
    from_topic: Topic | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> Topic:
    """Move posts of one topic into a new one with this title; the new topic.

    With all posts this moves a topic to another board. Raises PermissionDenied, Refused, Conflict.
    """
    return _once(
        by=by,
        posts=posts,
        from_topic=from_topic,
        board=board,
        title=title,
        note=note,
        idempotency_key=idempotency_key,
    )


def _once(
    *,
    by: Member,
    posts: Sequence[Post],
    from_topic: Topic | None,
    note: str,
    idempotency_key: str | None,
    to_topic: Topic | None = None,
    board: Board | None = None,
    title: str = "",
) -> Topic:
    refuse_unless(rules.may_moderate(by.user))
    earlier = _moved_with(idempotency_key, by)
    if earlier:
        return earlier
    ids = sorted({post.pk for post in posts})
    if to_topic and ids and all(post.topic_id == to_topic.pk for post in posts):
        return to_topic
    try:
        return _move(
            by=by,
            ids=ids,
            source_id=_common_topic(posts, from_topic),
            to_topic=to_topic,
            board=board,
            title=title,
            note=note,
            idempotency_key=idempotency_key,
        )
    except (Conflict, Refused, IntegrityError):
        # It may be the second copy of one form, sent at the same moment.
        earlier = _moved_with(idempotency_key, by)
        if earlier is None:
            raise
        return earlier


def _moved_with(key: str | None, by: Member) -> Topic | None:
    act = done_with(key, by)
    return Topic.objects.filter(pk=int(act.to_state)).first() if act and act.to_state.isdigit() else None


def _common_topic(posts: Sequence[Post], from_topic: Topic | None) -> int:
    topics = {post.topic_id for post in posts}
    if not topics:
        raise Refused(_("Choose the posts to move."))
    if len(topics) > 1 or (from_topic and from_topic.pk not in topics):
        raise Conflict  # some of them were moved since the page was shown
    return topics.pop()


@transaction.atomic
def _move(
    *,
    by: Member,
    ids: list[int],
    source_id: int,
    to_topic: Topic | None,
    board: Board | None,
    title: str,
    note: str,
    idempotency_key: str | None,
) -> Topic:
    now = timezone.now()
    locked = moving.lock_topics(source_id, *([to_topic.pk] if to_topic else []))
    source = locked[source_id]
    target = locked[to_topic.pk] if to_topic else None
    # Read behind the locks: no post of these topics gets, keeps or loses a place but through them.
    found = source.posts.filter(pk__in=ids).select_related(
        "author__user", "published_revision", "latest_revision"
    )
    posts = list(found.order_by("position", "pk"))
    if len(posts) != len(ids):
        raise Conflict
    everything = source.posts.in_place().count() == len(posts)
    _refuse_unfit(by=by, posts=posts, source=source, everything=everything)
    if target is None:
        if board is None or not title:
            raise Refused(_("Give the new topic a board and a title."))
        _refuse_other_readers(source, board)
        _refuse_as_first(by=by, post=posts[0])
        target = Topic.objects.create(board=board, author=posts[0].author, state=TopicState.OPEN)
    else:
        _refuse_target(by=by, source=source, target=target)
    is_new = to_topic is None
    closes = everything and source.continued_in_id is None
    read = _how_far_each_read(source, posts) if is_new else {}
    moving.move_over(posts=posts, source=source, target=target, now=now)
    if closes:
        moving.close_behind(source=source, target=target)
    if is_new:
        Topic.objects.filter(pk=target.pk).update(first_post=posts[0])
        target.first_post = posts[0]
        _give_title(by=by, post=posts[0], title=title, now=now)
    _follow_along(posts=posts, source=source, target=target, everyone=closes, read=read)
    counts = {source.board_id: 0, target.board_id: 0}
    counts[source.board_id] -= closes
    counts[target.board_id] += is_new
    moving.count_topics(counts)
    _write_down(
        by=by,
        posts=posts,
        source=source,
        target=target,
        is_new=is_new,
        closes=closes,
        note=note,
        idempotency_key=idempotency_key,
    )
    return target


def _refuse_unfit(*, by: Member, posts: list[Post], source: Topic, everything: bool) -> None:
    refuse_unless(rules.may_calm(by.user, source))
    if source.state not in READABLE_TOPICS:
        raise Refused(_("Members cannot read this topic now. Decide about its first post, then move posts."))
    if len(posts) > MOST_AT_ONCE:
        raise Refused(
            _("That is %(n)d posts. At most %(most)d move at once.") % {"n": len(posts), "most": MOST_AT_ONCE}
        )
    waiting = sum(post.position is None for post in posts)
    if waiting:
        raise Refused(_("Of these posts %(n)d are not published. Decide about them first.") % {"n": waiting})
    if not everything and any(post.pk == source.first_post_id for post in posts):
        raise Refused(_("The first post carries the title. It moves only when all posts move."))


def _refuse_target(*, by: Member, source: Topic, target: Topic) -> None:
    refuse_unless(rules.may_calm(by.user, target))
    if target.state not in READABLE_TOPICS or target.continued_in_id:
        raise Refused(_("Members do not read that topic now. Choose another one."))
    _refuse_other_readers(source, target.board)


def _refuse_other_readers(source: Topic, board: Board) -> None:
    if not rules.keeps_audience(source.board, board):
        raise Refused(_("These posts were written for members only. They cannot go where everyone can read."))


def _refuse_as_first(*, by: Member, post: Post) -> None:
    """The first post of a new topic is one that members read, and gets a wording by the team."""
    if post.state != PostState.PUBLISHED or post.published_revision is None:
        raise Refused(_("The first of these posts is taken down. A topic begins with one that can be read."))
    if rules.is_too_close(by.user, post):
        raise Refused(
            _("The new topic would begin with words of yours, or of someone you know. Ask a colleague.")
        )
    if post.has_pending_edit:
        raise Refused(_("Its author sent a change that waits in the queue. Decide about that first."))


def _give_title(*, by: Member, post: Post, title: str, now: dt.datetime) -> None:
    """A wording by the team with this title and the author's own text."""
    shown, latest = post.published_revision, post.latest_revision
    if shown is None or latest is None:
        raise Conflict
    if shown.title == title:
        return
    revision = PostRevision.objects.create(
        post=post,
        number=latest.number + 1,
        editor=by,
        editor_kind=EditorKind.MODERATOR,
        state=RevisionState.APPROVED,
        created_at=now,
        labels=[*(label for label in shown.labels if label != TITLE_BY_TEAM), TITLE_BY_TEAM],
        **retitled(shown, title),
    )
    quoting.copy(shown, revision)
    moving.show_wording(post=post, shows=revision.pk, read=latest.pk, latest=revision.pk)
    PostRevision.objects.filter(pk=shown.pk).update(state=RevisionState.SUPERSEDED)
    post.published_revision = post.latest_revision = revision


def _how_far_each_read(source: Topic, posts: list[Post]) -> dict[int, int]:
    """How many of these posts each reader has read in the old topic: a new one is not all new to them."""
    places = [post.position or 0 for post in posts]
    readers = TopicMember.objects.filter(topic=source, last_read_position__gte=places[0])
    return {
        member: sum(place <= last for place in places)
        for member, last in readers.values_list("member_id", "last_read_position")
    }


def _follow_along(
    *, posts: list[Post], source: Topic, target: Topic, everyone: bool, read: dict[int, int]
) -> None:
    """Authors follow their words, as loudly as before; all who follow the old topic when all of it moves."""
    rows = {row.member_id: row for row in TopicMember.objects.filter(topic=source)}
    levels = {post.author_id: Level.TRACKING.value for post in posts}
    for member_id, row in rows.items():
        if row.level != Level.NORMAL and (everyone or member_id in levels):
            levels[member_id] = row.level
    for member_id in read:
        levels.setdefault(member_id, Level.NORMAL)
    TopicMember.objects.bulk_create(
        [
            TopicMember(
                member_id=member_id, topic=target, level=level, last_read_position=read.get(member_id, 0)
            )
            for member_id, level in sorted(levels.items())
        ],
        ignore_conflicts=True,
    )


def _write_down(
    *,
    by: Member,
    posts: list[Post],
    source: Topic,
    target: Topic,
    is_new: bool,
    closes: bool,
    note: str,
    idempotency_key: str | None,
) -> ModAction:
    """One act with the numbers of both topics, and below it one a post."""
    act = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="split_topic" if is_new else "move_posts",
        subject_kind="topic",
        subject_id=source.pk,
        from_state=str(source.pk),
        to_state=str(target.pk),
        note=note,
        idempotency_key=idempotency_key,
    )
    for post in posts:
        record.append(
            by=by,
            role=ActorRole.MODERATOR,
            verb="move_post",
            subject_kind="post",
            subject_id=post.pk,
            from_state=str(source.pk),
            to_state=str(target.pk),
            bulk_parent_id=act.pk,
        )
    if closes:
        record.append(
            by=by,
            role=ActorRole.MODERATOR,
            verb="close_topic",
            subject_kind="topic",
            subject_id=source.pk,
            from_state=source.state,
            to_state=TopicState.LOCKED,
            reason_code=CalmReason.MOVED,
            bulk_parent_id=act.pk,
        )
    return act
