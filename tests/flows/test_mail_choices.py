"""A person chooses which news come by mail; what comes tells nothing to who looks over a shoulder (A46)."""

import pytest
from django.core import mail

from accounts import mailing, notices
from accounts.actions import recover, replace_rescue_phrase
from accounts.models import MailChoices, Notice, Outbox
from accounts.states import Digest, MailGroup
from forum.models import BoardMember, ModAction, TopicMember
from forum.states import Decision, Level
from tests.factories import make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import again, decided, news_goes_out
from tests.flows.mail_scene import chooses, gives_address, mails_of

pytestmark = pytest.mark.django_db

PAGE = "/me/mail/"
ASKED = {"decisions": "on", "digest": "none", "digest_day": "0"}


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(), title="Found a needle again")


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_is_linked_from_where_people_look(answers):
    for address in ("/me/", "/me/notices/", "/me/security/"):
        assert f'href="{PAGE}"' in answers.get(address).content.decode(), address


def test_without_an_address_the_page_says_that_no_mail_comes_and_how_to_add_one(answers):
    shown = answers.get(PAGE).content.decode()
    assert "No mail can reach you yet" in shown
    assert 'href="/me/security/mail/"' in shown
    gives_address(answers)
    assert "No mail can reach you yet" not in answers.get(PAGE).content.decode()


def test_looking_at_the_page_keeps_nothing(answers):
    answers.get(PAGE)
    assert not MailChoices.objects.exists()


def test_what_a_person_chose_is_there_again(answers):
    typed = ASKED | {"answers": "on", "digest": "weekly", "digest_day": "4", "time_zone": "Europe/Madrid"}
    typed |= {"quiet_from": "22", "quiet_until": "7"}
    typed.pop("decisions")
    for _twice in range(2):
        assert answers.post(PAGE, typed)["Location"] == PAGE
    kept = MailChoices.objects.get()
    assert (kept.decisions, kept.answers, kept.replies) == (False, True, False)
    assert (kept.digest, kept.digest_day, kept.time_zone) == (Digest.WEEKLY, 4, "Europe/Madrid")
    assert (kept.quiet_from, kept.quiet_until) == (22, 7)
    shown = answers.get(PAGE).content.decode()
    for chosen in ('value="Europe/Madrid" selected', 'value="22" selected', 'value="7" selected'):
        assert chosen in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"quiet_from": "22"}, "choose when the quiet hours end"),
        ({"quiet_until": "7"}, "choose when the quiet hours begin"),
        ({"quiet_from": "7", "quiet_until": "7"}, "choose another hour"),
        ({"quiet_from": "24", "quiet_until": "7"}, "valid choice"),
        ({"time_zone": "../../etc/passwd"}, "valid choice"),
        ({"digest": "hourly"}, "valid choice"),
        ({"digest_day": "9"}, "valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_kept(answers, typed, words):
    response = answers.post(PAGE, ASKED | {"answers": "on"} | typed)
    assert response.status_code == 422
    shown = response.content.decode()
    assert words in shown
    assert 'id="id_answers" checked' in shown
    assert not MailChoices.objects.exists()


def test_the_page_is_for_who_is_signed_in(visitor):
    assert visitor.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    assert visitor.post(PAGE, ASKED)["Location"].startswith("/sign-in/")
    assert not MailChoices.objects.exists()


def test_nobody_changes_another_s_choices(answers, stranger):
    chooses(answers, answers=True)
    stranger.post(PAGE, ASKED)
    assert MailChoices.objects.get(person=answers.user).answers


# --- what comes ----------------------------------------------------------------------------------------------


def test_who_chose_nothing_hears_by_mail_of_decisions_alone(asks, answers, stranger, moderator, topic):
    for person in (asks, answers):
        gives_address(person)
    write_reply(stranger.member, topic)
    assert not Outbox.objects.exists()
    decided(moderator, write_topic(asks.member, topic.board))
    news_goes_out()
    assert mails_of(answers) == []
    assert len(mails_of(asks)) == 1


def test_answers_replies_and_new_topics_come_to_who_asked_for_them(answers, asks, stranger, topic):
    for person, wish in ((answers, "answers"), (asks, "replies")):
        gives_address(person)
        chooses(person, **{wish: True})
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.WATCHING)
    BoardMember.objects.create(member=asks.member, board=topic.board, level=Level.WATCHING)
    write_reply(stranger.member, topic)
    assert (len(mails_of(answers)), len(mails_of(asks))) == (1, 1)
    write_topic(stranger.member, topic.board)
    assert (len(mails_of(answers)), len(mails_of(asks))) == (1, 2)


