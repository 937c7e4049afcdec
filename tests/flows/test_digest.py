"""One mail about all that is new, in numbers, for who asked for it: never more than they may see."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import digest
from accounts.models import MailChoices, Outbox
from accounts.states import Digest
from forum import hearing
from forum.models import BoardMember, Distance, Member, Topic, TopicMember
from forum.states import Level
from tests.factories import bring_to, make_board, open_topic, write_reply, write_topic
from tests.flows.mail_scene import chooses, gives_address, mails_of

pytestmark = pytest.mark.django_db

#: A Monday, ten in the morning in New York.
MONDAY = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=True) as travel:
        yield travel


@pytest.fixture
def topic(stranger):
    return open_topic(stranger.member, make_board(), title="A secret title")


@pytest.fixture
def reader(answers, topic):
    """`answers`, who follows a topic and its board and asked for a daily summary."""
    gives_address(answers)
    chooses(answers, digest=Digest.DAILY)
    TopicMember.objects.create(member=answers.member, topic=topic, level=Level.WATCHING)
    BoardMember.objects.create(member=answers.member, board=topic.board, level=Level.WATCHING)
    return answers


def lines(person) -> list[str]:
    return hearing.summary(type(person.user).objects.get(pk=person.user.pk), timezone.now() - DAY)


def test_a_summary_comes_in_the_morning_with_numbers_and_one_link(reader, stranger, topic, clock):
    for _reply in range(3):
        write_reply(stranger.member, topic, text="A secret text")
    open_topic(stranger.member, topic.board, title="Another secret")
    own = open_topic(reader.member, topic.board)
    write_reply(stranger.member, own)
    assert digest.write_due() == 0  # not before the morning
    clock.move_to(MONDAY + DAY)
    assert digest.write_due() == 1
    (message,) = mails_of(reader)
    assert message.body.startswith(
        "1 answer to you\n3 new replies in topics you follow\n2 new topics in boards you follow\n\n"
    )
    assert message.subject == "A note from your hub"
    assert message.body.count("/me/notices/") == 1
    for secret in ("secret", "stranger", "answers"):
        assert secret not in message.body.replace("answers to you", "")
    assert "List-Unsubscribe" in message.extra_headers


def test_it_comes_at_most_once_a_morning_whoever_asks_how_often(reader, stranger, topic, clock):
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + DAY)
    for _run in range(3):
        digest.write_due()
    MailChoices.objects.update(digest_due_at=MONDAY + DAY - dt.timedelta(hours=2))  # two workers at once
    digest.write_due()
    assert Outbox.objects.filter(kind="digest").count() == 1
    assert len(mails_of(reader)) == 1
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + 2 * DAY)
    digest.write_due()
    first, second = mails_of(reader)
    assert "1 new reply in topics you follow" in second.body


def test_when_nothing_is_new_nothing_is_sent(reader, clock):
    clock.move_to(MONDAY + DAY)
    TopicMember.objects.update(last_read_position=99)
    assert digest.write_due() == 1
    assert mails_of(reader) == []
    assert Outbox.objects.get().state == "dropped"


def test_a_weekly_one_comes_on_its_day_and_reaches_back_a_week(reader, stranger, topic, clock):
    chooses(reader, digest=Digest.WEEKLY, digest_day=4)
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + 3 * DAY)
    assert digest.write_due() == 0
    clock.move_to(MONDAY + 4 * DAY)
    assert digest.write_due() == 1
    assert "1 new reply" in mails_of(reader)[0].body


def test_the_worker_writes_it(reader, stranger, topic, clock):
    write_reply(stranger.member, topic)
    call_command("work", "--once", stdout=StringIO())
    clock.move_to(MONDAY + DAY)
    call_command("work", "--once", stdout=StringIO())
    assert len(mails_of(reader)) == 1


def test_a_worker_that_was_away_sends_one_and_not_seven(reader, stranger, topic, clock):
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + 7 * DAY)
    assert digest.write_due() == 1
    assert digest.write_due() == 0
    assert len(mails_of(reader)) == 1


def test_it_waits_for_the_end_of_quiet_hours(reader, stranger, topic, clock):
    chooses(reader, digest=Digest.DAILY, quiet_from=22, quiet_until=11)
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + DAY)  # ten in the morning
    digest.write_due()
    assert mails_of(reader) == []
    clock.shift(dt.timedelta(hours=1, seconds=1))
    assert len(mails_of(reader)) == 1


def test_who_did_not_ask_gets_none_and_who_ended_it_neither(reader, stranger, asks, topic, clock):
    gives_address(asks)
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + DAY)
    digest.write_due()
    chooses(reader)
    assert mails_of(reader) == mails_of(asks) == []
    assert MailChoices.objects.get(person=reader.user).digest_due_at is None


# --- what is counted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", ["held", "returned", "rejected", "withdrawn", "hidden", "removed", "retracted"]
)
def test_what_others_cannot_read_is_not_counted(reader, asks, moderator, topic, state):
    """A03: also not what was published and then taken down."""
    bring_to(state, post=write_reply(asks.member, topic), author=asks.member, moderator=moderator.member)
    Member.objects.filter(pk=asks.member.pk).update(trust=1)
    TopicMember.objects.filter(member=reader.member).update(last_read_position=1)
    assert lines(reader) == []


def test_a_topic_that_went_away_is_not_counted_even_for_the_team(reader, stranger, moderator, topic):
    """The team sees it, but it is no news."""
    from forum import actions
    from tests.flows.forum_scene import again

    write_reply(stranger.member, topic)
    TopicMember.objects.create(member=moderator.member, topic=topic, level=Level.WATCHING)
    assert lines(moderator)
    actions.hide_post(by=moderator.member, post=again(topic.first_post), reason_code="unkind")
    assert lines(reader) == lines(moderator) == []


def test_people_who_are_new_here_count_only_where_they_answer(reader, asks, moderator, topic):
    from tests.flows.forum_scene import decided, news_goes_out

    TopicMember.objects.filter(member=reader.member).update(last_read_position=1)
    decided(moderator, write_reply(asks.member, topic))
    decided(moderator, write_topic(asks.member, topic.board))
    assert lines(reader) == []
    own = open_topic(reader.member, topic.board)
    decided(moderator, write_reply(asks.member, own))
    news_goes_out()
    assert lines(reader) == ["1 answer to you"]


@pytest.mark.parametrize("kind", ["mute", "block"])
def test_people_one_keeps_away_from_are_not_counted(reader, stranger, topic, kind):
    """A39."""
    own = open_topic(reader.member, topic.board)
    write_reply(stranger.member, own)
    write_reply(stranger.member, topic)
    assert len(lines(reader)) == 3
    Distance.objects.create(member=reader.member, other=stranger.member, kind=kind)
    assert lines(reader) == []


def test_muted_topics_and_boards_one_s_own_posts_and_what_was_read_are_not_counted(reader, stranger, topic):
    TopicMember.objects.filter(member=reader.member).update(last_read_position=1)
    write_reply(reader.member, topic)
    open_topic(reader.member, topic.board)
    assert lines(reader) == []
    write_reply(stranger.member, topic)
    mine = TopicMember.objects.filter(member=reader.member, topic=topic)
    mine.update(level=Level.MUTED)
    assert lines(reader) == []
    mine.update(level=Level.WATCHING, last_read_position=Topic.objects.get(pk=topic.pk).last_position)
    assert lines(reader) == []
    mine.update(level=Level.NORMAL, last_read_position=0)
    BoardMember.objects.filter(member=reader.member).update(level=Level.MUTED)
    assert lines(reader) == []


def test_what_is_older_than_the_last_one_is_not_counted_again(reader, stranger, topic, clock):
    write_reply(stranger.member, topic)
    clock.move_to(MONDAY + 2 * DAY)
    assert lines(reader) == []


def test_a_suspended_person_gets_no_summary_of_what_is_closed_to_them(reader, stranger, moderator, topic):
    from tests.flows.test_sanctions import set_limit

    write_reply(stranger.member, topic)
    set_limit(moderator, reader, "suspend")
    assert lines(reader) == []


def test_a_summary_costs_the_same_for_little_and_for_much(reader, stranger, topic, monkeypatch):
    from forum import rules

    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)

    def some(times):
        for _time in range(times):
            own = open_topic(reader.member, topic.board)
            write_reply(stranger.member, own)
            write_reply(stranger.member, topic)
            open_topic(stranger.member, topic.board)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            said = lines(reader)
        return said, len(captured)

    some(1)
    few, queries = cost()
    some(4)
    many, same = cost()
    assert few != many
    assert same == queries <= 8


def test_beyond_a_number_it_says_more_than_that(reader, stranger, topic, monkeypatch):
    monkeypatch.setattr(hearing, "COUNTED_AT_MOST", 2)
    for _reply in range(4):
        write_reply(stranger.member, topic)
    assert "2+ new replies in topics you follow" in lines(reader)
