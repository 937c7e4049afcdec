"""A site filled with invented people and words, to measure and to try it at size. Never a real site's.

Rows are written in bulk, as the actions leave them: places without gaps, counters that agree with a recount,
read marks, responses. Posts come in the order of time, as they would on a site that grew. Each chunk is a
transaction: stopped in between, what is there is whole.
"""

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from random import Random

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from accounts import handles
from accounts.models import User
from forum.actions import filling_words
from forum.actions.wording import Wording
from forum.models import Board, Member, Post, PostRevision, Response, Topic, TopicMember
from forum.states import (
    Audience,
    BoardGroup,
    Level,
    PostState,
    ResponseKind,
    RevisionState,
    TopicState,
    Trust,
)

#: Posts a transaction.
CHUNK = 5000
SPAN = dt.timedelta(days=730)
#: How far back counts as unread for a filled member who has not opened a topic.
UNREAD = dt.timedelta(days=30)
#: Shares of all replies: taken back by their author; with a response.
TAKEN_BACK, RESPONDED = 0.004, 0.12


@dataclass(frozen=True)
class Size:
    """How much to make. `longest` is the number of posts in the longest topic, of all `posts`."""

    boards: int
    members: int
    topics: int
    posts: int
    longest: int

    def fault(self) -> str:
        """Why this size cannot be made; empty when it can."""
        if min(self.boards, self.members, self.topics, self.longest) < 1:
            return "Each number must be at least 1."
        rest = self.posts - self.longest
        if rest < self.topics - 1 or (self.topics == 1 and rest):
            return "Each topic has at least one post: posts must be at least longest + topics - 1."
        return ""


@dataclass(frozen=True)
class Filled:
    """What was made, and how to find one's way in it."""

    boards: int
    members: int
    topics: int
    posts: int
    reader: Member
    longest: Topic
    busiest: Board


@dataclass
class _Plan:
    """A topic to be, and how far it was written."""

    pk: int
    board: Board
    author: Member
    last: int = 0
    published: int = 0
    newest: dt.datetime | None = None


#: One post to be: when, in which topic (its place in the list of plans).
_Moment = tuple[dt.datetime, int]


def fill(*, size: Size, reader: tuple[str, str], seed: int = 1, say: Callable[[str], None]) -> Filled:
    """Make boards, members, topics and posts; `reader` is the handle and passphrase of one more member.

    Raises ValueError for a size that cannot be made.
    """
    if size.fault():
        raise ValueError(size.fault())
    rng = Random(seed)  # noqa: S311 (the same data each time is the point)
    boards = _boards(size.boards)
    members = _members(rng, size.members)
    bench = _reader(*reader)
    say(f"{len(boards)} boards, {len(members)} members, and {bench.handle}")
    replies = filling_words.texts(rng, size.posts)
    openings = filling_words.openings(rng, size.topics)
    plans, moments = _plan(rng, size, boards, members)
    writer = _Writer(rng, plans, members=members, replies=replies, openings=openings)
    said = 0
    for chunk in _chunks(moments, CHUNK):
        writer.write(chunk)
        if writer.posts - said >= 10 * CHUNK:
            said = writer.posts
            say(f"{said} posts")
    _mark_read(rng, bench, plans)
    return Filled(
        boards=len(boards),
        members=len(members) + 1,
        topics=len(plans),
        posts=writer.posts,
        reader=bench,
        longest=Topic.objects.get(pk=plans[0].pk),
        busiest=boards[0],
    )


@transaction.atomic
def _boards(n: int) -> list[Board]:
    before = Board.objects.filter(slug__startswith="filled-").count()
    nouns, groups = filling_words.NOUNS, BoardGroup.values
    return [
        Board.objects.create(
            slug=f"filled-{number}",
            name=f"{nouns[number % len(nouns)]} room {number}",
            purpose="A room of invented words, to try the site at size.",
            about="Nobody wrote here. The words are made of a few sentences.",
            group=groups[number % len(groups)],
            # One board in five is for members alone.
            audience=Audience.MEMBERS if number % 5 == 0 else Audience.PUBLIC,
            position=number,
        )
        for number in range(before + 1, before + n + 1)
    ]


@transaction.atomic
def _members(rng: Random, n: int) -> list[Member]:
    """Known members who cannot sign in: nobody has their passphrase, there is none."""
    taken = set(User.objects.values_list("handle_skeleton", flat=True))
    joined = timezone.now() - SPAN
    first_user, first_member = _next_pk(User), _next_pk(Member)
    users: list[User] = []
    number = 0
    while len(users) < n:
        name = filling_words.handle(number)
        number += 1
        skeleton = handles.skeleton(name)
        if skeleton in taken:
            continue
        taken.add(skeleton)
        users.append(
            User(
                pk=first_user + len(users),
                username=name,
                handle_skeleton=skeleton,
                password=make_password(None),
                avatar_seed=rng.randrange(2**31),
                date_joined=joined,
            )
        )
    User.objects.bulk_create(users, batch_size=CHUNK)
    members = Member.objects.bulk_create(
        [
            Member(
                pk=first_member + place,
                user=user,
                trust=Trust.KNOWN,
                read_through_at=timezone.now() - UNREAD,
            )
            for place, user in enumerate(users)
        ],
        batch_size=CHUNK,
    )
    _follow_numbers(User, Member)
    return members


