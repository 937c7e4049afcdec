"""A visitor joins: a name, a passphrase, two ticks, ten words to keep."""

import re
from unittest import mock

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts import handles, rescue
from accounts.models import Consent, User
from accounts.states import RULES_VERSION, Purpose, Role

JOIN = "/join/"
RESCUE = "/me/security/rescue/"
PASSPHRASE = "three kettles on a porch"

pytestmark = pytest.mark.django_db


def form(**changes) -> dict:
    """What a person sends who does everything right."""
    return {"username": "QuietMaple", "password1": PASSPHRASE, "agrees": "on", "of_age": "on", **changes}


def words_on(response) -> str:
    """The ten words of the page, as one would write them down."""
    block = re.search(r'<ol class="card rescue-words".*?</ol>', response.content.decode(), re.S)
    return " ".join(re.findall(r"<li>([a-z]+)</li>", block.group())) if block else ""


def test_a_visitor_joins_and_is_signed_in_and_gets_ten_words(visitor):
    response = visitor.post(JOIN, form(), follow=True)
    assert response.redirect_chain == [(RESCUE, 302)]
    user = User.objects.get(username="QuietMaple")
    assert response.context["user"] == user
    assert len(words_on(response).split()) == rescue.WORDS
    assert "only way back" in response.content.decode()
    assert user.check_password(PASSPHRASE)
    assert check_password(words_on(response), user.rescue_hash)


def test_joining_writes_down_what_was_agreed_to_and_in_which_version(visitor):
    visitor.post(JOIN, form())
    given = Consent.objects.filter(person__username="QuietMaple").values_list("purpose", "version")
    assert set(given) == {(Purpose.RULES_AND_PRIVACY, RULES_VERSION), (Purpose.OF_AGE, RULES_VERSION)}


def test_joining_asks_for_at_most_six_things_and_never_for_a_name_or_an_address(visitor):
    page = visitor.get(JOIN).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    names = set(re.findall(r'<input[^>]*\bname="([a-z0-9_]+)"', main)) - {"csrfmiddlewaretoken", "invite"}
    assert names == {"pick", "username", "password1", "agrees", "of_age"}
    assert "email" not in names


def test_the_page_says_before_joining_that_the_words_are_the_only_way_back(visitor):
    assert "the only way back" in visitor.get(JOIN).content.decode()


def test_the_page_shows_five_rules_each_with_its_reason(visitor):
    page = visitor.get(JOIN).content.decode()
    cards = re.search(r'<ol class="card-list.*?</ol>', page, re.S).group()
    assert cards.count("<li ") == 5
    assert cards.count("<p>") >= 5


def test_a_picked_name_comes_with_the_picture_that_was_shown(visitor):
    page = visitor.get(JOIN).content.decode()
    offers = re.findall(r'name="pick" value="([^"]+)"', page)
    assert len(offers) == 3
    visitor.post(JOIN, form(username="", pick=offers[1]))
    name, seed = offers[1].split(".")
    assert User.objects.get(username=name).avatar_seed == int(seed)


def test_a_name_that_was_written_wins_over_one_that_was_picked(visitor):
    visitor.post(JOIN, form(pick="PorchRain.7"))
    assert User.objects.get().username == "QuietMaple"
    assert User.objects.get().avatar_seed != 7 or User.objects.get().username != "PorchRain"


@pytest.mark.parametrize(
    "pick",
    ["PorchRain", "PorchRain.x", "PorchRain.99999999999", ".5", "Admin.5", "PorchRain.\u0665", "a b.5"],
)
def test_a_pick_that_was_tampered_with_makes_no_account(visitor, pick):
    response = visitor.post(JOIN, form(username="", pick=pick))
    assert response.status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("missing", "anchor"),
    [("password1", "#id_password1"), ("agrees", "#id_agrees"), ("of_age", "#id_of_age")],
)
def test_what_is_missing_is_said_with_a_link_and_what_was_typed_is_kept(visitor, missing, anchor):
    sent = form()
    del sent[missing]
    response = visitor.post(JOIN, sent)
    page = response.content.decode()
    assert response.status_code == 200
    assert f'href="{anchor}"' in page
    assert 'value="QuietMaple"' in page
    assert PASSPHRASE not in page
    assert not User.objects.exists()


