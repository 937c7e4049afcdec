"""Leave, from the server's side: what it ends, what it clears, and when it does nothing."""

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings

from accounts import writing
from accounts.models import ParkedText
from family_hub.leaving import COOKIE

pytestmark = pytest.mark.django_db


def test_leave_ends_the_session_clears_the_browser_and_goes_to_the_neutral_page(asks):
    assert Session.objects.count() == 1

    answer = asks.get("/leave/")

    assert answer.status_code == 200
    assert Session.objects.count() == 0
    assert answer["Refresh"].startswith("0;url=https://")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["sessionid"]["max-age"] == 0
    assert asks.get("/me/").status_code == 302


def test_the_page_on_the_way_out_names_neither_the_person_nor_the_site(asks):
    page = asks.get("/leave/").content.decode()

    assert asks.user.username not in page
    assert "Family Hub" not in page
    assert "<script" not in page


def test_leave_goes_where_the_site_says(asks):
    from wagtail.models import Site

    from education.models import SiteFacts

    facts = SiteFacts.for_site(Site.objects.get(is_default_site=True))
    facts.leave_url = "https://example.org/recipes/"
    facts.save()

    assert asks.get("/leave/")["Refresh"] == "0;url=https://example.org/recipes/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_prefetch_or_another_sites_link_signs_nobody_out(asks, headers):
    answer = asks.get("/leave/", headers=headers)

    assert "Refresh" not in answer
    assert "Clear-Site-Data" not in answer
    assert asks.get("/me/").status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_a_press_on_this_site_or_a_typed_address_leaves(asks, site):
    assert "Refresh" in asks.get("/leave/", headers={"Sec-Fetch-Site": site})
    assert asks.get("/me/").status_code == 302


def test_leave_answers_only_a_press(asks):
    assert asks.post("/leave/").status_code == 405
    assert asks.get("/me/").status_code == 200


def test_a_visitor_has_one_constant_cookie_and_leave_takes_it_away(visitor):
    first = visitor.get("/privacy/").cookies[COOKIE]
    assert first.value == "1"
    assert first["httponly"]
    assert set(visitor.cookies) == {COOKIE}
    assert COOKIE not in visitor.get("/privacy/").cookies

    assert visitor.get("/leave/").cookies[COOKIE]["max-age"] == 0


def test_leave_makes_no_session_for_a_visitor(visitor):
    visitor.get("/leave/")

    assert Session.objects.count() == 0


def test_leave_sets_no_cookie_of_its_own(visitor):
    answer = visitor.get("/leave/")

    assert [name for name, cookie in answer.cookies.items() if cookie.value] == []


def test_leave_works_twice(asks):
    asks.get("/leave/")

    assert "Refresh" in asks.get("/leave/")


def test_text_parked_in_this_browser_is_gone_after_leave(visitor, asks):
    token = writing.make_token(user=asks.user, place="topic")
    key = writing.park(token=token, data={"text": "He came home on Monday."})
    session = visitor.session
    session[writing.SESSION_KEY] = key
    session.save()

    visitor.get("/leave/")

    assert not ParkedText.objects.exists()


def test_a_page_for_a_signed_in_person_is_never_kept(asks):
    assert "no-store" in asks.get("/privacy/")["Cache-Control"]
    assert "data-private" in asks.get("/privacy/").content.decode()


def test_leave_and_help_stand_in_the_header_of_every_page(visitor):
    for path in ("/privacy/", "/help/stay-safe/", "/not-here/"):
        page = visitor.get(path).content.decode()
        header = page[page.index("<header") : page.index("</header>")]
        assert 'href="/leave/"' in header, path
        assert 'href="/help/"' in header, path


@override_settings(DEMO_ALLOWED=False, DEBUG=False)
def test_the_page_of_all_parts_is_not_there_on_a_real_site(visitor):
    assert visitor.get("/parts/").status_code == 404
