"""A post's links: put together once a page, and each is an address of the site."""

import pytest
from django.urls import resolve, reverse
from django.utils import translation

from accounts.actions import roles
from accounts.states import Role
from forum.badges import badges_for
from forum.showing import Page
from tests.flows.forum_scene import published_by, reply_by

pytestmark = pytest.mark.django_db

NAMES = {
    "": "post",
    "edit": "edit_post",
    "report": "report_post",
    "more": "post_more",
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


def test_a_role_shows_beside_a_name_at_once_and_goes_when_it_ends(
    person, operator, django_assert_num_queries
):
    """Remembered between pages, and forgotten when a role is given or ended."""
    someone = person("someone")
    assert badges_for([someone.user.pk]) == {}
    roles.grant_role(to=someone.user, role=Role.MODERATOR, by=operator.user)
    assert badges_for([someone.user.pk]) == {someone.user.pk: "Moderator"}
    with django_assert_num_queries(0):
        badges_for([someone.user.pk])
    roles.revoke_role(to=someone.user, role=Role.MODERATOR, by=operator.user)
    assert badges_for([someone.user.pk]) == {}
