"""Typed text is never lost: the session ended, another person sits there, the form's proof is gone."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ParkedText
from accounts.writing import LONGEST_PARKED
from forum.models import Post
from tests.cast import PASSPHRASE
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import hidden_fields, opened, url_of

pytestmark = pytest.mark.django_db

NEW = "/talk/b/parents/new/"
WORDS = {"title": "A long evening", "text": "Everything I wrote for an hour."}


@pytest.fixture(autouse=True)
def _board():
    make_board()


@pytest.fixture
def form(answers) -> dict[str, str]:
    """A form that was given to `answers`, filled in."""
    return opened(answers, NEW) | WORDS | {"send": "1"}


def sign_in(client, handle: str, next_url: str = NEW):
    return client.post(
        f"/sign-in/?next={next_url}", {"login": handle, "password": PASSPHRASE, "next": next_url}
    )


def holds_the_words(response) -> bool:
    return WORDS["text"] in response.content.decode()


def test_the_text_is_back_after_signing_in(visitor, answers, form):
    response = visitor.post(NEW, form)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={NEW}")
    assert not Post.objects.exists()
    assert sign_in(visitor, "answers")["Location"] == NEW
    page = visitor.get(NEW)
    assert holds_the_words(page)
    assert 'value="A long evening"' in page.content.decode()
    assert "Your text is back" in page.content.decode()
    sent = visitor.post(NEW, hidden_fields(page) | WORDS | {"send": "1"})
    assert sent.status_code == 302
    assert Post.objects.get().author == answers.member
    assert not ParkedText.objects.exists()
    assert not holds_the_words(visitor.get(NEW))


def test_texts_of_two_windows_come_back_one_after_the_other(visitor, answers, form):
    """Both were sent without a session: what becomes of one is not the end of the other."""
    other = opened(answers, NEW) | {"title": "Another", "text": "What the other window held.", "send": "1"}
    visitor.post(NEW, other)
    visitor.post(NEW, form)
    sign_in(visitor, "answers")
    page = visitor.get(NEW)
    assert holds_the_words(page)
    assert visitor.post(NEW, hidden_fields(page) | WORDS | {"keep": "1"}).status_code == 200
    assert "What the other window held." in visitor.get(NEW).content.decode()
    page = visitor.get(f"{NEW}?use=parked")
    visitor.post(NEW, hidden_fields(page) | {"title": "Another", "text": other["text"], "send": "1"})
    assert Post.objects.count() == 1
    assert not ParkedText.objects.exists()
    assert holds_the_words(visitor.get(NEW))


def test_a_text_that_waits_outlives_the_sending_of_another_window(visitor, answers, form):
    visitor.post(NEW, form)
    sign_in(visitor, "answers")
    window = opened(answers, NEW)
    window.pop("came_back")  # this window was open before the other one's words came back
    sent = visitor.post(NEW, window | {"title": "Other", "text": "Other words.", "send": "1"})
    assert sent.status_code == 302
    assert holds_the_words(visitor.get(NEW))


def test_the_text_survives_a_refusal_after_it_came_back(visitor, answers, form):
    visitor.post(NEW, form)
    sign_in(visitor, "answers")
    page = visitor.get(NEW)
    refused = visitor.post(NEW, hidden_fields(page) | WORDS | {"title": ""})
    assert refused.status_code == 422
    assert holds_the_words(refused)
    assert holds_the_words(visitor.get(NEW))
    visitor.post(NEW, hidden_fields(refused) | WORDS)
    assert not ParkedText.objects.exists()


def test_the_text_is_back_in_any_browser_of_that_person(visitor, answers, form):
    visitor.post(NEW, form)
    other = answers.anew()
    page = other.get(NEW)
    assert holds_the_words(page)
    other.post(NEW, hidden_fields(page) | WORDS)
    assert not ParkedText.objects.exists()


def test_the_text_is_sealed_while_it_waits(visitor, form):
    visitor.post(NEW, form)
    row = ParkedText.objects.values().get()
    assert WORDS["text"].encode() not in bytes(row["sealed"])
    assert WORDS["text"] not in str(row)
    assert dt.timedelta(minutes=59) < row["expires_at"] - timezone.now() <= dt.timedelta(hours=1)


def test_another_member_never_sees_it(visitor, stranger, form):
    visitor.post(NEW, form)
    sign_in(visitor, "stranger")
    assert not holds_the_words(visitor.get(NEW))
    assert not holds_the_words(stranger.get(NEW))
    assert ParkedText.objects.count() == 1  # it still waits for the one who wrote it


def test_a_form_of_someone_else_is_kept_for_them_and_not_sent_as_one_s_own(stranger, answers, form):
    """Two people share a browser; the second signed in while the first one's form was open."""
    response = stranger.post(NEW, form)
    assert (response.status_code, response["Location"]) == (302, NEW)
    assert not holds_the_words(stranger.get(NEW))
    assert not Post.objects.exists()
    assert holds_the_words(answers.get(NEW))


