"""How many first posts were answered within a day, worked out by hand (design: being answered)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import answering, figures
from forum.answering import Answered, answered_between, answered_in_words
from forum.figures_json import as_json
from forum.models import Post, Topic
from tests.factories import bring_to, make_board, open_topic, write_reply

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
NOW = dt.datetime(2026, 10, 14, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def asked(answers, stranger):
    """A topic that began before NOW and was answered so long afterwards; None is never."""
    board = make_board()

    def begin(ago, after=None, *, by=None):
        topic = open_topic(answers.member, board)
        Post.objects.filter(pk=topic.first_post_id).update(published_at=NOW - ago)
        if after is not None:
            reply = write_reply(by or stranger.member, topic)
            Post.objects.filter(pk=reply.pk).update(published_at=NOW - ago + after)
        return topic

    return begin


@pytest.fixture(autouse=True)
def _no_flood_limit(monkeypatch):
    from forum import rules

    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 10_000)


def counted():
    return answered_between(NOW - 30 * DAY, NOW - DAY)


def test_the_share_equals_what_a_person_works_out_by_hand(asked, answers):
    asked(5 * DAY, 1 * HOUR)  # within a day
    asked(5 * DAY, 3 * HOUR)  # within a day
    asked(5 * DAY, DAY)  # at the very end of the day: within
    asked(5 * DAY, DAY + HOUR)  # answered, a day and an hour later
    asked(5 * DAY)  # never
    asked(5 * DAY, HOUR, by=answers.member)  # only its author wrote again: never
    asked(23 * HOUR, HOUR)  # began less than a day ago: not counted yet
    asked(31 * DAY, HOUR)  # too long ago
    found = counted()
    # Six began in the span; three were answered in time. Waits of the four with an answer: 1, 3, 24, 25 hours,
    # so the middle lies between 3 and 24: 13.5 hours.
    assert (found.n, found.soon) == (6, 3)
    assert sorted(found.waits) == [3600.0, 10800.0, 86400.0, 90000.0]
    assert found.median == 13.5 * 3600


def test_the_first_answer_counts_not_the_quickest_to_be_written_last(asked, stranger, person):
    topic = asked(5 * DAY, 2 * HOUR)
    later = write_reply(person("heron", trust=1).member, topic)
    Post.objects.filter(pk=later.pk).update(published_at=NOW - 5 * DAY + 40 * HOUR)
    assert counted().waits == (7200.0,)


@pytest.mark.parametrize("state", ["hidden", "removed", "retracted"])
def test_a_reply_that_is_gone_is_no_answer(asked, stranger, moderator, state):
    topic = asked(5 * DAY, HOUR)
    reply = topic.posts.exclude(pk=topic.first_post_id).get()
    bring_to(state, post=reply, author=stranger.member, moderator=moderator.member)
    assert (counted().n, counted().soon) == (1, 0)


def test_a_topic_that_cannot_be_read_counts_for_nothing(asked, moderator, answers):
    topic = asked(5 * DAY, HOUR)
    bring_to("removed", post=topic.first_post, author=answers.member, moderator=moderator.member)
    assert counted() == Answered(n=0, soon=0, waits=())
    assert counted().median is None


@pytest.mark.parametrize(
    ("n", "soon", "words"),
    [
        (0, 0, ""),
        (19, 19, ""),
        (20, 20, "Each first post of the last month was answered within a day"),
        (20, 19, "9 of 10 first posts were answered within a day"),
        (29, 26, "8 of 10 first posts were answered within a day"),
        (20, 3, "1 of 10 first posts was answered within a day"),
        (20, 1, "Fewer than 1 of 10 first posts were answered within a day"),
    ],
)
def test_the_words_round_down_and_say_nothing_of_few(n, soon, words):
    assert answered_in_words(Answered(n=n, soon=soon, waits=())) == words


def test_members_read_the_share_on_talk_and_visitors_do_not(answers, visitor, monkeypatch):
    make_board(audience="public")
    monkeypatch.setattr(answering, "answered_between", lambda *_span: Answered(n=20, soon=18, waits=()))
    assert "9 of 10 first posts were answered within a day" in answers.get("/talk/").content.decode()
    assert "were answered within" not in visitor.get("/talk/").content.decode()


def test_talk_says_nothing_of_too_few(answers):
    open_topic(answers.member, make_board())
    assert "within a day" not in answers.get("/talk/").content.decode()


def test_the_share_is_counted_once_in_five_minutes_by_one_query(asked, monkeypatch):
    with CaptureQueriesContext(connection) as first:
        answering.answered_lately()
    with CaptureQueriesContext(connection) as second:
        answering.answered_lately()
    assert (len(first), len(second)) == (1, 0)
    before = answering.time.monotonic()
    monkeypatch.setattr(answering.time, "monotonic", lambda: before + answering.KEPT_FOR + 1)
    with CaptureQueriesContext(connection) as third:
        answering.answered_lately()
    assert len(third) == 1


def test_the_team_reads_share_and_median_among_the_figures(asked, answers):
    for hours in range(1, 21):
        asked(5 * DAY, hours * HOUR)
    asked(5 * DAY, 30 * HOUR)
    found = as_json(figures.figures_of(7, now=NOW))
    # 21 began, 20 of them were answered within a day; of 21 waits the eleventh is the middle: 11 hours.
    assert found["answered_within_a_day"] == {"n": 21, "part": 20, "share": 20 / 21}
    assert (found["first_reply"]["n"], found["first_reply"]["p50"]) == (21, 11 * 3600.0)
    assert as_json(figures.figures_of(7, now=NOW + 9 * DAY))["answered_within_a_day"]["n"] == 0


def test_the_page_of_figures_says_it_in_words(asked, moderator):
    asked(5 * DAY, HOUR)
    Post.objects.update(published_at=timezone.now() - 2 * DAY)
    page = moderator.get("/queue/insights/").content.decode()
    assert "Too few topics began to say how soon they were answered (1)." in page
    assert Topic.objects.count() == 1
