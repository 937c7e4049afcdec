"""A member signs in by handle or by a confirmed, sealed address, and signs out."""

import logging
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import seal
from accounts.models import User
from tests.cast import PASSPHRASE, make_user

SIGN_IN = "/sign-in/"
ADDRESS = "lantern.row@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture
def maple():
    return make_user("QuietMaple")


def confirmed_address(user, *, verified: bool = True) -> EmailAddress:
    return EmailAddress.objects.create(user=user, email=seal.seal(ADDRESS), verified=verified, primary=True)


def sign_in(client, login: str, password: str = PASSPHRASE, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


@pytest.mark.parametrize("typed", ["QuietMaple", "quietmaple", " QUIETMAPLE ", "Quiet-Maple"])
def test_a_member_signs_in_by_name_however_it_is_typed(visitor, maple, typed):
    response = sign_in(visitor, typed)
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert visitor.get("/me/").context["user"] == maple


def test_sign_in_leads_back_to_where_one_was_going(visitor, maple):
    assert sign_in(visitor, "QuietMaple", next="/talk/")["Location"] == "/talk/"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org"])
def test_sign_in_never_leads_to_another_site(visitor, maple, elsewhere):
    assert sign_in(visitor, "QuietMaple", next=elsewhere)["Location"] == "/me/"


def test_a_member_signs_in_by_a_confirmed_address(visitor, maple):
    confirmed_address(maple)
    sign_in(visitor, ADDRESS.upper())
    assert visitor.get("/me/").context["user"] == maple


def test_an_unconfirmed_address_opens_nothing(visitor, maple):
    confirmed_address(maple, verified=False)
    assert sign_in(visitor, ADDRESS).status_code == 200


def test_a_seal_typed_by_hand_opens_nothing(visitor, maple):
    confirmed_address(maple)
    assert sign_in(visitor, seal.seal(ADDRESS)).status_code == 200


def page_without_echo(response, *typed: str) -> str:
    page = response.content.decode()
    for text in typed:
        page = page.replace(text, "")
    start = page.index("<main")
    return "".join(line for line in page[start:].splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("unknown", ["NobodyHere", "nobody@example.org", "who?", "a" * 254, "n\u00f8body"])
def test_the_answer_never_tells_whether_a_name_or_address_exists(maple, unknown):
    confirmed_address(maple)
    known = sign_in(Client(), "QuietMaple", "wrong passphrase")
    other = sign_in(Client(), unknown, "wrong passphrase")
    assert known.status_code == other.status_code == 200
    assert page_without_echo(known, "QuietMaple") == page_without_echo(other, unknown)
    assert known.headers.keys() == other.headers.keys()


def cost(login: str) -> tuple[int, int]:
    """How many queries and how many hash computations a wrong passphrase costs."""
    hashes = 0
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        nonlocal hashes
        hashes += 1
        return encode(self, password, salt)

    with (
        mock.patch.object(MD5PasswordHasher, "encode", counted),
        CaptureQueriesContext(connection) as queries,
    ):
        sign_in(Client(), login, "wrong passphrase")
    return len(queries), hashes


def test_known_and_unknown_names_and_addresses_cost_the_same(maple):
    confirmed_address(maple)
    closed = make_user("ClosedDoor")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    cost("warm-up")
    costs = {
        login: cost(login)
        for login in ("QuietMaple", "NobodyHere", ADDRESS, "nobody@example.org", "ClosedDoor")
    }
    assert len(set(costs.values())) == 1, costs
    assert costs["QuietMaple"][1] == 1


def test_a_closed_account_is_told_so_only_with_the_right_passphrase(visitor, maple):
    User.objects.filter(pk=maple.pk).update(is_active=False)
    assert sign_in(visitor, "QuietMaple", "wrong").status_code == 200
    assert sign_in(visitor, "QuietMaple")["Location"] == "/sign-in/closed/"
    assert "This account is closed" in visitor.get("/sign-in/closed/").content.decode()
    assert visitor.get("/me/").status_code == 302


def test_an_open_session_ends_when_the_account_is_closed(answers):
    assert answers.get("/me/").status_code == 200
    User.objects.filter(pk=answers.user.pk).update(is_active=False)
    assert answers.get("/me/").status_code == 302


def test_many_wrong_tries_are_stopped_and_others_can_still_sign_in(maple):
    for _try in range(5):
        sign_in(Client(REMOTE_ADDR="203.0.113.7"), "QuietMaple", "wrong")
    stopped = sign_in(Client(REMOTE_ADDR="203.0.113.7"), "QuietMaple")
    assert "wait five minutes" in stopped.content.decode()
    owner = Client(REMOTE_ADDR="198.51.100.1")
    assert sign_in(owner, "QuietMaple").status_code == 302


def test_the_limits_keep_no_network_address(maple):
    from django.core.cache import cache

    sign_in(Client(REMOTE_ADDR="203.0.113.7"), "QuietMaple", "wrong")
    keys = " ".join(cache._cache.keys())
    assert "login_failed" in keys
    assert "203.0.113" not in keys


def test_without_the_tick_the_session_ends_with_the_browser(visitor, maple):
    sign_in(visitor, "QuietMaple")
    assert visitor.session.get_expire_at_browser_close()
    other = Client()
    sign_in(other, "QuietMaple", remember="on")
    assert not other.session.get_expire_at_browser_close()


def test_signing_in_gives_the_session_a_new_id(visitor, maple):
    session = visitor.session
    session["before"] = True
    session.save()
    before = session.session_key
    visitor.cookies["sessionid"] = before
    sign_in(visitor, "QuietMaple")
    assert visitor.session.session_key != before


def test_signing_out_needs_a_press_and_ends_the_session(answers):
    assert answers.get("/sign-out/").status_code == 200
    assert answers.get("/me/").status_code == 200
    key = answers.session.session_key
    assert answers.post("/sign-out/")["Location"] == "/"
    assert answers.get("/me/").status_code == 302
    assert not type(answers.session)().exists(key)
    assert answers.post("/sign-out/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/me/",
        "/me/security/",
        "/me/notices/",
        "/me/security/passphrase/",
        "/team/",
        "/team/1/end/",
        "/me/made-up/",
    ],
)
def test_a_visitor_is_led_to_the_one_sign_in_page(visitor, address):
    response = visitor.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize(
    ("door", "inside"),
    [("/cms/login/", "/cms/"), ("/cms/password_reset/", "/cms/"), ("/_util/login/", "/"), ("/cms/", "/cms/")],
)
def test_there_is_one_front_door(visitor, maple, door, inside):
    response = visitor.get(door)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={inside}")
    posted = visitor.post(door, {"username": "QuietMaple", "password": PASSPHRASE})
    assert posted.status_code == 302
    assert "_auth_user_id" not in visitor.session


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/admin/", "/admin/login/", "/login/"]
)
def test_no_other_address_answers_with_a_form(visitor, address):
    response = visitor.get(address, follow=True)
    assert response.status_code == 404


