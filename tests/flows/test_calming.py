"""The team calms a topic: reads its replies first, slows it, closes it, and ends each (A37, hazard H24)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import jobs
from accounts.models import PeriodicJob
from forum import actions
from forum.actions.calming import reopen_due
from forum.models import ModAction, Post, PostRevision, Topic
from forum.states import PostState, TopicState
from tests.flows.forum_scene import again, decided, opened, reply_by, topic_by

pytestmark = pytest.mark.django_db

HELD_WORDS = "Replies are read by a person first"
SLOW_WORDS = "This topic is slow for now"
CLOSED_WORDS = "Closed to new replies"


@pytest.fixture
def topic(answers):
    return topic_by(answers).topic


def url_of(topic) -> str:
    return f"{topic.get_absolute_url()}calm/"


def now(topic) -> Topic:
    return Topic.objects.select_related("author", "board").get(pk=topic.pk)


def calm(person, topic, act="hold", **more):
    fields = {"act": act, "reason": "heated", "end": "1d", "seconds": "600", "note": ""} | more
    return person.post(url_of(topic), opened(person, url_of(topic)) | fields)


def reply(person, topic, text="Thank you."):
    address = f"{topic.get_absolute_url()}reply/"
    return person.post(address, opened(person, address) | {"text": text, "send": "1"})


@pytest.fixture
def later(monkeypatch):
    """Moves the clock on; how far it stands ahead is kept."""
    start = timezone.now
    ahead = {"by": dt.timedelta(0)}
    monkeypatch.setattr(timezone, "now", lambda: start() + ahead["by"])

    def move(**span):
        ahead["by"] += dt.timedelta(**span)

    return move


def test_a_heated_topic_is_held_everyone_reads_why_and_the_next_reply_waits(
    moderator, stranger, topic, later
):
    response = calm(moderator, topic, "hold")
    assert (response.status_code, response["Location"]) == (302, topic.get_absolute_url())
    page = stranger.get(topic.get_absolute_url()).content.decode()
    assert HELD_WORDS in page
    assert "It became heated." in page
    assert "Until " in page
    assert "waits for a person" in reply(stranger, topic).content.decode()
    assert Post.objects.get(topic=topic, author=stranger.member).state == PostState.HELD
    later(days=1, minutes=1)
    assert HELD_WORDS not in stranger.get(topic.get_absolute_url()).content.decode()
    assert reply_by(stranger, now(topic)).state == PostState.PUBLISHED


def test_a_hold_can_be_ended_before_its_time(moderator, stranger, topic):
    calm(moderator, topic, "hold")
    page = moderator.get(url_of(topic)).content.decode()
    assert "Stop reading replies first" in page
    for _twice in range(2):
        response = moderator.post(url_of(topic), {"stop": "hold"})
        assert (response.status_code, response["Location"]) == (302, topic.get_absolute_url())
    assert reply_by(stranger, now(topic)).state == PostState.PUBLISHED
    verbs = list(
        ModAction.objects.filter(subject_kind="topic").order_by("seq").values_list("verb", flat=True)
    )
    assert verbs == ["hold_replies", "end_hold"]


def test_a_closed_topic_says_why_and_takes_no_reply_but_what_waits_can_be_decided(
    moderator, stranger, asks, topic
):
    waiting = reply_by(asks, topic)
    form = opened(stranger, f"{topic.get_absolute_url()}reply/")
    calm(moderator, topic, "close", reason="grief", end="none", note="Two families.")
    page = stranger.get(topic.get_absolute_url()).content.decode()
    assert CLOSED_WORDS in page
    assert "People here are grieving. It stays closed until the team opens it again." in page
    assert "Two families." not in page
    for_the_team = moderator.get(url_of(topic)).content.decode()
    assert "Note: Two families." in for_the_team
    assert "People here are grieving." in for_the_team
    late = stranger.post(f"{topic.get_absolute_url()}reply/", form | {"text": "My late words", "send": "1"})
    assert late.status_code == 403
    assert "My late words" in late.content.decode()
    assert decided(moderator, waiting).state == PostState.PUBLISHED
    assert now(topic).state == TopicState.LOCKED


def test_a_topic_closed_for_a_time_is_opened_by_the_worker_on_the_record(moderator, stranger, topic, later):
    calm(moderator, topic, "close", end="1h")
    jobs.write_timetable()
    assert PeriodicJob.objects.filter(name="forum.reopen_topics").exists()
    assert reopen_due() == 0
    later(hours=1, seconds=1)
    assert (reopen_due(), reopen_due()) == (1, 0)
    act = ModAction.objects.latest("seq")
    assert (act.verb, act.automated, act.actor_id) == ("reopen_topic", True, None)
    assert CLOSED_WORDS not in stranger.get(topic.get_absolute_url()).content.decode()
    assert now(topic).state == TopicState.OPEN


def test_the_same_form_sent_twice_is_one_act_and_so_is_the_same_act(moderator, topic):
    fields = opened(moderator, url_of(topic)) | {"act": "close", "reason": "heated", "end": "7d"}
    first, second = moderator.post(url_of(topic), fields), moderator.post(url_of(topic), fields)
    assert (first.status_code, second.status_code) == (302, 302)
    closed = now(topic)
    actions.close_topic(by=moderator.member, topic=closed, reason="heated", until=closed.lock_until)
    assert ModAction.objects.filter(verb="close_topic").count() == 1


def test_an_act_can_be_made_longer(moderator, topic):
    calm(moderator, topic, "hold", end="1h")
    first = now(topic).hold_until
    calm(moderator, topic, "hold", end="7d")
    assert now(topic).hold_until > first


def test_two_moderators_at_once_the_second_is_told_and_keeps_the_note(
    moderator, second_moderator, topic, monkeypatch
):
    stale = now(topic)
    calm(moderator, topic, "close")
    with pytest.raises(actions.Conflict):
        actions.close_topic(by=second_moderator.member, topic=stale, reason="grief")
    monkeypatch.setattr("forum.views.calming._find", lambda request, public_id: stale)
    response = calm(second_moderator, topic, "close", note="My note")
    assert response.status_code == 409
    assert "My note" in response.content.decode()
    assert now(topic).calm_reason == "heated"


def test_a_lock_set_while_a_reply_is_published_and_the_reply_both_stay(moderator, stranger, topic):
    """H24: the topic was read by each before the other wrote."""
    read_by_the_team, read_by_the_writer = now(topic), now(topic)
    sent = reply_by(stranger, read_by_the_writer)
    actions.close_topic(by=moderator.member, topic=read_by_the_team, reason="heated")
    late = reply_by(stranger, read_by_the_writer, text="Written in the same second.")
    assert (sent.state, late.state) == (PostState.PUBLISHED, PostState.PUBLISHED)
    assert (now(topic).state, now(topic).published_count) == (TopicState.LOCKED, 3)


def test_in_a_slow_topic_the_second_reply_is_refused_with_the_seconds_left_and_the_text(
    moderator, stranger, topic, later
):
    """A37."""
    calm(moderator, topic, "slow", seconds="600")
    assert "one reply every 10 minutes" in stranger.get(topic.get_absolute_url()).content.decode()
    assert SLOW_WORDS in stranger.get(f"{topic.get_absolute_url()}reply/").content.decode()
    assert reply(stranger, topic).status_code == 302
    later(seconds=200)
    second = reply(stranger, topic, text="My second words")
    page = second.content.decode()
    assert second.status_code == 422
    assert "You can send yours in 400 seconds." in page
    assert "My second words" in page
    later(seconds=400)
    assert reply(stranger, topic, text="My second words").status_code == 302


def test_changing_ones_reply_does_not_get_round_a_slow_topic(moderator, stranger, topic, later):
    """A37."""
    calm(moderator, topic, "slow")
    post = reply_by(stranger, now(topic))
    address = f"/talk/p/{post.public_id}/edit/"
    response = stranger.post(address, opened(stranger, address) | {"text": "A second message", "send": "1"})
    assert response.status_code == 422
    assert "A second message" in response.content.decode()
    assert PostRevision.objects.filter(post=post).count() == 1
    later(minutes=10)
    actions.edit_post(by=stranger.member, post=again(post), wording=actions.prepare(source="Changed."))
    assert reply(stranger, topic).status_code == 422  # the change counts


def test_taking_ones_reply_back_does_not_get_round_it_either(moderator, stranger, topic):
    calm(moderator, topic, "slow")
    actions.withdraw_post(by=stranger.member, post=reply_by(stranger, now(topic)))
    assert reply(stranger, topic).status_code == 422


def test_slow_is_for_each_member_and_not_for_the_team(moderator, second_moderator, stranger, newcomer, topic):
    """A37."""
    calm(moderator, topic, "slow")
    assert reply(stranger, topic).status_code == 302
    assert reply_by(newcomer, now(topic)).state == PostState.HELD
    for _twice in range(2):
        assert reply_by(second_moderator, now(topic)).state == PostState.PUBLISHED


def test_a_slow_topic_with_an_end_is_fast_again_by_itself(moderator, stranger, topic, later):
    calm(moderator, topic, "slow", seconds="86400", end="1h")
    reply_by(stranger, now(topic))
    later(hours=1)
    assert SLOW_WORDS not in stranger.get(topic.get_absolute_url()).content.decode()
    assert reply(stranger, topic).status_code == 302


def test_what_is_missing_on_the_form_is_said_and_the_note_stays(moderator, topic):
    fields = opened(moderator, url_of(topic)) | {"note": "My note", "end": "1d"}
    response = moderator.post(url_of(topic), fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose what to do." in page
    assert "Choose the reason. Members will read it." in page
    assert "My note" in page
    assert not ModAction.objects.filter(subject_kind="topic").exists()


@pytest.mark.parametrize(
    "wrong", [{"reason": "made-up"}, {"until": timezone.now() - dt.timedelta(days=1)}], ids=["reason", "end"]
)
def test_a_made_up_reason_or_an_end_in_the_past_is_refused(moderator, topic, wrong):
    with pytest.raises(actions.Refused):
        actions.hold_replies(by=moderator.member, topic=topic, **{"reason": "heated"} | wrong)
    assert not now(topic).hold_replies


def test_a_topic_members_cannot_read_is_not_calmed(moderator, asks):
    held = topic_by(asks).topic
    with pytest.raises(actions.Refused):
        actions.close_topic(by=moderator.member, topic=held, reason="heated")
    assert now(held).state == TopicState.HELD


def test_for_members_the_page_does_not_exist_and_in_ones_own_topic_it_is_refused(
    stranger, visitor, moderator, topic
):
    for send in (stranger.get, stranger.post):
        assert send(url_of(topic)).status_code == 404
    assert visitor.get(url_of(topic))["Location"] == f"/sign-in/?next={url_of(topic)}"
    assert url_of(topic) not in stranger.get(topic.get_absolute_url()).content.decode()
    assert url_of(topic) in moderator.get(topic.get_absolute_url()).content.decode()
    own = topic_by(moderator).topic
    assert moderator.get(url_of(own)).status_code == 403
    assert url_of(own) not in moderator.get(own.get_absolute_url()).content.decode()
    with pytest.raises(PermissionDenied):
        actions.hold_replies(by=stranger.member, topic=topic, reason="heated")


def test_a_topic_that_somebody_the_moderator_knows_began_is_left_to_colleagues(
    stranger, moderator, second_moderator
):
    theirs = topic_by(stranger).topic
    actions.declare_acquaintance(by=moderator.member, other=stranger.member)
    assert moderator.get(url_of(theirs)).status_code == 403
    assert moderator.get(f"/talk/t/{theirs.public_id}/split/").status_code == 403
    assert url_of(theirs) not in moderator.get(theirs.get_absolute_url()).content.decode()
    assert second_moderator.get(url_of(theirs)).status_code == 200