def test_it_is_back_only_at_its_own_place(visitor, answers, form):
    make_board(slug="partners", name="Partners")
    visitor.post(NEW, form)
    assert not holds_the_words(answers.get("/talk/b/partners/new/"))
    assert holds_the_words(answers.get(NEW))


def test_leave_drops_it(visitor, answers, form):
    visitor.post(NEW, form)
    assert ParkedText.objects.count() == 1
    visitor.get("/leave/")
    assert not ParkedText.objects.exists()
    assert not holds_the_words(answers.get(NEW))


def test_after_an_hour_it_is_gone(visitor, answers, form):
    visitor.post(NEW, form)
    ParkedText.objects.update(expires_at=timezone.now())
    assert not holds_the_words(answers.get(NEW))


@pytest.mark.parametrize("token", ["", "made-up", "x" * 5000])
def test_text_with_no_good_token_is_kept_for_nobody(visitor, form, token):
    """Else anyone could put words before anyone."""
    response = visitor.post(NEW, form | {"token": token})
    assert response.status_code == 302
    assert not ParkedText.objects.exists()


def test_sending_it_twice_without_a_session_keeps_it_once(visitor, form):
    visitor.post(NEW, form)
    visitor.post(NEW, form | {"text": WORDS["text"] + " And more."})
    assert ParkedText.objects.count() == 1


@pytest.mark.parametrize("letter", ["a", "é", "я", "字", "🏡", '"', "\\", "\n"])
def test_the_longest_post_in_any_writing_is_kept(visitor, answers, form, letter):
    """A post has at most 10,000 characters, in whatever letters it is written."""
    text = "x" + letter * 9_998 + "x"
    visitor.post(NEW, form | {"text": text})
    assert ParkedText.objects.count() == 1
    response = answers.get(NEW)
    assert response.context["form"].initial["text"].replace("\r\n", "\n") == text


def test_more_than_any_form_takes_is_not_kept(visitor, form):
    visitor.post(NEW, form | {"text": "a" * (LONGEST_PARKED + 1)})
    assert not ParkedText.objects.exists()


def test_a_reply_and_a_change_come_back_too(visitor, answers):
    topic = open_topic(answers.member, make_board(slug="partners", name="Partners"))
    post = write_reply(answers.member, topic)
    for address in (f"{topic.get_absolute_url()}reply/", url_of(post, "edit")):
        visitor.post(address, opened(answers, address) | {"text": WORDS["text"]})
        assert holds_the_words(answers.get(address)), address


def test_a_form_without_proof_of_its_origin_keeps_the_text_for_that_member(answers, stranger):
    """A cookie that ran out, or another site: 403, nothing is sent, nothing is lost."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(answers.user)
    form = opened(answers, NEW) | WORDS | {"send": "1"}
    response = strict.post(NEW, form)
    assert response.status_code == 403
    assert not Post.objects.exists()
    page = strict.get(NEW)
    assert holds_the_words(page)
    assert not holds_the_words(stranger.get(NEW))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    sent = strict.post(NEW, hidden_fields(page) | WORDS | {"send": "1", "csrfmiddlewaretoken": token})
    assert sent.status_code == 302
    assert Post.objects.count() == 1
    assert not ParkedText.objects.exists()


def test_the_page_about_a_missing_proof_says_where_the_text_is(answers):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(answers.user)
    page = strict.post(NEW, opened(answers, NEW) | WORDS).content.decode()
    assert f'href="{NEW}"' in page
    assert "Your text is kept for an hour" in page
    kept_nothing = strict.post(NEW, {"text": WORDS["text"]}).content.decode()
    assert "is kept" not in kept_nothing


def test_the_browser_is_given_nothing_of_the_text(visitor, form):
    response = visitor.post(NEW, form)
    kept = str(response.cookies) + str(dict(response.headers)) + response.content.decode()
    assert WORDS["text"] not in kept
    assert str(ParkedText.objects.get().sealed) not in kept


def test_a_member_who_is_signed_in_loses_nothing_when_a_form_is_a_day_old(answers, form):
    from unittest.mock import patch

    from accounts import writing

    with patch.object(writing, "TOKEN_LIVES", dt.timedelta(seconds=-1)):
        response = answers.post(NEW, form)
    assert response.status_code == 422
    assert holds_the_words(response)
    assert "This page was open for a long time." in response.content.decode()