def test_one_choice_is_not_the_other(answers, asks, stranger, topic):
    for person, wish in ((answers, "replies"), (asks, "answers")):
        gives_address(person)
        chooses(person, **{wish: True})
    TopicMember.objects.create(member=asks.member, topic=topic, level=Level.WATCHING)
    write_reply(stranger.member, topic)
    assert not Outbox.objects.exists()


def test_a_choice_without_an_address_leaves_no_message(answers, stranger, topic):
    chooses(answers, answers=True)
    write_reply(stranger.member, topic)
    assert not Outbox.objects.exists()
    assert Notice.objects.filter(person=answers.user, kind="post.addressed").count() == 1


def test_who_turned_decisions_off_gets_no_message_of_one(asks, moderator, topic):
    gives_address(asks)
    chooses(asks, decisions=False)
    decided(moderator, write_reply(asks.member, topic))
    assert not Outbox.objects.filter(person=asks.user).exists()


def test_a_choice_withdrawn_before_the_message_left_is_heeded(answers, stranger, topic):
    gives_address(answers)
    chooses(answers, answers=True)
    write_reply(stranger.member, topic)
    chooses(answers, answers=False)
    assert mails_of(answers) == []
    assert Outbox.objects.get().state == "dropped"


def test_news_that_went_away_is_not_mailed(answers, stranger, topic):
    gives_address(answers)
    chooses(answers, answers=True)
    write_reply(stranger.member, topic)
    TopicMember.objects.filter(member=answers.member).update(level=Level.MUTED)
    assert mails_of(answers) == []


def test_an_approval_that_is_undone_and_given_anew_is_mailed_once(answers, asks, moderator, topic):
    """What was taken back leaves its place free: the mail goes when people hear of it after all."""
    gives_address(answers)
    chooses(answers, answers=True)
    post = decided(moderator, write_reply(asks.member, topic))
    act = ModAction.objects.get(verb="approve_post")
    moderator.post(f"/queue/undo/{act.pk}/")
    news_goes_out()
    assert mails_of(answers) == []
    decided(moderator, again(post), Decision.RESTORE)
    news_goes_out()
    assert len(mails_of(answers)) == 1


def test_the_rescue_phrase_used_is_mailed_whatever_was_chosen(answers):
    gives_address(answers)
    chooses(answers, decisions=False)
    phrase = replace_rescue_phrase(by=answers.user, language="en")
    recover(handle=answers.user.username, phrase=phrase, new_passphrase="another quiet river", language="en")
    assert len(mails_of(answers)) == 1


# --- the table of kinds --------------------------------------------------------------------------------------

#: Every kind of news and the choice it belongs to; a new kind has to be put here, by somebody who thought of it.
GROUPS = {
    "accounts.recovered": MailGroup.SAFETY,
    "accounts.role_given": MailGroup.NEVER,
    "appeal.decided": MailGroup.DECISIONS,
    "board.topic": MailGroup.REPLIES,
    "digest": MailGroup.DIGEST,
    "escalation.message": MailGroup.SAFETY,
    "escalation.opened": MailGroup.SAFETY,
    "member.sanction_lifted": MailGroup.SAFETY,
    "member.sanctioned": MailGroup.SAFETY,
    "post.addressed": MailGroup.ANSWERS,
    "post.decided": MailGroup.DECISIONS,
    "post.published": MailGroup.DECISIONS,
    "post.response": MailGroup.NEVER,
    "report.answered": MailGroup.NEVER,
    "topic.reply": MailGroup.REPLIES,
    "welcome.team": MailGroup.NEVER,
    "welcome.waiting": MailGroup.NEVER,
}


