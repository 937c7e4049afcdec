"""The rows of a filled site, written in bulk as the actions leave them (forum.actions.filling)."""

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max

from forum.actions.filling_words import excerpt
from forum.actions.indexing import row_of
from forum.actions.wording import Wording
from forum.models import Board, Member, Post, PostRevision, PostSearch, Quote, Response, Topic, TopicMember
from forum.states import Level, PostState, ResponseKind, RevisionState, TopicState

#: Posts a transaction, and rows a statement.
CHUNK = 5000
#: Shares of all replies: taken back by their author; with a response; that quote
#: the post before them.
TAKEN_BACK, RESPONDED, QUOTING = 0.004, 0.12, 0.08


@dataclass
class Plan:
    """A topic to be, and how far it was written."""

    pk: int
    board: Board
    author: Member
    last: int = 0
    published: int = 0
    #: What the next reply may quote: a post, and words of it.
    newest_post: int = 0
    newest_words: str = ""
    newest: dt.datetime | None = None


#: One post to be: when, in which topic (its place in the list of plans).
Moment = tuple[dt.datetime, int]


def few_have_most(n: int, flat: int) -> list[float]:
    """Weights of n things of which the first have most."""
    return [1 / (flat + place) for place in range(n)]


@dataclass(frozen=True)
class _Words:
    """A wording of the pool: a revision's columns, what search finds it by, what can be quoted of it."""

    fields: dict[str, object]
    title: str
    text: str
    lang: str
    excerpt: str

    @classmethod
    def of(cls, wording: Wording) -> "_Words":
        row = row_of(post_id=0, title=wording.title, html=wording.html, lang=wording.lang)
        return cls(wording.as_fields(), row.title, row.text, row.lang, excerpt(wording.source))

    def found_as(self, post_id: int) -> PostSearch:
        """The row that search looks through."""
        return PostSearch(id=post_id, post_id=post_id, title=self.title, text=self.text, lang=self.lang)


class Writer:
    """Writes the posts of a plan, chunk after chunk, and keeps count."""

    def __init__(
        self,
        rng: Random,
        plans: list[Plan],
        *,
        members: list[Member],
        replies: list[Wording],
        quoting: list[Wording],
        openings: list[Wording],
    ) -> None:
        self.rng = rng
        self.plans = plans
        self.members = members
        self.weights = list(accumulate(few_have_most(len(members), 20)))
        self.replies = [_Words.of(wording) for wording in replies]
        self.quoting = [_Words.of(wording) for wording in quoting]
        self.openings = [_Words.of(wording) for wording in openings]
        self.next_post, self.next_revision = next_pk(Post), next_pk(PostRevision)
        self.posts = 0
        self.seen: set[tuple[int, int]] = set()

    @transaction.atomic
    def write(self, moments: Sequence[Moment]) -> None:
        """One chunk, whole or not at all: posts, their texts and responses, and every counter."""
        touched: dict[int, bool] = {}
        posts: list[Post] = []
        revisions: list[PostRevision] = []
        readers: list[TopicMember] = []
        responses: list[Response] = []
        quotes: list[Quote] = []
        found: list[PostSearch] = []
        authors = self.rng.choices(self.members, cum_weights=self.weights, k=len(moments))
        for (when, place), author in zip(moments, authors, strict=True):
            plan = self.plans[place]
            is_new = plan.last == 0
            touched[place] = touched.get(place, False) or is_new
            by = plan.author if is_new else author
            quotes_last = bool(not is_new and plan.newest_words and self.rng.random() < QUOTING)
            words = self.rng.choice(
                self.openings if is_new else self.quoting if quotes_last else self.replies
            )
            if quotes_last:
                quotes.append(
                    Quote(
                        revision_id=self.next_revision,
                        number=1,
                        post_id=plan.newest_post,
                        excerpt=plan.newest_words,
                    )
                )
            post, revision = self._post(plan, by=by, when=when, is_new=is_new, words=words)
            if quotes_last:
                post.reply_to_id = quotes[-1].post_id
            if post.state == PostState.PUBLISHED:
                found.append(words.found_as(post.pk))
                plan.newest_post, plan.newest_words = post.pk, words.excerpt
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
        Quote.objects.bulk_create(quotes, batch_size=CHUNK)
        PostSearch.objects.bulk_create(found, batch_size=CHUNK)
        TopicMember.objects.bulk_create(readers, batch_size=CHUNK)
        Response.objects.bulk_create(responses, batch_size=CHUNK)
        self._count_topics([self.plans[place] for place in touched if place not in new])
        for board, n in _how_many(self.plans[place].board for place in new).items():
            Board.objects.filter(pk=board).update(topic_count=models.F("topic_count") + n)
        follow_numbers(Topic, Post, PostRevision)
        self.posts += len(posts)

    def _post(
        self, plan: Plan, *, by: Member, when: dt.datetime, is_new: bool, words: "_Words"
    ) -> tuple[Post, PostRevision]:
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
            **words.fields,
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

    def _topic(self, plan: Plan, first_posts: dict[int, int]) -> Topic:
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

    def _count_topics(self, plans: list[Plan]) -> None:
        """The counters of topics that grew, one statement a topic and one round trip."""
        table = connection.ops.quote_name(Topic._meta.db_table)
        adapt = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET next_position = %s, last_position = %s, published_count = %s,"  # noqa: S608
                " last_published_at = %s WHERE id = %s",
                [(p.last + 1, p.last, p.published, adapt(p.newest), p.pk) for p in plans],
            )


def _public_id(rng: Random) -> str:
    """Shaped like the real ones, but the same for the same seed: an address to come back to."""
    return urlsafe_b64encode(rng.randbytes(9)).decode()


def _how_many(boards: Iterable[Board]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for board in boards:
        counted[board.pk] = counted.get(board.pk, 0) + 1
    return counted


def next_pk(model: type[models.Model]) -> int:
    """The number after the newest row's."""
    newest: int | None = model._default_manager.aggregate(newest=Max("pk"))["newest"]
    return (newest or 0) + 1


def follow_numbers(*filled: type[models.Model]) -> None:
    """Tell the database which numbers were used: where it counts by itself, it does not see given ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(filled)):
            cursor.execute(statement)
