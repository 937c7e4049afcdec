"""What is rarely needed stands behind one link under a post, on a page of its own."""

import pytest

from tests.flows.forum_scene import published_by, reply_by, topic_by, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(answers, moderator):
    return published_by(answers, moderator)


def links(person, post):
    """What stands under the post on its own page."""
    page = person.get(url_of(post, "more")).content.decode()
    return page.split('class="post-links"')[1].split("</article>")[0]


def test_a_topic_leads_there_and_the_page_shows_the_post_with_all_one_can_do(stranger, post):
    topic = stranger.get(post.topic.get_absolute_url()).content.decode()
    assert url_of(post, "more") in topic
    assert url_of(post, "distance") not in topic
    shown = links(stranger, post)
    for act in ("report", "keep", "distance"):
        assert url_of(post, act) in shown, act
    assert "Take it back" not in shown


def test_an_author_finds_there_how_to_take_it_back(answers, post):
    shown = links(answers, post)
    assert url_of(post, "withdraw") in shown
    assert url_of(post, "distance") not in shown


def test_of_a_folded_post_it_offers_the_report_alone(stranger, post):
    stranger.post(url_of(post, "distance"), {"kind": "mute"})
    shown = links(stranger, post)
    assert url_of(post, "report") in shown
    assert url_of(post, "keep") not in shown
    assert url_of(post, "distance") not in shown


def test_what_waits_or_was_never_there_has_no_such_page(asks, answers, stranger, visitor, post):
    held = reply_by(asks, post.topic)
    assert asks.get(url_of(held, "more")).status_code == 404
    assert stranger.get(url_of(held, "more")).status_code == 404
    assert stranger.get("/talk/p/AAAAAAAAAAAA/more/").status_code == 404
    assert "/sign-in/" in visitor.get(url_of(post, "more"))["Location"]


def test_it_costs_no_more_than_a_topic(stranger, answers, django_assert_max_num_queries):
    post = topic_by(answers)
    stranger.get(url_of(post, "more"))
    with django_assert_max_num_queries(8):
        stranger.get(url_of(post, "more"))
