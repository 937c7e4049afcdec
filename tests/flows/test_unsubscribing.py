"""A person ends their mail from the mail itself: signed out, by one press, and nothing else (A46, H28)."""

import re

import pytest
from django.test import Client

from accounts import mailing
from accounts.models import MailChoices, Outbox
from accounts.states import Digest
from forum.states import SanctionKind
from tests.factories import make_board, open_topic, write_reply
from tests.flows.mail_scene import chooses, gives_address, mails_of, stop_link

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
OFF = (False, False, False, Digest.NONE, None)


def chosen(person) -> tuple:
    row = MailChoices.objects.get(person=person.user)
    return row.decisions, row.answers, row.replies, row.digest, row.digest_due_at


@pytest.fixture
def message(answers, stranger):
    """A mail that came to `answers`, who chose all there is."""
    gives_address(answers)
    chooses(answers, answers=True, replies=True, digest=Digest.DAILY)
    write_reply(stranger.member, open_topic(answers.member, make_board()))
    (came,) = mails_of(answers)
    return came


@pytest.fixture
def outside() -> Client:
    """A browser that was never here, and a site that checks where a form comes from."""
    return Client(enforce_csrf_checks=True)


def test_opening_the_link_changes_nothing_whoever_opens_it(answers, message, outside):
    """H28: the scanner of a mail provider follows every link, by GET and by HEAD."""
    before = MailChoices.objects.values().get(person=answers.user)
    for _twice in range(2):
        assert outside.get(stop_link(message)).status_code == 200
        assert outside.head(stop_link(message)).status_code == 200
    assert MailChoices.objects.values().get(person=answers.user) == before


def test_one_press_signed_out_ends_all_that_is_optional_and_only_that(answers, message, outside):
    page = outside.get(stop_link(message))
    assert page.content.decode().count("<button") - _buttons_of_the_frame(outside) == 1
    assert "no-store" in page["Cache-Control"]
    MailChoices.objects.update(quiet_from=2, quiet_until=3)
    user = type(answers.user).objects.values().get(pk=answers.user.pk)
    for _twice in range(2):
        done = outside.post(stop_link(message))
        assert done.status_code == 200
        assert "no more such notes go to that address" in done.content.decode()
    assert chosen(answers) == OFF
    kept = MailChoices.objects.get(person=answers.user)
    assert (kept.quiet_from, kept.quiet_until) == (2, 3)
    assert type(answers.user).objects.values().get(pk=answers.user.pk) == user
    assert "_auth_user_id" not in outside.session
    assert answers.get("/me/").status_code == 200


def _buttons_of_the_frame(browser) -> int:
    return browser.get("/privacy/").content.decode().count("<button")


def test_a_mail_program_ends_it_by_its_own_post_without_a_cookie(answers, message, outside):
    """RFC 8058: the address of the header, one POST, no cookie, no CSRF token."""
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<https?://[^/]+(/\S+)>", headers["List-Unsubscribe"])[1]
    assert address == stop_link(message)
    answer = outside.post(address, ONE_CLICK, headers={"origin": "https://mail.example.org"})
    assert answer.status_code == 200
    assert chosen(answers) == OFF


def test_what_waited_to_be_sent_is_dropped(answers, stranger, message, outside):
    write_reply(stranger.member, open_topic(answers.member, make_board(slug="partners")))
    waiting = Outbox.objects.get(state="due")
    outside.post(stop_link(message))
    assert len(mails_of(answers)) == 1
    waiting.refresh_from_db()
    assert waiting.state == "dropped"


def test_mail_for_their_safety_still_comes_and_has_no_such_link(answers, moderator, message, outside):
    from tests.flows.test_sanctions import set_limit

    outside.post(stop_link(message))
    set_limit(moderator, answers, SanctionKind.READ_ONLY)
    first, second = mails_of(answers)
    assert "List-Unsubscribe" not in second.extra_headers
    assert "/me/mail/stop/" not in second.body


def test_the_link_ends_the_mail_of_nobody_else(answers, stranger, message, outside):
    chooses(stranger, answers=True)
    outside.post(stop_link(message))
    assert chosen(stranger)[1]


@pytest.mark.parametrize("token", ["AAAA", "a.b", "{plain}", "{cut}", "{other}.{end}", "x" * 900])
def test_a_made_up_link_gets_the_same_pages_and_does_nothing(answers, message, outside, token):
    """Nobody learns from the answer whether a link is one of ours."""
    good = stop_link(message)
    signed = good.removesuffix("/").rpartition("/")[2]
    plain, end = signed.split(".")
    bad = token.format(plain=plain, cut=signed[:-1], other="B" * len(plain), end=end)
    address = good.replace(signed, bad)

    def seen(response) -> tuple:
        return response.status_code, response.content.decode().replace(bad, "-").replace(signed, "-")

    assert seen(outside.get(address)) == seen(outside.get(good))
    before = chosen(answers)
    answer = outside.post(address)
    assert chosen(answers) == before
    assert seen(answer) == seen(outside.post(good))


def test_the_link_names_no_person(answers, message):
    token = stop_link(message).removesuffix("/").rpartition("/")[2].split(".")[0]
    assert token == MailChoices.objects.get(person=answers.user).stop_token
    assert len(token) >= 32
    for telling in (answers.user.username, "example.org"):
        assert telling not in message.body


def test_who_chose_nothing_can_end_it_too(asks, moderator, outside):
    from tests.flows.forum_scene import decided, news_goes_out, topic_by

    gives_address(asks)
    decided(moderator, topic_by(asks))
    news_goes_out()
    (came,) = mails_of(asks)
    outside.post(stop_link(came))
    assert chosen(asks) == OFF


def test_afterwards_a_person_can_choose_again(answers, message, outside):
    outside.post(stop_link(message))
    chooses(answers, answers=True)
    assert mailing.wants(MailChoices.objects.get(person=answers.user), "post.addressed")
    assert outside.get(stop_link(message)).status_code == 200
    assert chosen(answers)[1]


def test_other_methods_are_refused(message, outside):
    assert outside.put(stop_link(message)).status_code == 405
    assert outside.delete(stop_link(message)).status_code == 405
