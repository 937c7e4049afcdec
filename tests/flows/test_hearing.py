"""What people hear of, once, and never of what they may not see (scenarios A03, A04, A16; invariant I5)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.notices import shown_to, unread_count
from accounts.outbox import drain
from forum import actions, rules
from forum.actions import telling
from forum.models import BoardMember, Distance, Mention, ModAction, Post, Quote, Response, TopicMember
from forum.states import Decision, Level
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, news_goes_out, topic_by

pytestmark = pytest.mark.django_db


FORUM = ("post.", "topic.", "board.", "report.")


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


# --- who hears of a post ------------------------------------------------------------------------------------


def published_with(writer, topic, moderator=None, *, names=(), quotes=(), answers_to=None):
    """A reply that names and quotes as the writing page records it, published after that was recorded."""
    post = write_reply(writer.member, topic)
    Notice.objects.filter(dedupe_key__startswith=f"topic.reply:{post.pk}:").delete()
    revision = post.latest_revision
    for number, person in enumerate(names):
        Mention.objects.create(revision=revision, number=number, member=person.member)
    for number, quoted in enumerate(quotes):
        Quote.objects.create(revision=revision, number=number, post=quoted, excerpt="silent")
    if answers_to:
        Post.objects.filter(pk=post.pk).update(reply_to=answers_to)
    telling.tell_of_post(again(post))
    return again(post)


def test_who_is_named_quoted_or_answered_hears_of_it_and_how(answers, stranger, asks, person, topic):
    heron, wren = person("heron", trust=1), person("wren", trust=1)
    of_heron, of_wren = write_reply(heron.member, topic), write_reply(wren.member, topic)
    Notice.objects.all().delete()
    published_with(stranger, topic, names=[asks], quotes=[of_heron], answers_to=of_wren)
    assert heard(asks) == ["stranger mentioned you"]
    assert heard(heron) == ["stranger quoted you"]
    assert heard(wren) == heard(answers) == ["stranger answered you"]
    assert heard(stranger) == []


def test_a_person_who_is_addressed_in_several_ways_hears_once(answers, stranger, topic):
    first = topic.first_post
    published_with(stranger, topic, names=[answers], quotes=[first], answers_to=first)
    assert heard(answers) == ["stranger answered you"]


@pytest.mark.parametrize("level", [Level.NORMAL, Level.TRACKING, Level.WATCHING])
def test_what_is_addressed_to_a_person_reaches_them_at_each_level_but_one(
    answers, stranger, asks, topic, level
):
    TopicMember.objects.create(member=asks.member, topic=topic, level=level)
    published_with(stranger, topic, names=[asks])
    assert heard(asks) == ["stranger mentioned you"]


def test_who_asked_to_hear_nothing_of_a_topic_hears_nothing_even_of_their_name(
    answers, stranger, asks, topic
):
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.MUTED)
    published_with(stranger, topic, names=[asks])
    assert not Notice.objects.filter(person=asks.user, kind="post.addressed").exists()


def test_who_mutes_a_topic_after_they_were_told_reads_of_it_no_more(answers, stranger, topic):
    write_reply(stranger.member, topic)
    assert len(heard(answers)) == 1
    TopicMember.objects.filter(member=answers.member).update(level=Level.MUTED)
    assert heard(answers) == []


def test_who_muted_a_board_hears_of_it_only_where_they_wrote(answers, stranger, asks, person, topic):
    wren = person("wren", trust=1)
    write_reply(wren.member, topic)
    for one in (asks, wren):
        BoardMember.objects.create(member=one.member, board=topic.board, level=Level.MUTED)
    published_with(stranger, topic, names=[asks, wren])
    assert heard(asks) == []
    assert heard(wren) == ["stranger mentioned you"]


def test_who_watches_a_board_hears_of_a_new_topic_and_not_of_replies(stranger, answers, asks, moderator):
    board = make_board()
    BoardMember.objects.create(member=stranger.member, board=board, level=Level.WATCHING)
    BoardMember.objects.create(member=asks.member, board=board, level=Level.TRACKING)
    topic = open_topic(answers.member, board, title="A quiet evening")
    write_reply(answers.member, topic)
    assert heard(stranger) == ["answers began a topic in a board you follow"]
    assert heard(asks) == heard(answers) == []
    held = topic_by(asks)
    assert len(heard(stranger)) == 1  # nothing while it waits
    decided(moderator, held)
    assert len(heard(stranger)) == 2


@pytest.mark.parametrize(
    ("mine", "kind"), [(True, "mute"), (True, "block"), (False, "block")], ids=["muted", "blocked", "blocks"]
)
def test_nobody_hears_of_a_person_they_keep_away_from(answers, stranger, asks, topic, mine, kind):
    """A39."""
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.WATCHING)
    for listener in (answers, asks):
        one, two = (listener, stranger) if mine else (stranger, listener)
        Distance.objects.create(member=one.member, other=two.member, kind=kind)
    published_with(stranger, topic, names=[asks])
    telling.tell_responded(post=again(topic.first_post), member=stranger.member)
    assert not Notice.objects.filter(person__in=[answers.user, asks.user], kind__in=HEARD).exists()


def test_who_was_muted_still_hears_of_the_one_who_muted_them(answers, stranger, topic):
    Distance.objects.create(member=stranger.member, other=answers.member, kind="mute")
    write_reply(stranger.member, topic)
    assert heard(answers) == ["stranger answered you"]


def test_a_person_muted_after_the_news_is_in_no_notice_any_more(answers, stranger, topic):
    write_reply(stranger.member, topic)
    assert len(heard(answers)) == 1
    Distance.objects.create(member=answers.member, other=stranger.member, kind="mute")
    assert heard(answers) == []
    assert "stranger" not in answers.get("/me/").content.decode()


def test_the_team_s_own_posts_always_arrive(answers, moderator, topic):
    Distance.objects.create(member=answers.member, other=moderator.member, kind="mute")
    write_reply(moderator.member, topic)
    assert heard(answers) == ["moderator answered you"]


def test_a_change_of_a_post_tells_nobody_again(answers, stranger, moderator, topic):
    post = write_reply(stranger.member, topic)
    told = Notice.objects.filter(kind__in=HEARD).count()
    edited(stranger, post, text="Changed, a little.")
    if again(post).has_pending_edit:
        decided(moderator, again(post))
    assert Notice.objects.filter(kind__in=HEARD).count() == told


def test_a_closed_account_hears_nothing(answers, stranger, topic):
    type(answers.user).objects.filter(pk=answers.user.pk).update(is_active=False)
    write_reply(stranger.member, topic)
    assert not Notice.objects.filter(person=answers.user, kind__in=HEARD).exists()


HEARD = ("post.addressed", "topic.reply", "board.topic", "post.response")


def test_names_are_no_flood_either(answers, stranger, asks, topic, monkeypatch):
    """H15: what is addressed to a person has a limit of its own, so that a loud topic cannot use it up."""
    monkeypatch.setattr(rules, "REPLY_NOTICES_AN_HOUR", 2)
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.WATCHING)
    for _reply in range(3):
        write_reply(stranger.member, topic)
    for _name in range(3):
        published_with(stranger, topic, names=[asks])
    kinds = [notice.kind for notice in shown_to(asks.user)]
    assert (kinds.count("topic.reply"), kinds.count("post.addressed")) == (2, 2)


def test_telling_costs_the_same_for_one_and_for_forty(
    answers, stranger, asks, person, topic, django_assert_num_queries
):
    post = again(write_reply(stranger.member, topic))
    for number in range(40):
        member = person(f"reader-{number}").member
        TopicMember.objects.create(member=member, topic=topic, level=Level.WATCHING)
    Notice.objects.all().delete()
    with django_assert_num_queries(4):  # who hears, one write, and its savepoint
        telling.tell_of_post(post)
    assert Notice.objects.filter(kind__in=HEARD).count() == 41


# --- a few kind words ---------------------------------------------------------------------------------------


def test_ready_words_under_a_post_are_told_once_until_they_are_read(answers, stranger, asks, topic):
    post = again(topic.first_post)
    for one in (stranger, asks):
        Response.objects.create(post=post, member=one.member, kind="thanks")
        telling.tell_responded(post=post, member=one.member)
    assert heard(answers) == ["Someone answered your post with a few kind words."]
    answers.post("/me/notices/")
    telling.tell_responded(post=post, member=asks.member)
    telling.tell_responded(post=post, member=stranger.member)
    assert unread_count(answers.user) == 1


def test_ready_words_that_were_taken_back_are_no_news(answers, stranger, topic):
    post = again(topic.first_post)
    response = Response.objects.create(post=post, member=stranger.member, kind="thanks")
    telling.tell_responded(post=post, member=stranger.member)
    assert len(heard(answers)) == 1
    response.delete()
    assert heard(answers) == []


def test_nobody_is_told_of_their_own_ready_words_or_in_a_muted_topic(answers, stranger, topic):
    post = again(topic.first_post)
    telling.tell_responded(post=post, member=answers.member)
    TopicMember.objects.filter(member=answers.member).update(level=Level.MUTED)
    telling.tell_responded(post=post, member=stranger.member)
    assert not Notice.objects.filter(kind="post.response").exists()


# --- as it is shown -----------------------------------------------------------------------------------------


def test_the_page_says_who_and_where_with_their_picture(answers, stranger, topic):
    write_reply(stranger.member, topic)
    for address in ("/me/", "/me/notices/"):
        page = answers.get(address).content.decode()
        assert "stranger answered you" in page
        assert "In “A secret title”" in page
        assert 'class="avatar' in page


def test_the_pages_of_news_cost_the_same_for_few_and_for_many(answers, stranger, asks, person, topic):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    board = topic.board
    BoardMember.objects.create(member=answers.member, board=board, level=Level.WATCHING)

    def all_sorts(writer):
        other = open_topic(writer.member, board, title="Another")
        TopicMember.objects.create(member=answers.member, topic=other, level=Level.WATCHING)
        write_reply(writer.member, other)
        write_reply(writer.member, topic)
        telling.tell_responded(post=again(topic.first_post), member=writer.member)
        Response.objects.get_or_create(
            post=topic.first_post, member=writer.member, defaults={"kind": "thanks"}
        )

    def cost(address):
        answers.get(address)
        with CaptureQueriesContext(connection) as captured:
            answers.get(address)
        return len(captured)

    all_sorts(stranger)
    few = {address: cost(address) for address in ("/me/", "/me/notices/", "/me/mail/")}
    for number in range(4):
        all_sorts(person(f"writer-{number}", trust=1))
    assert len(shown_to(answers.user)) > 10
    assert {address: cost(address) for address in few} == few
