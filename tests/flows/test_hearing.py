"""What people hear of, once, and never of what they may not see (scenarios A03, A04, A16; invariant I5)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.notices import shown_to, unread_count
from accounts.outbox import drain
from forum import actions, rules
from forum.models import ModAction, TopicMember
from forum.states import Decision, Level
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, news_goes_out, topic_by

pytestmark = pytest.mark.django_db


FORUM = ("post.", "topic.", "report.")


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(), title="A secret title")


def heard(person) -> list[str]:
    """What this person is told of posts, topics and reports (a role given is news of another room).

    Of decisions: once they can no longer be undone.
    """
    news_goes_out()
    return [notice.text for notice in shown_to(person.user) if notice.kind.startswith(FORUM)]


def test_an_author_hears_once_that_a_post_is_published(asks, moderator):
    post = topic_by(asks)
    assert heard(asks) == []
    decided(moderator, post)
    assert heard(asks) == ["Your post is published. Others can read it now."]
    link = shown_to(asks.user)[0].link
    assert asks.get(link, follow=True).status_code == 200


def test_each_watcher_hears_once_of_a_reply_and_its_writer_does_not(
    answers, stranger, newcomer, asks, moderator, topic
):
    """A04."""
    TopicMember.objects.create(member=stranger.member, topic=topic, level=Level.WATCHING)
    TopicMember.objects.create(member=newcomer.member, topic=topic, level=Level.TRACKING)
    post = write_reply(asks.member, topic)
    assert heard(answers) == heard(stranger) == []
    decided(moderator, post)
    assert heard(answers) == ["asks answered you"]
    assert heard(stranger) == ["asks wrote in a topic you follow"]
    assert heard(newcomer) == []
    assert heard(asks) == ["Your post is published. Others can read it now."]


def test_a_flood_of_replies_is_no_flood_of_notices(answers, stranger, topic, monkeypatch):
    """H15: beyond some in an hour a topic is new in the lists, and nothing more."""
    monkeypatch.setattr(rules, "REPLY_NOTICES_AN_HOUR", 2)
    for _reply in range(3):
        write_reply(stranger.member, topic)
    assert len(heard(answers)) == 2
    Notice.objects.update(created_at=timezone.now() - dt.timedelta(minutes=61))
    write_reply(stranger.member, topic)
    assert len(heard(answers)) == 3


@pytest.mark.parametrize("level", [Level.MUTED, Level.NORMAL, Level.TRACKING])
def test_nobody_hears_more_than_they_asked_for(answers, stranger, asks, topic, level):
    TopicMember.objects.create(member=asks.member, topic=topic, level=level)
    TopicMember.objects.filter(member=answers.member).update(level=Level.MUTED)
    write_reply(stranger.member, topic)
    assert heard(asks) == heard(answers) == []


@pytest.mark.parametrize("act", [actions.hide_post, actions.remove_post])
def test_a_notice_of_a_post_that_was_taken_down_is_not_shown_any_more(
    answers, stranger, moderator, topic, act
):
    post = write_reply(stranger.member, topic)
    assert len(heard(answers)) == 1
    act(by=moderator.member, post=again(post), reason_code="unkind")
    assert heard(answers) == []
    assert "stranger answered you" not in answers.get("/me/notices/").content.decode()


def test_a_notice_of_a_post_in_a_topic_that_went_away_is_not_shown(answers, stranger, asks, moderator, topic):
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.WATCHING)
    write_reply(stranger.member, topic)
    assert len(heard(asks)) == 1
    actions.hide_post(by=moderator.member, post=again(topic.first_post), reason_code="unkind")
    assert heard(asks) == []


def test_bringing_a_post_back_tells_nobody_a_second_time(answers, stranger, moderator, topic):
    """A16."""
    post = write_reply(stranger.member, topic)
    actions.remove_post(by=moderator.member, post=again(post), reason_code="unkind")
    before = Notice.objects.count()
    actions.restore_post(by=moderator.member, post=again(post))
    assert Notice.objects.count() == before
    assert heard(answers) == ["stranger answered you"]
    assert heard(stranger) == ["A post of yours was taken down for a while. It is back."]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision.RETURN, "A post of yours was sent back. You can change it and send it again."),
        (Decision.REJECT, "A post of yours was not published. The reason is there."),
    ],
)
def test_an_author_hears_what_became_of_a_post(asks, moderator, decision, said):
    post = topic_by(asks)
    decided(moderator, post, decision, reason_code="private")
    assert heard(asks) == [said]
    page = asks.get(shown_to(asks.user)[0].link).content.decode()
    assert "It holds details that could show who someone is." in page


def test_a_decision_about_a_change_is_heard_as_that(answers, moderator, topic):
    edited(answers, topic.first_post, text="Changed.")
    decided(moderator, topic.first_post, Decision.REJECT, reason_code="unsafe")
    assert heard(answers) == [
        "A change to a post of yours was not published. The earlier text is still there."
    ]


def test_leaving_a_reported_post_as_it_is_is_not_news_to_its_author(answers, stranger, moderator, topic):
    actions.report_post(by=stranger.member, post=again(topic.first_post), category="spam")
    decided(moderator, topic.first_post, Decision.KEEP)
    assert heard(answers) == []
    assert heard(stranger) == ["Thank you for your report. The team looked at it, and the post stays."]


def test_nobody_reads_another_s_notice(asks, stranger, moderator):
    """A notice that names another person's decision has no words for anyone else."""
    post = topic_by(asks)
    decided(moderator, post, Decision.REJECT, reason_code="unsafe")
    act = ModAction.objects.get(verb="reject_post")
    Notice.objects.create(
        person=stranger.user,
        kind="post.decided",
        subject_id=str(act.pk),
        dedupe_key="forged",
        not_before=act_time(),
    )
    assert heard(stranger) == []


