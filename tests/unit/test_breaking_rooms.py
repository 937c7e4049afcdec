"""Small holes between the rooms: what a visitor is asked, what a member meets, words that show nothing."""

import pytest

from forum.models import Topic
from tests.factories import make_board, write_topic

pytestmark = pytest.mark.django_db


def _token(page: str) -> str:
    return page.split('name="token" value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize("address", ["/queue/next/", "/queue/1/take/", "/queue/1/pass/"])
def test_a_visitor_cannot_tell_a_button_of_the_queue_from_a_made_up_address(visitor, address):
    real, made_up = visitor.get(address), visitor.get("/queue/made-up/")
    assert (real.status_code, made_up.status_code) == (302, 302)
    assert "Allow" not in real


@pytest.mark.parametrize("address", ["/queue/next/", "/queue/1/take/", "/queue/1/pass/"])
def test_a_member_meets_no_button_of_the_queue(stranger, address):
    assert stranger.get(address).status_code == 404
    assert stranger.post(address).status_code == 404


def test_a_member_who_opens_the_cms_is_told_that_nothing_is_there(stranger, author, visitor):
    """Not sent to sign in again, and back, and again: the browser would end with an error of its own."""
    for address in ("/cms/", "/cms/pages/", "/cms/reports/site-history/"):
        assert stranger.get(address).status_code == 404
        assert visitor.get(address).status_code == 302
        assert author.get(address).status_code in (200, 302)
    assert stranger.post("/cms/pages/1/edit/").status_code == 404


@pytest.mark.parametrize("title", ["\u200b\u200b", "\u2800", "\u3164", "\u0301", "\u202e"])
def test_a_title_that_shows_nothing_is_sent_back_with_the_text(answers, title):
    """In the list the topic would be a link without words."""
    board = make_board()
    address = f"/talk/b/{board.slug}/new/"
    token = _token(answers.get(address).content.decode())
    sent = {"title": title, "text": "Hello to everyone here today.", "token": token, "send": "1"}
    answer = answers.post(address, sent)
    assert answer.status_code == 422
    assert "Hello to everyone here today." in answer.content.decode()
    assert not Topic.objects.exists()


@pytest.mark.parametrize("name", ["a[1]", "path", "max-age", "foo/bar", "@x", "\xe9", ""])
def test_leave_leaves_whatever_other_cookies_the_browser_sends(stranger, name):
    """A cookie of a neighbouring site with a name nobody can write may not keep the page on the screen."""
    kept = {name: "1"} | {key: morsel.value for key, morsel in stranger.cookies.items()}
    header = "; ".join(f"{key}={value}" for key, value in kept.items())
    stranger.cookies.clear()
    answer = stranger.get("/leave/", headers={"cookie": header})
    assert answer.status_code == 200
    assert "Refresh" in answer
    assert "Clear-Site-Data" in answer
    assert answer.cookies["sessionid"]["max-age"] == 0
    assert stranger.get("/me/", headers={"cookie": header}).status_code == 302


def test_who_joined_or_came_back_is_signed_out_when_the_browser_closes(visitor, person):
    """Staying signed in is asked for at sign-in alone; a device that others use must not keep it unasked."""
    sent = {"username": "brave-wren", "password1": "a quiet river at dawn", "agrees": "on", "of_age": "on"}
    assert visitor.post("/join/", sent).status_code == 302
    assert visitor.session.get_expire_at_browser_close()
    assert visitor.cookies["sessionid"]["max-age"] == ""
    shown = visitor.get("/me/security/rescue/")
    back = type(visitor)()
    sent = {
        "handle": "brave-wren",
        "phrase": " ".join(shown.context["words"]),
        "password1": "another stone in water",
    }
    assert back.post("/sign-in/rescue/", sent).status_code == 302
    assert back.session.get_expire_at_browser_close()
    assert back.cookies["sessionid"]["max-age"] == ""


def test_no_page_leaves_a_cookie_that_outlives_the_browser_unasked(visitor):
    for address in ("/", "/talk/", "/sign-in/", "/join/", "/sign-in/rescue/", "/help/now/"):
        visitor.get(address)
    assert visitor.cookies
    assert {morsel["max-age"] for morsel in visitor.cookies.values()} == {""}


def test_an_author_cannot_keep_the_team_from_deciding_by_changing_without_end(asks):
    """Every change sends a moderator's decision back with a conflict; the refusal gives the text back."""
    from forum import rules

    post = write_topic(asks.member, make_board())
    address = f"/talk/p/{post.public_id}/edit/"

    def change(words: str):
        token = _token(asks.get(address).content.decode())
        return asks.post(address, {"title": "A title", "text": words, "token": token, "send": "1"})

    for number in range(rules.CHANGES_AN_HOUR):
        assert change(f"Said in other words, number {number}.").status_code == 200
    refused = change("Said once more.")
    assert refused.status_code == 422
    assert "Said once more." in refused.content.decode()
    assert post.revisions.count() == rules.CHANGES_AN_HOUR + 1