def test_no_name_at_all_is_refused_kindly(visitor):
    page = visitor.post(JOIN, form(username="")).content.decode()
    assert "Please pick a name, or write your own." in page


def test_a_taken_name_is_said(visitor):
    User.objects.create_user("quietmaple")
    page = visitor.post(JOIN, form()).content.decode()
    assert "That name is taken" in page
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "look_alike",
    [
        "QUIETMAPLE",
        "Quiet-Maple",
        "Qu1etMaple",
        "quietmapIe",
        "\u0410dmin",
        "rnoderator",
        "adm1n",
        "x\u200by",
        "Support",
    ],
)
def test_a_spoofed_name_is_refused(visitor, look_alike):
    User.objects.create_user("quietmaple")
    response = visitor.post(JOIN, form(username=look_alike))
    assert response.status_code == 200
    assert User.objects.count() == 1


def test_two_people_who_want_one_name_in_the_same_second_get_one_account(visitor):
    def someone_was_faster(form, request):
        User.objects.create_user("quietmaple")
        return original(form, request)

    from accounts.forms import SignupForm

    original = SignupForm.save
    with mock.patch.object(SignupForm, "save", someone_was_faster):
        response = visitor.post(JOIN, form())
    assert response.status_code == 200
    assert "That name is taken" in response.content.decode()
    assert Consent.objects.count() == 0


def test_sending_the_form_twice_makes_one_account_and_the_second_answer_is_kind(visitor):
    visitor.post(JOIN, form())
    again = visitor.post(JOIN, form(), follow=True)
    assert User.objects.count() == 1
    assert again.redirect_chain[0][0] == RESCUE


def test_the_ten_words_are_shown_once_and_a_reload_explains(visitor):
    first = visitor.post(JOIN, form(), follow=True)
    again = visitor.get(RESCUE)
    assert words_on(first)
    assert not words_on(again)
    assert "shown once" in again.content.decode()


def test_the_ten_words_stand_in_no_table(visitor):
    response = visitor.post(JOIN, form())
    phrase_hash = User.objects.get().rescue_hash
    stored = "".join(str(session.get_decoded()) for session in Session.objects.all())
    page = visitor.get(RESCUE)
    assert response.status_code == 302
    for word in words_on(page).split():
        assert f" {word} " not in stored
    assert words_on(page) not in phrase_hash


def test_the_page_with_the_words_is_never_kept_by_a_browser(visitor):
    response = visitor.post(JOIN, form(), follow=True)
    assert "no-store" in response["Cache-Control"]


def test_keeping_the_words_is_ticked_and_leads_on(visitor):
    visitor.post(f"{JOIN}?next=/talk/", form(next="/talk/"), follow=True)
    response = visitor.post("/me/security/rescue/kept/", {"kept": "yes", "next": "/talk/"})
    assert (response.status_code, response["Location"]) == (302, "/talk/")
    assert User.objects.get().rescue_kept_at is not None


def test_the_page_remembers_where_one_was_going(visitor):
    page = visitor.get(f"{JOIN}?next=/talk/mine/").content.decode()
    assert '<input type="hidden" name="next" value="/talk/mine/">' in page
    page = visitor.get("/sign-in/?next=/talk/mine/").content.decode()
    assert '<input type="hidden" name="next" value="/talk/mine/">' in page
    assert 'href="/join/?next=%2Ftalk%2Fmine%2F"' in page


def test_without_the_tick_nothing_is_noted_and_the_way_to_new_words_is_shown(visitor):
    visitor.post(JOIN, form(), follow=True)
    response = visitor.post("/me/security/rescue/kept/", {"next": "/talk/"}, follow=True)
    assert response.redirect_chain[0][0] == RESCUE
    assert "make a new one" in response.content.decode()
    assert User.objects.get().rescue_kept_at is None


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:x"]
)
def test_nobody_is_led_to_another_site(visitor, elsewhere):
    visitor.post(JOIN, form(next=elsewhere), follow=True)
    response = visitor.post("/me/security/rescue/kept/", {"kept": "yes", "next": elsewhere})
    assert response["Location"] == "/talk/"