@transaction.atomic
def _reader(handle: str, passphrase: str) -> Member:
    """The one who can sign in, to look at the filled site as a member; found again by name."""
    user = User.objects.filter(username=handle).first()
    if user is None:
        user = User.objects.create_user(username=handle, password=passphrase)
    member = Member.objects.for_user(user)
    Member.objects.filter(pk=member.pk).update(trust=Trust.KNOWN, read_through_at=timezone.now() - UNREAD)
    return member


def _plan(
    rng: Random, size: Size, boards: list[Board], members: list[Member]
) -> tuple[list[_Plan], list[_Moment]]:
    """Topics with their boards, authors and the moments of their posts; the longest is the first.

    Few boards, topics and people have most of the posts, as everywhere.
    """
    now = timezone.now()
    first = _next_pk(Topic)
    some_boards = rng.choices(boards, weights=_few_have_most(len(boards), 2), k=size.topics)
    some_authors = rng.choices(members, weights=_few_have_most(len(members), 20), k=size.topics)
    plans = [
        _Plan(pk=first + place, board=board, author=author)
        for place, (board, author) in enumerate(zip(some_boards, some_authors, strict=True))
    ]
    plans[0].board = boards[0]
    moments: list[_Moment] = []
    for place, posts in enumerate(_lengths(rng, size)):
        if place == 0:
            starts, lasts = now - SPAN, SPAN
        else:
            starts = now - SPAN * rng.random()
            lasts = min(now - starts, dt.timedelta(days=1 + rng.expovariate(1 / 12)))
        moments.append((starts, place))
        moments += [(starts + lasts * (0.001 + 0.998 * rng.random() ** 2), place) for _n in range(posts - 1)]
    moments.sort()
    return plans, moments


def _lengths(rng: Random, size: Size) -> list[int]:
    """How many posts each topic has: the longest first, the others share the rest unevenly."""
    others = size.topics - 1
    if not others:
        return [size.longest]
    spare = size.posts - size.longest - others
    weights = [rng.lognormvariate(0, 1.2) for _n in range(others)]
    whole = sum(weights)
    lengths = [1 + int(spare * weight / whole) for weight in weights]
    for place in rng.choices(range(others), k=size.posts - size.longest - sum(lengths)):
        lengths[place] += 1
    return [size.longest, *lengths]


def _few_have_most(n: int, flat: int) -> list[float]:
    return [1 / (flat + place) for place in range(n)]