def test_no_page_of_accounts_carries_inline_style_or_script(visitor, maple):
    for address in ("/join/", "/sign-in/", "/sign-in/rescue/", "/sign-in/mail/", "/sign-in/mail/sent/"):
        page = visitor.get(address).content.decode()
        assert " style=" not in page, address
        assert "<script>" not in page, address


def test_no_clear_address_in_any_table_session_log_or_page(maple, caplog):
    """A member adds an address, confirms it, signs in with it, asks for a link: it stays sealed."""
    caplog.set_level(logging.DEBUG)
    member = Client()
    sign_in(member, "QuietMaple")
    refused = member.post("/me/security/mail/", {"email": ADDRESS, "action_add": "1"})
    assert refused["Location"].startswith("/me/security/again/")
    assert ADDRESS not in everything_in_the_database()
    member.post("/me/security/again/", {"password": PASSPHRASE, "next": "/me/security/mail/"})
    pages = [member.post("/me/security/mail/", {"email": ADDRESS, "action_add": "1"}, follow=True)]
    assert len(mail.outbox) == 1
    message = mail.outbox[0]
    assert [seal.unseal(to) for to in message.to] == [ADDRESS]
    assert "QuietMaple" not in message.body + message.subject
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    path = link.removeprefix("http://testserver")
    pages.append(member.get(path))
    pages.append(member.post(path, follow=True))
    assert EmailAddress.objects.get().verified
    pages.append(member.get("/me/security/mail/"))
    assert "l…@e…" in pages[-1].content.decode()
    other = Client()
    sign_in(other, ADDRESS)
    assert other.get("/me/").status_code == 200
    Client().post("/sign-in/mail/", {"email": ADDRESS})
    assert len(mail.outbox) == 2
    assert "QuietMaple" not in mail.outbox[1].body
    for page in pages:
        assert ADDRESS not in page.content.decode()
        assert "sealed.invalid" not in page.content.decode()
    dump = everything_in_the_database()
    assert "sealed.invalid" in dump
    for clear in (ADDRESS, "lantern.row"):
        assert clear not in dump
        assert clear not in caplog.text


def everything_in_the_database() -> str:
    """Every row of every table, sessions opened."""
    from django.contrib.sessions.models import Session

    rows = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows.extend(str(row) for row in cursor.fetchall())
    return "\n".join(rows)


def test_a_link_by_mail_goes_to_confirmed_addresses_only_and_the_answer_is_the_same(maple):
    confirmed_address(maple, verified=False)
    unconfirmed = Client().post("/sign-in/mail/", {"email": ADDRESS}, follow=True)
    unknown = Client().post("/sign-in/mail/", {"email": "nobody@example.org"}, follow=True)
    assert not mail.outbox
    EmailAddress.objects.update(verified=True)
    confirmed = Client().post("/sign-in/mail/", {"email": ADDRESS}, follow=True)
    assert len(mail.outbox) == 1
    pages = {page_without_echo(response) for response in (unconfirmed, unknown, confirmed)}
    assert len(pages) == 1


def test_the_link_by_mail_sets_a_new_passphrase_once(maple):
    confirmed_address(maple)
    Client().post("/sign-in/mail/", {"email": ADDRESS})
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    path = link.removeprefix("http://testserver")
    browser = Client()
    shown = browser.get(path, follow=True)
    browser.post(shown.redirect_chain[-1][0], {"password1": "a new kettle on the porch"})
    maple.refresh_from_db()
    assert maple.check_password("a new kettle on the porch")
    assert "used or is too old" in Client().get(path, follow=True).content.decode()


def test_an_address_too_long_to_seal_is_refused_kindly(answers):
    answers.post("/me/security/again/", {"password": PASSPHRASE, "next": "/me/security/mail/"})
    address = "a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + ".org"
    response = answers.post("/me/security/mail/", {"email": address, "action_add": "1"})
    assert response.status_code == 200
    assert "too long for us to keep" in response.content.decode()
    assert not EmailAddress.objects.exists()