def test_every_kind_of_news_belongs_to_a_choice():
    assert {kind: mailing.group_of(kind) for kind in notices._resolvers} == GROUPS


#: Words that would tell somebody who sees the mail what the site is about, or what happened there.
TELLING = (
    "needle",
    "kitchen",
    "asks",
    "stranger",
    "parents",
    "family",
    "treatment",
    "addict",
    "recover",
    "moderat",
    "sanction",
    "suspen",
    "post",
    "clinic",
    "crisis",
    "rescue",
    "mention",
    "forum",
)
HEADERS = {"Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"}
NEUTRAL = "There is something new for you. Sign in to see it:"


@pytest.mark.parametrize("kind", [kind for kind, group in GROUPS.items() if group != MailGroup.NEVER])
def test_no_mail_of_any_kind_tells_what_it_is_about(answers, kind, monkeypatch):
    """A46: one sender, subject and body for all; a summary adds numbers."""
    gives_address(answers)
    chooses(answers, answers=True, replies=True, digest=Digest.DAILY)
    said = notices.Words(
        "2 answers to you" if kind == "digest" else "asks wrote of a needle",
        "/talk/p/needle/",
        detail="In “Kitchen needle”",
    )
    monkeypatch.setitem(notices._resolvers, kind, lambda person, ids: dict.fromkeys(ids, said))
    Outbox.objects.create(person=answers.user, kind=kind, subject_id="1", dedupe_key=f"{kind}:1")
    (message,) = mails_of(answers)
    assert message.subject == "A note from your hub"
    assert set(message.extra_headers) <= HEADERS
    stop = message.extra_headers.get("List-Unsubscribe", "<>")[1:-1]
    whole = f"{message.subject} {message.body} {message.from_email}".lower().replace(stop.lower() or " ", "")
    assert [word for word in TELLING if word in whole] == []
    if kind == "escalation.opened":
        assert "/queue/" in message.body
    else:
        assert NEUTRAL in message.body
        assert message.body.count("/me/notices/") == 1
    assert ("2 answers to you" in message.body) == (kind == "digest")
    is_safety = GROUPS[kind] == MailGroup.SAFETY
    assert ("List-Unsubscribe" in message.extra_headers) == (not is_safety)
    assert ("/me/mail/stop/" in message.body) == (not is_safety)


def test_mails_of_all_sorts_of_news_are_the_same_but_for_their_id(answers, asks, stranger, moderator, topic):
    for person in (answers, asks):
        gives_address(person)
        chooses(person, answers=True, replies=True)
    decided(moderator, write_reply(asks.member, topic, text="A kitchen, a needle."))
    write_reply(stranger.member, topic)
    news_goes_out()
    bodies = {message.body for message in [*mails_of(answers)]}
    assert len(mail.outbox) >= 3
    assert len(bodies) == 1


def test_choosing_costs_no_query_more_where_many_chose(
    answers, stranger, person, topic, django_assert_num_queries
):
    """A reply is written in as many statements for forty who want mail as for one: one more than for none."""
    from forum.actions import telling

    for number in range(40):
        reader = person(f"reader-{number}")
        gives_address(reader)
        chooses(reader, replies=True)
        TopicMember.objects.create(member=reader.member, topic=topic, level=Level.WATCHING)
    post = again(write_reply(stranger.member, topic))
    Notice.objects.all().delete()
    Outbox.objects.all().delete()
    with django_assert_num_queries(5):  # who hears, notices, messages, and a savepoint
        telling.tell_of_post(post)
    assert Outbox.objects.count() == 40
