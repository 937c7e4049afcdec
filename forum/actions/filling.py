"""A site filled with invented people and words, to measure and to try it at size. Never a real site's.

Rows are written in bulk, as the actions leave them: places without gaps, counters that agree with a recount,
read marks, responses. Posts come in the order of time, as they would on a site that grew. Each chunk is a
transaction: stopped in between, what is there is whole.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import handles
from accounts.models import User
from forum.actions import filling_words
from forum.actions.filling_rows import CHUNK, Moment, Plan, Writer, few_have_most, follow_numbers, next_pk
from forum.models import Board, Member, Topic, TopicMember
from forum.states import (
    Audience,
    BoardGroup,
    Level,
    Trust,
)

SPAN = dt.timedelta(days=730)
#: How far back counts as unread for a filled member who has not opened a topic.
UNREAD = dt.timedelta(days=30)


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
    quoting = filling_words.quoting(rng, size.posts)
    openings = filling_words.openings(rng, size.topics)
    plans, moments = _plan(rng, size, boards, members)
    writer = Writer(rng, plans, members=members, replies=replies, quoting=quoting, openings=openings)
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
    first_user, first_member = next_pk(User), next_pk(Member)
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
    follow_numbers(User, Member)
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
) -> tuple[list[Plan], list[Moment]]:
    """Topics with their boards, authors and the moments of their posts; the longest is the first.

    Few boards, topics and people have most of the posts, as everywhere.
    """
    now = timezone.now()
    first = next_pk(Topic)
    some_boards = rng.choices(boards, weights=few_have_most(len(boards), 2), k=size.topics)
    some_authors = rng.choices(members, weights=few_have_most(len(members), 20), k=size.topics)
    plans = [
        Plan(pk=first + place, board=board, author=author)
        for place, (board, author) in enumerate(zip(some_boards, some_authors, strict=True))
    ]
    plans[0].board = boards[0]
    moments: list[Moment] = []
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


@transaction.atomic
def _mark_read(rng: Random, reader: Member, plans: list[Plan]) -> None:
    """The reader opened two topics in five, some of them to the end, and follows a few."""
    rows = []
    for plan in plans:
        if rng.random() >= 0.4:
            continue
        read = plan.last if rng.random() < 0.5 else rng.randint(0, plan.last)
        level = Level.WATCHING if rng.random() < 0.01 else Level.NORMAL
        rows.append(TopicMember(member=reader, topic_id=plan.pk, last_read_position=read, level=level))
    TopicMember.objects.bulk_create(rows, batch_size=CHUNK)


def _chunks(moments: Sequence[Moment], n: int) -> Iterator[list[Moment]]:
    left = iter(moments)
    while chunk := list(islice(left, n)):
        yield chunk
