"""A member chooses what stands open for them in Talk, and the one word beside their name."""

import pytest

from forum.models import Member
from tests.flows.forum_scene import published_by

pytestmark = pytest.mark.django_db

PLACE = "/talk/what-i-see/"


def test_nothing_is_chosen_for_anyone(stranger):
    page = stranger.get(PLACE).content.decode()
    assert page.count("checked") == 1  # beside the name: nothing
    assert "/talk/distance/" in page
    assert 'value="suicide"' in page


def test_the_way_there_is_on_ones_own_page(stranger):
    assert f'href="{PLACE}"' in stranger.get("/me/").content.decode()


def test_a_choice_is_kept_shown_again_and_safe_to_send_twice(stranger):
    for _twice in range(2):
        response = stranger.post(PLACE, {"unfolds": ["use", "overdose"], "relation": "parent"})
        assert (response.status_code, response["Location"]) == (302, PLACE)
    member = Member.objects.get(pk=stranger.member.pk)
    assert (member.unfolds, member.relation) == (["overdose", "use"], "parent")
    assert stranger.get(PLACE).content.decode().count("checked") == 3
    stranger.post(PLACE, {"relation": ""})
    member.refresh_from_db()
    assert (member.unfolds, member.relation) == ([], "")


@pytest.mark.parametrize("sent", [{"unfolds": "spoilers"}, {"relation": "doctor"}])
def test_what_is_not_offered_is_not_kept(stranger, sent):
    assert stranger.post(PLACE, sent).status_code == 422
    assert Member.objects.get(pk=stranger.member.pk).relation == ""


def test_the_word_stands_beside_the_name_under_posts_and_is_gone_when_taken_back(
    answers, stranger, moderator
):
    post = published_by(answers, moderator)
    address = post.topic.get_absolute_url()
    assert "Parent ·" not in stranger.get(address).content.decode()
    answers.post(PLACE, {"relation": "parent"})
    assert "Parent ·" in stranger.get(address).content.decode()
    answers.post(PLACE, {"relation": ""})
    assert "Parent ·" not in stranger.get(address).content.decode()


def test_the_word_leaves_with_the_person(answers, stranger, moderator):
    post = published_by(answers, moderator)
    answers.post(PLACE, {"relation": "parent"})
    answers.user.delete()
    page = stranger.get(post.topic.get_absolute_url()).content.decode()
    assert "former member" in page
    assert "Parent ·" not in page


def test_visitors_are_asked_to_sign_in(visitor):
    assert "/sign-in/" in visitor.get(PLACE)["Location"]
    assert "/sign-in/" in visitor.post(PLACE, {"relation": "parent"})["Location"]