def test_new_words_need_the_passphrase_and_end_the_old_ones(visitor):
    old = words_on(visitor.post(JOIN, form(), follow=True))
    assert "does not match" in visitor.post(RESCUE, {"passphrase": "something else"}).content.decode()
    new = words_on(visitor.post(RESCUE, {"passphrase": PASSPHRASE}, follow=True))
    user = User.objects.get()
    assert new != old
    assert check_password(new, user.rescue_hash)
    assert not check_password(old, user.rescue_hash)


def test_the_wrong_method_is_refused(visitor):
    assert visitor.put(JOIN).status_code == 405
    assert visitor.delete(JOIN).status_code == 405
    visitor.post(JOIN, form())
    assert visitor.get("/me/security/rescue/kept/").status_code == 405
    assert visitor.put(RESCUE).status_code == 405


def test_a_visitor_has_no_rescue_page(visitor):
    for address in (RESCUE, "/me/security/rescue/kept/"):
        assert visitor.get(address)["Location"].startswith("/sign-in/")
        assert visitor.post(address)["Location"].startswith("/sign-in/")


def test_who_is_signed_in_is_not_asked_to_join(answers):
    User.objects.filter(pk=answers.user.pk).update(rescue_kept_at="2026-01-01T00:00Z")
    assert answers.get(JOIN)["Location"] == "/me/"


def test_many_joins_from_one_network_are_stopped_and_no_address_is_kept(db):
    answers = [
        Client(REMOTE_ADDR="203.0.113.7").post(JOIN, form(username=f"rain{n}", password1="")).status_code
        for n in range(21)
    ]
    assert answers[:20] == [200] * 20
    assert answers[20] == 429
    assert Client(REMOTE_ADDR="198.51.100.1").post(JOIN, form(password1="")).status_code == 200


@pytest.mark.parametrize("header", [{"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}])
def test_the_page_answers_as_a_page_whatever_is_asked(visitor, header):
    response = visitor.post(JOIN, form(password1=""), **header)
    assert response["Content-Type"].startswith("text/html")


def test_a_very_long_passphrase_and_name_are_refused_calmly(visitor):
    response = visitor.post(JOIN, form(username="a" * 100_000, password1="b" * 500_000))
    assert response.status_code == 200
    assert not User.objects.exists()


def test_joining_in_spanish_gives_spanish_words_and_names(visitor):
    page = visitor.get("/es/join/").content.decode()
    offers = [offer.split(".")[0] for offer in re.findall(r'name="pick" value="([^"]+)"', page)]
    spanish = handles._suggestion_words()["es"]
    assert all(any(offer.startswith(first) for first in spanish["first"]) for offer in offers)
    words = words_on(visitor.post("/es/join/", form(), follow=True)).split()
    assert len(words) == rescue.WORDS
    assert set(words) <= set(rescue.word_lists()["es"])


def test_the_first_operator_joins_by_a_link_that_works_once(visitor, capsys):
    from django.core.management import CommandError, call_command

    call_command("first_operator", "harborlight")
    link = capsys.readouterr().out.split()[0]
    query = link[link.index("?") :]
    assert 'value="harborlight"' in visitor.get(JOIN + query).content.decode()
    invite = re.search(r"invite=([^&]+)", query).group(1).replace("%3A", ":")
    visitor.post(JOIN, form(username="harborlight", invite=invite))
    operator = User.objects.get(username="harborlight")
    assert list(operator.role_grants.values_list("role", flat=True)) == [Role.OPERATOR]
    with pytest.raises(CommandError, match="has an operator"):
        call_command("first_operator", "another-one")
    Client().post(JOIN, form(username="harborlight2", invite=invite))
    assert not User.objects.get(username="harborlight2").role_grants.exists()


@pytest.mark.parametrize("invite", ["nonsense", "IlF1aWV0TWFwbGUi:1:2"])
def test_a_made_up_invitation_makes_an_ordinary_member(visitor, invite):
    visitor.post(JOIN, form(invite=invite))
    assert not User.objects.get().role_grants.exists()


def test_an_invitation_is_for_its_own_name_only(visitor):
    from accounts import actions

    visitor.post(JOIN, form(username="somebody-else", invite=actions.make_invite("harborlight")))
    assert not User.objects.get().role_grants.exists()


def test_joining_costs_a_fixed_number_of_queries(visitor, django_assert_max_num_queries):
    visitor.get(JOIN)
    with django_assert_max_num_queries(8):
        visitor.get(JOIN)
    assert connection.vendor in {"sqlite", "postgresql"}
