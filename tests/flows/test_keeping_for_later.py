"""A member keeps a post for later: a list of their own, which nobody else learns of."""

import pytest

from forum import actions, kept_showing, rules
from forum.models import Bookmark
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, topic_by, url_of

pytestmark = pytest.mark.django_db

GONE = "This post is no longer there"


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(), title="First week home", text="He barely speaks.")


@pytest.fixture
def post(topic):
    return again(topic.first_post)


def keep(person, post, **how):
    return person.post(f"/talk/p/{post.public_id}/keep/", {"keep": "1"} | how)


def kept(person, query="") -> list[str]:
    """What the list holds, by public id, in order."""
    return [row.public_id for row in person.get(f"/talk/kept/{query}").context["rows"]]


def test_a_post_is_kept_once_found_again_and_let_go(stranger, post):
    for _twice in range(2):
        assert keep(stranger, post)["Location"] == url_of(post, "more")
        assert kept(stranger) == [post.public_id]
    page = stranger.get("/talk/kept/").content.decode()
    for words in ("First week home", "He barely speaks.", "Parents", post.get_absolute_url()):
        assert words in page
    for _twice in range(2):
        assert keep(stranger, post, keep="0")["Location"] == url_of(post, "more")
        assert kept(stranger) == []
    assert "Nothing kept yet" in stranger.get("/talk/kept/").content.decode()


def test_one_sees_at_once_that_it_is_kept_and_that_it_is_not_any_more(stranger, post):
    """The page one lands on says it, in the button that turns it round."""
    for wanted, button, words in (("1", "0", "Kept"), ("0", "1", "Keep for later")):
        page = stranger.post(url_of(post, "keep"), {"keep": wanted}, follow=True).content.decode()
        shown = page.split('name="keep"')[1].split("</button>")[0]
        assert f'value="{button}"' in shown
        assert f"<span>{words}</span>" in shown


def test_the_newest_kept_stands_first(stranger, answers, topic, post):
    reply = write_reply(answers.member, topic)
    keep(stranger, reply)
    keep(stranger, post)
    assert kept(stranger) == [post.public_id, reply.public_id]


@pytest.mark.parametrize("wanted", ["", "2", "yes", "1 ", "-1", "9" * 5000])
def test_an_odd_wish_changes_nothing(stranger, post, wanted):
    assert keep(stranger, post, keep=wanted).status_code == 404
    assert kept(stranger) == []
    keep(stranger, post)
    assert keep(stranger, post, keep=wanted).status_code == 404
    assert stranger.post(f"/talk/p/{post.public_id}/keep/").status_code == 404
    assert stranger.get(f"/talk/p/{post.public_id}/keep/").status_code == 405
    assert kept(stranger) == [post.public_id]


def test_only_what_can_be_read_can_be_kept(stranger, asks, moderator, answers, topic):
    held = topic_by(asks)
    taken = again(write_reply(answers.member, topic))
    actions.remove_post(by=moderator.member, post=taken, reason_code="unkind")
    for person in (stranger, asks, moderator):
        for one in (held, taken):
            assert keep(person, one).status_code == 404
    assert stranger.post("/talk/p/AAAAAAAAAAAA/keep/", {"keep": "1"}).status_code == 404
    assert not Bookmark.objects.exists()


def test_letting_go_of_what_can_be_seen_no_more_leads_to_the_list(stranger, moderator, post):
    keep(stranger, post)
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    assert keep(stranger, post, keep="0")["Location"] == "/talk/kept/"
    assert not Bookmark.objects.exists()
    assert stranger.post("/talk/p/AAAAAAAAAAAA/keep/", {"keep": "0"})["Location"] == "/talk/kept/"


def test_a_kept_post_that_is_gone_is_a_line_that_can_be_let_go(stranger, moderator, post):
    keep(stranger, post)
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    page = stranger.get("/talk/kept/").content.decode()
    assert GONE in page
    for words in ("First week home", "He barely speaks.", "answers"):
        assert words not in page
    assert keep(stranger, post, keep="0", **{"from": "kept"})["Location"] == "/talk/kept/"
    assert kept(stranger) == []


def test_what_its_reader_wants_folded_does_not_begin_in_the_list(stranger, post):
    revision = post.published_revision
    revision.content_notes = ["overdose"]
    revision.save()
    keep(stranger, post)
    assert "He barely speaks." not in stranger.get("/talk/kept/").content.decode()
    member = stranger.member
    member.unfolds = ["overdose"]
    member.save()
    assert "He barely speaks." in stranger.get("/talk/kept/").content.decode()


def test_pages_follow_one_another_and_hold_each_post_once(stranger, answers, topic, monkeypatch):
    monkeypatch.setattr(kept_showing, "KEPT_A_PAGE", 2)
    made = [write_reply(answers.member, topic) for _n in range(5)]
    for one in made:
        keep(stranger, one)
    found, query = [], ""
    for _page in range(3):
        found += kept(stranger, query)
        query = stranger.get(f"/talk/kept/{query}").context["older_url"]
    assert found == [one.public_id for one in reversed(made)]
    assert query == ""


@pytest.mark.parametrize("before", ["x", "AAAAAAAAAAAA", "-1", "9" * 5000])
def test_an_odd_place_to_go_on_from_is_the_first_page(stranger, post, before):
    keep(stranger, post)
    response = stranger.get("/talk/kept/", {"before": before})
    assert [row.public_id for row in response.context["rows"]] == [post.public_id]
    assert response.context["newer_url"] == ""


def test_the_place_to_go_on_from_may_be_let_go_meanwhile(stranger, answers, topic, post, monkeypatch):
    monkeypatch.setattr(kept_showing, "KEPT_A_PAGE", 1)
    reply = write_reply(answers.member, topic)
    keep(stranger, post)
    keep(stranger, reply)
    address = stranger.get("/talk/kept/").context["older_url"]
    keep(stranger, reply, keep="0")
    assert kept(stranger, address) == [post.public_id]


def test_beyond_many_one_is_let_go_first(stranger, answers, topic, post, monkeypatch):
    monkeypatch.setattr(rules, "KEPT_AT_MOST", 1)
    keep(stranger, post)
    reply = write_reply(answers.member, topic)
    response = stranger.post(f"/talk/p/{reply.public_id}/keep/", {"keep": "1"}, follow=True)
    assert "You keep 1 posts already." in response.content.decode()
    assert kept(stranger) == [post.public_id]
    assert keep(stranger, post)["Location"] == url_of(post, "more")


def test_the_list_is_one_s_own(stranger, answers, visitor, post):
    keep(stranger, post)
    assert kept(answers) == []
    keep(answers, post, keep="0")
    assert kept(stranger) == [post.public_id]
    assert visitor.get("/talk/kept/")["Location"].startswith("/sign-in/")
    assert keep(visitor, post)["Location"].startswith("/sign-in/")
    assert Bookmark.objects.count() == 1
