"""Text typed without a session is kept for its member alone, for an hour, sealed."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from accounts import writing
from accounts.models import ParkedText, User

PLACE = "/talk/b/welcome/new/"
TEXT = {"title": "First week home", "body": "He barely speaks. \U0001f9e1"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def maple() -> User:
    return User.objects.create_user("maple")


@pytest.fixture
def heron() -> User:
    return User.objects.create_user("heron")


def test_a_token_names_member_place_and_a_key_of_its_own(maple):
    one, other = (writing.read_token(writing.make_token(user=maple, place=PLACE)) for _time in range(2))
    assert (one.user_id, one.place) == (maple.pk, PLACE)
    assert one.key != other.key


@pytest.mark.parametrize("bad", ["", "nonsense", "a:b:c"])
def test_a_made_up_token_is_refused(bad):
    with pytest.raises(writing.TokenRefused):
        writing.read_token(bad)


def test_a_changed_foreign_or_old_token_is_refused(maple, monkeypatch):
    token = writing.make_token(user=maple, place=PLACE)
    for bad in (
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        signing.dumps([maple.pk, PLACE, "k"], salt="x"),
    ):
        with pytest.raises(writing.TokenRefused):
            writing.read_token(bad)
    monkeypatch.setattr(writing, "TOKEN_LIVES", timedelta(seconds=-1))
    with pytest.raises(writing.TokenRefused):
        writing.read_token(token)


def test_the_member_gets_the_text_back_also_after_a_reload(maple):
    writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    assert writing.claim(user=maple, place=PLACE) == TEXT
    assert writing.claim(user=maple, place=PLACE) == TEXT


def test_nobody_else_and_no_other_place_gets_it(maple, heron):
    writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    assert writing.claim(user=heron, place=PLACE) is None
    assert writing.claim(user=maple, place="/talk/b/other/new/") is None


def test_a_row_moved_to_another_member_does_not_open(maple, heron):
    writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    ParkedText.objects.update(person=heron)
    assert writing.claim(user=heron, place=PLACE) is None


def test_after_an_hour_it_is_gone(maple):
    writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    left = ParkedText.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    ParkedText.objects.update(expires_at=timezone.now())
    assert writing.claim(user=maple, place=PLACE) is None
    writing.purge_expired()
    assert not ParkedText.objects.exists()


def test_the_text_stands_in_no_table(maple):
    writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    stored = bytes(ParkedText.objects.get().sealed)
    assert b"barely" not in stored
    assert b"First week" not in stored


def test_parking_the_same_form_again_replaces_and_the_newest_is_given(maple):
    token = writing.make_token(user=maple, place=PLACE)
    writing.park(token=token, data=TEXT)
    writing.park(token=token, data={"body": "second"})
    assert ParkedText.objects.count() == 1
    writing.park(token=writing.make_token(user=maple, place=PLACE), data={"body": "third"})
    assert writing.claim(user=maple, place=PLACE) == {"body": "third"}


def test_what_was_sent_or_put_away_is_dropped_for_that_member_and_place(maple, heron):
    for user in (maple, heron):
        writing.park(token=writing.make_token(user=user, place=PLACE), data=TEXT)
    writing.drop(user=maple, place=PLACE)
    assert writing.claim(user=maple, place=PLACE) is None
    assert writing.claim(user=heron, place=PLACE) == TEXT


def test_leave_drops_what_this_browser_parked_and_nothing_else(maple, heron):
    key = writing.park(token=writing.make_token(user=maple, place=PLACE), data=TEXT)
    writing.park(token=writing.make_token(user=heron, place=PLACE), data=TEXT)
    writing.drop_for_leave({})
    writing.drop_for_leave({writing.SESSION_KEY: key})
    assert writing.claim(user=maple, place=PLACE) is None
    assert writing.claim(user=heron, place=PLACE) == TEXT


def test_more_than_any_form_takes_is_refused(maple):
    with pytest.raises(writing.TooMuchText):
        writing.park(token=writing.make_token(user=maple, place=PLACE), data={"body": "a" * 70_000})


def test_the_text_of_an_account_that_is_gone_is_refused(maple):
    token = writing.make_token(user=maple, place=PLACE)
    User.objects.filter(pk=maple.pk).delete()
    with pytest.raises(writing.TokenRefused):
        writing.park(token=token, data=TEXT)