def act_time():
    from django.utils import timezone

    return timezone.now()


@pytest.mark.parametrize("kind", ["post.published", "topic.reply"])
def test_a_notice_of_a_post_that_waits_has_no_words_for_others(kind, asks, stranger, moderator, topic):
    held = write_reply(asks.member, topic)
    for person in (stranger, moderator, asks):
        Notice.objects.create(
            person=person.user,
            kind=kind,
            subject_id=held.public_id,
            dedupe_key=f"forged {person.user.pk}",
            not_before=act_time(),
        )
        assert heard(person) == []


@pytest.mark.parametrize("kind", ["post.published", "post.decided", "topic.reply", "report.answered"])
def test_a_notice_of_something_that_is_not_there_has_no_words(kind, asks):
    Notice.objects.create(
        person=asks.user, kind=kind, subject_id="999999", dedupe_key="gone", not_before=act_time()
    )
    assert heard(asks) == []


def test_a_notice_holds_ids_and_no_words(asks, answers, moderator, topic):
    post = write_reply(asks.member, topic, text="Only members read this.")
    decided(moderator, post)
    for row in Notice.objects.values():
        assert "Only members read this." not in str(row)
        assert "A secret title" not in str(row)
    news_goes_out()
    page = answers.get("/me/notices/").content.decode()
    assert "Only members read this." not in page
    assert "In “A secret title”" in page  # read anew, by whoever may see it


def test_who_left_no_address_gets_no_mail(asks, moderator, topic, mailoutbox):
    decided(moderator, write_reply(asks.member, topic))
    news_goes_out()
    drain()
    assert set(Outbox.objects.values_list("state", flat=True)) == {"dropped"}
    assert not mailoutbox


def test_the_mark_of_something_new_goes_once_it_is_read(asks, moderator):
    decided(moderator, topic_by(asks))
    assert unread_count(asks.user) == 0  # it could still be undone
    news_goes_out()
    assert unread_count(asks.user) == 1
    asks.get("/me/notices/")
    assert unread_count(asks.user) == 1  # looking changes nothing; pressing does
    asks.post("/me/notices/")
    assert unread_count(asks.user) == 0


def test_someone_who_closed_their_account_is_told_nothing(asks, moderator):
    """Their posts outlive the account; a decision about one is nobody's news."""
    post = topic_by(asks)
    member = asks.member
    member.user = None
    member.save()
    decided(moderator, post)
    assert not Notice.objects.filter(kind__startswith="post.").exists()