class _Writer:
    """Writes the posts of a plan, chunk after chunk, and keeps count."""

    def __init__(
        self,
        rng: Random,
        plans: list[_Plan],
        *,
        members: list[Member],
        replies: list[Wording],
        openings: list[Wording],
    ) -> None:
        self.rng = rng
        self.plans = plans
        self.members = members
        self.weights = list(accumulate(_few_have_most(len(members), 20)))
        self.replies = [wording.as_fields() for wording in replies]
        self.openings = [wording.as_fields() for wording in openings]
        self.next_post, self.next_revision = _next_pk(Post), _next_pk(PostRevision)
        self.posts = 0
        self.seen: set[tuple[int, int]] = set()

    @transaction.atomic
    def write(self, moments: Sequence[_Moment]) -> None:
        """One chunk, whole or not at all: posts, their texts and responses, and every counter."""
        touched: dict[int, bool] = {}
        posts: list[Post] = []
        revisions: list[PostRevision] = []
        readers: list[TopicMember] = []
        responses: list[Response] = []
        authors = self.rng.choices(self.members, cum_weights=self.weights, k=len(moments))
        for (when, place), author in zip(moments, authors, strict=True):
            plan = self.plans[place]
            is_new = plan.last == 0
            touched[place] = touched.get(place, False) or is_new
            by = plan.author if is_new else author
            post, revision = self._post(plan, by=by, when=when, is_new=is_new)
            posts.append(post)
            revisions.append(revision)
            responses += self._responses(post)
            if (plan.pk, by.pk) not in self.seen:
                self.seen.add((plan.pk, by.pk))
                level = Level.WATCHING if is_new else Level.TRACKING
                readers.append(
                    TopicMember(member=by, topic_id=plan.pk, last_read_position=plan.last, level=level)
                )
        new = {place for place, is_new in touched.items() if is_new}
        first_posts = {post.topic_id: post.pk for post in posts if post.position == 1}
        Topic.objects.bulk_create(
            [self._topic(self.plans[place], first_posts) for place in sorted(new)], batch_size=CHUNK
        )
        Post.objects.bulk_create(posts, batch_size=CHUNK)
        PostRevision.objects.bulk_create(revisions, batch_size=CHUNK)
        TopicMember.objects.bulk_create(readers, batch_size=CHUNK)
        Response.objects.bulk_create(responses, batch_size=CHUNK)
        self._count_topics([self.plans[place] for place in touched if place not in new])
        for board, n in _how_many(self.plans[place].board for place in new).items():
            Board.objects.filter(pk=board).update(topic_count=models.F("topic_count") + n)
        _follow_numbers(Topic, Post, PostRevision)
        self.posts += len(posts)

    def _post(self, plan: _Plan, *, by: Member, when: dt.datetime, is_new: bool) -> tuple[Post, PostRevision]:
        plan.last += 1
        plan.newest = when
        taken_back = not is_new and self.rng.random() < TAKEN_BACK
        plan.published += not taken_back
        pk, revision_pk = self.next_post, self.next_revision
        self.next_post, self.next_revision = pk + 1, revision_pk + 1
        post = Post(
            pk=pk,
            public_id=_public_id(self.rng),
            topic_id=plan.pk,
            author=by,
            state=PostState.RETRACTED if taken_back else PostState.PUBLISHED,
            position=plan.last,
            published_revision_id=revision_pk,
            latest_revision_id=revision_pk,
            client_token=f"filled-{pk}",
            submitted_at=when,
            published_at=when,
        )
        revision = PostRevision(
            pk=revision_pk,
            post_id=pk,
            number=1,
            editor=by,
            state=RevisionState.APPROVED,
            created_at=when,
            **self.rng.choice(self.openings if is_new else self.replies),
        )
        return post, revision

    def _responses(self, post: Post) -> list[Response]:
        """A few worded answers, and their counters on the post."""
        if post.state != PostState.PUBLISHED or self.rng.random() >= RESPONDED:
            return []
        people = self.rng.choices(self.members, k=self.rng.choice((1, 1, 2, 4)))
        some = {member.pk: member for member in people if member.pk != post.author_id}
        given = [
            Response(post_id=post.pk, member=member, kind=self.rng.choice(ResponseKind.values))
            for member in some.values()
        ]
        for response in given:
            counter = f"{response.kind}_count"
            setattr(post, counter, getattr(post, counter) + 1)
        return given

    def _topic(self, plan: _Plan, first_posts: dict[int, int]) -> Topic:
        state = TopicState.LOCKED if plan.pk % 50 == 0 and plan is not self.plans[0] else TopicState.OPEN
        return Topic(
            pk=plan.pk,
            public_id=_public_id(self.rng),
            board=plan.board,
            author=plan.author,
            first_post_id=first_posts[plan.pk],
            state=state,
            next_position=plan.last + 1,
            published_count=plan.published,
            last_position=plan.last,
            last_published_at=plan.newest,
        )

    def _count_topics(self, plans: list[_Plan]) -> None:
        """The counters of topics that grew, one statement a topic and one round trip."""
        table = connection.ops.quote_name(Topic._meta.db_table)
        adapt = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET next_position = %s, last_position = %s, published_count = %s,"  # noqa: S608
                " last_published_at = %s WHERE id = %s",
                [(p.last + 1, p.last, p.published, adapt(p.newest), p.pk) for p in plans],
            )


@transaction.atomic
def _mark_read(rng: Random, reader: Member, plans: list[_Plan]) -> None:
    """The reader opened two topics in five, some of them to the end, and follows a few."""
    rows = []
    for plan in plans:
        if rng.random() >= 0.4:
            continue
        read = plan.last if rng.random() < 0.5 else rng.randint(0, plan.last)
        level = Level.WATCHING if rng.random() < 0.01 else Level.NORMAL
        rows.append(TopicMember(member=reader, topic_id=plan.pk, last_read_position=read, level=level))
    TopicMember.objects.bulk_create(rows, batch_size=CHUNK)


def _public_id(rng: Random) -> str:
    """Shaped like the real ones, but the same for the same seed: an address to come back to."""
    return urlsafe_b64encode(rng.randbytes(9)).decode()


def _how_many(boards: Iterable[Board]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for board in boards:
        counted[board.pk] = counted.get(board.pk, 0) + 1
    return counted


def _next_pk(model: type[models.Model]) -> int:
    newest: int | None = model._default_manager.aggregate(newest=Max("pk"))["newest"]
    return (newest or 0) + 1


def _follow_numbers(*filled: type[models.Model]) -> None:
    """Tell the database which numbers were used: where it counts by itself, it does not see given ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(filled)):
            cursor.execute(statement)


def _chunks(moments: Sequence[_Moment], n: int) -> Iterator[list[_Moment]]:
    left = iter(moments)
    while chunk := list(islice(left, n)):
        yield chunk
