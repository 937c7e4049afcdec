"""A member who forgot the passphrase comes back with the ten words."""

import re
from unittest import mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, check_password, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import notices
from accounts.models import User
from tests.cast import make_user

RECOVER = "/sign-in/rescue/"
PHRASE = "acorn bell canoe daisy eagle falcon garden harbor igloo jungle"
NEW = "five lanterns by the lake"

pytestmark = pytest.mark.django_db


@pytest.fixture
def maple():
    user = make_user("QuietMaple")
    kept = {"rescue_hash": make_password(PHRASE), "rescue_kept_at": "2026-01-01T00:00Z"}
    User.objects.filter(pk=user.pk).update(**kept)
    user.refresh_from_db()
    return user


def recover(client, *, handle="QuietMaple", phrase=PHRASE, new=NEW):
    return client.post(RECOVER, {"handle": handle, "phrase": phrase, "password1": new})


def test_the_ten_words_set_a_new_passphrase_and_sign_in(visitor, maple):
    response = recover(visitor)
    assert response["Location"] == "/me/security/rescue/"
    maple.refresh_from_db()
    assert maple.check_password(NEW)
    assert visitor.get("/me/").context["user"] == maple


@pytest.mark.parametrize(
    "written", [PHRASE.upper(), PHRASE.replace(" ", "\n"), PHRASE.replace(" ", ", ") + "."]
)
def test_the_words_are_read_however_they_were_written(visitor, maple, written):
    assert recover(visitor, phrase=written).status_code == 302


def test_all_other_sessions_end(visitor, maple):
    other = Client()
    other.force_login(maple)
    assert other.get("/me/").status_code == 200
    recover(visitor)
    assert other.get("/me/").status_code == 302


def test_the_words_work_once_and_new_ones_are_shown_once(visitor, maple):
    page = client_follow(visitor, recover(visitor))
    words = " ".join(re.findall(r"<li>([a-z]+)</li>", page))
    assert len(words.split()) == 10
    maple.refresh_from_db()
    assert check_password(words, maple.rescue_hash)
    assert maple.rescue_kept_at is None
    assert recover(Client()).status_code == 200
    assert recover(Client(), phrase=words, new="six lanterns by the lake").status_code == 302


def client_follow(client, response) -> str:
    page = client.get(response["Location"]).content.decode()
    return re.search(r'<ol class="card rescue-words".*?</ol>', page, re.S).group()


def test_the_member_is_told_that_the_words_were_used(visitor, maple):
    recover(visitor)
    assert [notice.kind for notice in notices.shown_to(maple)] == ["accounts.recovered"]


def test_two_who_use_the_words_in_the_same_second_change_the_passphrase_once(maple):
    from accounts import actions

    original = make_password
    calls = []

    def someone_is_faster(raw, *args, **kwargs):
        if not calls:
            calls.append(1)
            User.objects.filter(pk=maple.pk).update(rescue_hash=original("other words"))
        return original(raw, *args, **kwargs)

    with (
        mock.patch("accounts.actions.rescuing.make_password", someone_is_faster),
        pytest.raises(actions.ActRefused),
    ):
        actions.recover(handle="QuietMaple", phrase=PHRASE, new_passphrase=NEW, language="en")
    maple.refresh_from_db()
    assert not maple.check_password(NEW)


WRONG = {
    "wrong words": {"phrase": "acorn bell"},
    "unknown name": {"handle": "NobodyHere"},
    "closed account": {"handle": "ClosedDoor"},
    "no words ever": {"handle": "BareBranch"},
}


@pytest.fixture
def others(maple):
    closed, bare = make_user("ClosedDoor"), make_user("BareBranch")
    User.objects.filter(pk=closed.pk).update(rescue_hash=make_password(PHRASE), is_active=False)
    assert bare.rescue_hash == ""


def main_part(response) -> str:
    page = response.content.decode()
    page = page[page.index("<main") : page.index("</main>")]
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r"QuietMaple|NobodyHere|ClosedDoor|BareBranch|acorn[ a-z]*", "", page)


def test_wrong_words_unknown_names_and_closed_accounts_get_the_same_answer(others):
    answers = {name: recover(Client(), **changes) for name, changes in WRONG.items()}
    assert {response.status_code for response in answers.values()} == {200}
    assert len({main_part(response) for response in answers.values()}) == 1
    assert "do not match" in main_part(answers["wrong words"])


def test_wrong_words_unknown_names_and_closed_accounts_cost_the_same(others):
    recover(Client(), handle="warm-up")
    costs = {}
    for name, changes in WRONG.items():
        hashes = []
        encode = MD5PasswordHasher.encode

        def counted(self, password, salt, *, encode=encode, hashes=hashes):
            hashes.append(1)
            return encode(self, password, salt)

        with (
            mock.patch.object(MD5PasswordHasher, "encode", counted),
            CaptureQueriesContext(connection) as queries,
        ):
            recover(Client(), **changes)
        costs[name] = (len(queries), len(hashes))
    assert len(set(costs.values())) == 1, costs
    assert costs["unknown name"][1] == 1


def test_a_refusal_keeps_the_words_and_never_the_passphrase(visitor, maple):
    page = recover(visitor, phrase="acorn bell").content.decode()
    assert "acorn bell" in page
    assert NEW not in page


@pytest.mark.parametrize("weak", ["short", "onedayatatime", "my quietmaple tree", ""])
@pytest.mark.parametrize("handle", ["QuietMaple", "quietmaple"])
def test_a_weak_new_passphrase_is_refused_before_the_words_are_read(visitor, maple, weak, handle):
    assert recover(visitor, handle=handle, new=weak).status_code == 200
    maple.refresh_from_db()
    assert check_password(PHRASE, maple.rescue_hash)


def test_many_wrong_tries_are_stopped(maple):
    for _try in range(5):
        recover(Client(), phrase="acorn bell")
    stopped = recover(Client())
    assert stopped.status_code == 429
    assert "wait five minutes" in stopped.content.decode()
    maple.refresh_from_db()
    assert not maple.check_password(NEW)
    assert recover(Client(REMOTE_ADDR="198.51.100.1")).status_code == 302


def test_who_is_signed_in_goes_to_security(answers):
    assert answers.get(RECOVER)["Location"] == "/me/security/"
    assert answers.post(RECOVER)["Location"] == "/me/security/"


def test_the_wrong_method_is_refused(visitor):
    assert visitor.put(RECOVER).status_code == 405
