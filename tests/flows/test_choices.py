"""A moderator chooses topics they would rather not read, and names people they know; nobody asks why."""

import pytest

from forum.models import Acquaintance, ModeratorChoice
from tests.factories import make_board
from tests.flows.forum_scene import item_of, page_of, topic_by

PAGE = "/queue/choices/"
PEOPLE = "/queue/choices/people/"


def test_what_was_chosen_stands_there_again_and_can_be_taken_back(moderator, db):
    board = make_board()
    moderator.post(PAGE, {"opted_out": ["B", "H"], "boards": [board.slug]})
    page = moderator.get(PAGE).content.decode()
    assert page.count("checked") == 3
    moderator.post(PAGE, {})
    choice = ModeratorChoice.objects.get(member=moderator.member)
    assert (choice.opted_out, choice.boards.count()) == ([], 0)


@pytest.mark.parametrize("field", [{"opted_out": ["Z"]}, {"boards": ["9" * 40]}, {"boards": ["x"]}])
def test_a_choice_that_is_not_offered_is_refused(moderator, field):
    assert moderator.post(PAGE, field).status_code == 422
    assert not ModeratorChoice.objects.exists()


def test_no_reason_is_asked_anywhere(moderator):
    assert "<textarea" not in moderator.get(PAGE).content.decode()


def test_someone_one_knows_is_added_once_and_taken_off(moderator, second_moderator, asks):
    for typed in ("asks", " ASKS "):
        assert moderator.post(PEOPLE, {"handle": typed}).status_code == 302
    assert Acquaintance.objects.get().other_id == asks.member.pk
    assert ">asks<" in moderator.get(PAGE).content.decode()
    assert ">asks<" not in second_moderator.get(PAGE).content.decode()
    for _twice in range(2):
        assert moderator.post(f"{PEOPLE}{asks.member.pk}/remove/").status_code == 302
    assert not Acquaintance.objects.exists()


def test_nobody_takes_someone_off_anothers_list(moderator, second_moderator, asks):
    moderator.post(PEOPLE, {"handle": "asks"})
    second_moderator.post(f"{PEOPLE}{asks.member.pk}/remove/")
    assert Acquaintance.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("nobody-here", "Nobody here has this name."),
        ("", "Write the name they have here."),
        ("moderator", "That is you"),
        ("a\x00b", "Null characters"),
    ],
)
def test_a_name_that_does_not_fit_is_explained_and_stays_in_the_field(moderator, typed, words):
    answer = moderator.post(PEOPLE, {"handle": typed})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Acquaintance.objects.exists()


def test_naming_someone_gives_back_what_one_held_of_theirs(moderator, asks, newcomer):
    theirs, other = topic_by(asks), topic_by(newcomer)
    for post in (theirs, other):
        moderator.post(f"{page_of(post)}take/")
    moderator.post(PEOPLE, {"handle": "asks"})
    assert item_of(theirs).claimed_by_id is None
    assert item_of(other).claimed_by_id == moderator.member.pk
    assert moderator.get(page_of(theirs)).status_code == 403
