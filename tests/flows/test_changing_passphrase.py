"""A member changes the passphrase."""

import pytest

from accounts.models import User
from tests.cast import PASSPHRASE

CHANGE = "/me/security/passphrase/"
NEW = "five lanterns by the lake"

pytestmark = pytest.mark.django_db


def change(client, old=PASSPHRASE, new=NEW):
    return client.post(CHANGE, {"oldpassword": old, "password1": new})


def test_a_member_changes_the_passphrase_and_stays_signed_in(answers):
    assert change(answers)["Location"] == "/me/security/"
    page = answers.get("/me/security/")
    assert page.status_code == 200
    assert "Your passphrase is changed" in page.content.decode()
    assert User.objects.get(pk=answers.user.pk).check_password(NEW)


def test_other_devices_are_signed_out(answers):
    elsewhere = answers.anew()
    assert elsewhere.get("/me/").status_code == 200
    change(answers)
    assert elsewhere.get("/me/").status_code == 302


def test_the_old_passphrase_is_needed(answers):
    response = change(answers, old="not this one at all")
    assert response.status_code == 200
    assert "does not match" in response.content.decode()
    assert User.objects.get(pk=answers.user.pk).check_password(PASSPHRASE)


@pytest.mark.parametrize("weak", ["short", "onedayatatime", "my answers tree", "the family hub key", ""])
def test_a_weak_one_is_refused(answers, weak):
    assert change(answers, new=weak).status_code == 200
    assert User.objects.get(pk=answers.user.pk).check_password(PASSPHRASE)


def test_changing_twice_with_the_same_form_is_refused_the_second_time(answers):
    assert change(answers).status_code == 302
    assert change(answers).status_code == 200


def test_a_visitor_is_led_to_sign_in(visitor):
    assert visitor.get(CHANGE)["Location"] == f"/sign-in/?next={CHANGE}"
    assert change(visitor).status_code == 302


def test_many_tries_in_a_minute_are_stopped(answers):
    codes = [change(answers, old="wrong").status_code for _try in range(6)]
    assert codes == [200] * 5 + [429]


def test_nothing_typed_comes_back_in_the_page(answers):
    page = change(answers, old="a wrong old one").content.decode()
    assert "a wrong old one" not in page
    assert NEW not in page
