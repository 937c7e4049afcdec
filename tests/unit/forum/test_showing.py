"""A post's links: put together once a page, and each is an address of the site."""

import pytest
from django.urls import resolve, reverse
from django.utils import translation

from forum.showing import Page
from tests.flows.forum_scene import published_by, reply_by

pytestmark = pytest.mark.django_db

NAMES = {
    "": "post",
    "edit": "edit_post",
    "report": "report_post",
    "keep": "keep_post",
    "distance": "distance",
    "respond": "respond",
    "responses": "responses",
    "history": "post_history",
    "withdraw": "withdraw_post",
    "hide": "hide_post",
    "remove": "remove_post",
    "amend": "amend_post",
    "restore": "restore_post",
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_address_under_a_post_is_the_one_the_site_knows(answers, moderator, language):
    post = published_by(answers, moderator)
    with translation.override(language):
        page = Page(answers.user)
        for act, name in NAMES.items():
            assert page.address(post, act) == reverse(name, args=[post.public_id])


def test_all_that_is_offered_under_posts_is_there(answers, stranger, moderator):
    post = published_by(answers, moderator)
    reply_by(stranger, post.topic)
    for person in (answers, stranger, moderator):
        response = person.get(post.topic.get_absolute_url())
        links = [link for shown in response.context["posts"] for link in shown.links]
        assert len(links) >= 6
        for link in links:
            assert resolve(link["url"].split("?")[0]).url_name != "nothing_here"
