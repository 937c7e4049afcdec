"""Reading costs what a page holds, however long the topic and however many the topics (scenario A44)."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.models import Member, Post, PostRevision, Topic, TopicMember
from forum.states import PostState, RevisionState, TopicState
from tests.factories import make_board, open_topic

pytestmark = pytest.mark.django_db

POSTS, TOPICS = 4_000, 3_000
#: No step of a page looks at more rows than this: the newest topics, and the marks of the reader alone.
ROWS = 2_000
BIG = ("forum_post", "forum_postrevision", "forum_topic", "forum_topicmember")


def _fill(topic, author, reader) -> None:
    """The topic gets so many posts and its board so many topics, of which this reader read the newer half."""
    now = timezone.now()
    topics = Topic.objects.bulk_create(
        Topic(
            board=topic.board,
            author=author,
            state=TopicState.OPEN,
            last_position=1,
            next_position=2,
            published_count=1,
            last_published_at=now - dt.timedelta(minutes=n),
        )
        for n in range(TOPICS)
    )
    TopicMember.objects.bulk_create(
        TopicMember(member=reader, topic=one, last_read_position=1) for one in topics[: TOPICS // 2]
    )
    places = [(topic, n + 2) for n in range(POSTS)] + [(one, 1) for one in topics]
    posts = Post.objects.bulk_create(
        Post(
            topic=one,
            position=place,
            state=PostState.HIDDEN,  # until it has its words
            author=author,
            client_token=uuid.uuid4().hex,
            submitted_at=now,
            published_at=now,
        )
        for one, place in places
    )
    PostRevision.objects.bulk_create(
        PostRevision(
            post=post,
            number=1,
            editor=author,
            source="Words",
            html="<p>Words</p>",
            renderer_version="1",
            sha256="0" * 64,
            state=RevisionState.APPROVED,
            created_at=now,
        )
        for post in posts
    )
    words = Subquery(PostRevision.objects.filter(post=OuterRef("pk")).values("pk")[:1])
    Post.objects.filter(state=PostState.HIDDEN).update(
        state=PostState.PUBLISHED, published_revision=words, latest_revision=words
    )
    last = POSTS + 1
    Topic.objects.filter(pk=topic.pk).update(
        next_position=last + 1, last_position=last, published_count=last, last_published_at=now
    )


@pytest.fixture
def site(answers, asks, stranger, newcomer) -> Topic:
    """A topic of four thousand posts in a board of three thousand topics."""
    topic = open_topic(answers.member, make_board())
    _fill(topic, asks.member, stranger.member)
    assert newcomer.member
    Member.objects.update(read_through_at=timezone.now() - dt.timedelta(days=60))
    with connection.cursor() as cursor:
        for table in BIG:
            cursor.execute(f"ANALYZE {table}")
    return topic


def _asked(person, address) -> list[str]:
    """The statements that read the forum when this page is opened."""
    person.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert person.get(address).status_code == 200
    # The queue has plans of its own (test_queue_order), and leaves its table full of dead rows.
    asked = (q["sql"] for q in captured.captured_queries if "forum_reviewitem" not in q["sql"])
    return [sql for sql in asked if "forum_" in sql and sql.startswith("SELECT")]


def _plan(statement) -> str:
    """How the database carries it out; on PostgreSQL it is carried out, and the rows are counted."""
    how = (
        "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {statement}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def _reads_much(plan) -> list[str]:
    """The steps that look at many rows (PostgreSQL) or at all rows of a big table (SQLite)."""
    if connection.vendor == "sqlite":
        return re.findall(rf"SCAN (?:{'|'.join(BIG)})\b(?! USING INDEX topic_).*", plan)
    much, times = [], 1
    for line in plan.splitlines():
        if step := re.search(r"actual rows=(\d+) loops=(\d+)", line):
            rows, times = int(step[1]), int(step[2])
        elif removed := re.search(r"Rows Removed by \w+: (\d+)", line):
            rows = int(removed[1])
        else:
            continue
        much += [line] if rows * times > ROWS else []
    return much


def _all_read_little(person, address) -> str:
    plans = [_plan(statement) for statement in _asked(person, address)]
    for plan in plans:
        assert _reads_much(plan) == [], plan
    return "\n".join(plans)


def test_the_first_a_middle_and_the_last_page_of_a_long_topic_are_found_by_place(site, stranger, newcomer):
    """A44."""
    for page in ("1", "100", "last"):
        for person in (stranger, newcomer):
            plans = _all_read_little(person, f"{site.get_absolute_url()}?page={page}")
            assert "one_post_a_position" in plans


@pytest.mark.parametrize("read", [1, POSTS - 100, POSTS + 1], ids=["nothing", "nearly-all", "all"])
def test_the_first_new_post_of_a_long_topic_is_found_by_place(site, stranger, read):
    """A44."""
    TopicMember.objects.update_or_create(
        member=stranger.member, topic=site, defaults={"last_read_position": read}
    )
    _all_read_little(stranger, site.get_absolute_url())
    assert "topic_list" in _all_read_little(stranger, site.board.get_absolute_url())


def test_news_look_at_the_newest_topics_alone(site, stranger, newcomer):
    for person in (stranger, newcomer):
        assert "topic_news_of_board" in _all_read_little(person, "/talk/")
        assert "topic_news" in _all_read_little(person, "/talk/new/")
        older = person.get("/talk/new/").context["older_url"]
        assert older
        assert "topic_news" in _all_read_little(person, f"/talk/new/{older}")
