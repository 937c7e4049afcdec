"""How much a member hears of a topic or a board: four levels, said on the page, theirs alone."""

import re

import pytest

from forum import actions
from forum.models import BoardMember, Topic, TopicMember
from forum.states import Level, SanctionKind
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import decided, topic_by
from tests.flows.test_sanctions import set_limit

pytestmark = pytest.mark.django_db

SAID = {
    Level.WATCHING: "You get a notice of each new reply here.",
    Level.TRACKING: "You follow this topic.",
    Level.NORMAL: "You hear of this topic when someone answers or names you.",
    Level.MUTED: "You hear nothing of this topic.",
}
TOPIC, BOARD = "topic", "board"


@pytest.fixture
def topic(answers) -> Topic:
    return open_topic(answers.member, make_board())


@pytest.fixture
def places(topic) -> dict[str, str]:
    return {TOPIC: f"{topic.get_absolute_url()}follow/", BOARD: f"{topic.board.get_absolute_url()}follow/"}


def level_in(person, place) -> str:
    rows = (TopicMember if place == TOPIC else BoardMember).objects.filter(member=person.member)
    return "".join(rows.values_list("level", flat=True))


def chosen(person, address) -> str:
    """The level that is chosen on the form."""
    page = person.get(address).content.decode()
    return re.search(r'value="(\w+)"[^>]*\schecked', page).group(1)


@pytest.mark.parametrize("place", [TOPIC, BOARD])
@pytest.mark.parametrize("level", list(Level))
def test_each_level_can_be_chosen_twice_and_is_shown_again(stranger, places, place, level):
    assert chosen(stranger, places[place]) == "normal"
    for _twice in range(2):
        assert stranger.post(places[place], {"level": level}).status_code == 302
        assert level_in(stranger, place) == level
        assert chosen(stranger, places[place]) == level


@pytest.mark.parametrize("level", list(Level))
def test_the_topic_says_what_one_hears_of_it(stranger, topic, places, level):
    back = stranger.post(places[TOPIC], {"level": level}, follow=True)
    assert back.request["PATH_INFO"] == topic.get_absolute_url()
    page = back.content.decode()
    assert [one for one, words in SAID.items() if words in page] == [level]
    assert f'href="{places[TOPIC]}"' in page


def test_the_board_leads_to_the_choice_and_the_choice_back(stranger, topic, places):
    board = topic.board.get_absolute_url()
    assert f'href="{places[BOARD]}"' in stranger.get(board).content.decode()
    assert f'href="{board}"' in stranger.get(places[BOARD]).content.decode()
    assert stranger.post(places[BOARD], {"level": "muted"})["Location"] == board


def test_the_board_says_what_one_hears_of_it_and_the_choice_speaks_of_topics(stranger, topic, places):
    board = topic.board.get_absolute_url()
    assert "Follow this board" in stranger.get(board).content.decode()
    assert "Tell me about each new topic" in stranger.get(places[BOARD]).content.decode()
    assert "Tell me about each reply" in stranger.get(places[TOPIC]).content.decode()
    stranger.post(places[BOARD], {"level": "watching"})
    page = stranger.get(board).content.decode()
    assert "You get a notice of each new topic here." in page
    assert "Change what you hear" in page


def test_what_was_read_stays_read_when_the_level_changes(stranger, topic, places):
    stranger.get(topic.get_absolute_url())
    for level in Level:
        stranger.post(places[TOPIC], {"level": level})
        assert TopicMember.objects.get(member=stranger.member).last_read_position == 1


def test_one_s_own_topic_is_watched_and_one_replied_in_is_followed(asks, answers, stranger, topic):
    assert chosen(answers, f"{topic.get_absolute_url()}follow/") == "watching"
    stranger.get(topic.get_absolute_url())
    write_reply(asks.member, topic)  # it waits for a person
    write_reply(stranger.member, topic)
    assert level_in(asks, TOPIC) == "tracking"
    assert SAID[Level.WATCHING] in answers.get(topic.get_absolute_url()).content.decode()


def test_a_reply_does_not_undo_what_one_chose(stranger, topic, places):
    stranger.post(places[TOPIC], {"level": "muted"})
    write_reply(stranger.member, topic)
    assert level_in(stranger, TOPIC) == "muted"


@pytest.mark.parametrize("place", [TOPIC, BOARD])
@pytest.mark.parametrize("level", ["", "loud", "NORMAL", "watching,muted", "9" * 5000])
def test_a_made_up_level_is_no_level(stranger, places, place, level):
    assert stranger.post(places[place], {"level": level}).status_code == 404
    assert level_in(stranger, place) == ""


def test_what_cannot_be_read_cannot_be_followed(stranger, asks, moderator, topic):
    held = topic_by(asks)
    for public_id in ("AAAAAAAAAAAA", held.topic.public_id):
        address = f"/talk/t/{public_id}/follow/"
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"level": "watching"}).status_code == 404
    assert stranger.post("/talk/b/nowhere/follow/", {"level": "watching"}).status_code == 404
    decided(moderator, held)
    assert stranger.get(f"/talk/t/{held.topic.public_id}/follow/").status_code == 200


def test_visitors_follow_nothing(visitor, places):
    for address in places.values():
        for response in (visitor.get(address), visitor.post(address, {"level": "watching"})):
            assert response["Location"].startswith("/sign-in/")
    assert not BoardMember.objects.exists()


def test_who_may_only_read_still_chooses_what_they_hear_and_keeps_posts(moderator, stranger, topic, places):
    set_limit(moderator, stranger, SanctionKind.READ_ONLY)
    for place, address in places.items():
        assert stranger.post(address, {"level": "tracking"}).status_code == 302
        assert level_in(stranger, place) == "tracking"
    assert stranger.post(f"/talk/p/{topic.first_post.public_id}/keep/", {"keep": "1"}).status_code == 302
    assert stranger.post("/talk/read/").status_code == 302


def test_who_is_suspended_chooses_and_marks_nothing(moderator, stranger, topic, places):
    set_limit(moderator, stranger, SanctionKind.SUSPEND)
    back = stranger.anew()
    before = stranger.member.read_through_at
    for address in (*places.values(), f"/talk/p/{topic.first_post.public_id}/keep/", "/talk/read/"):
        assert back.post(address, {"level": "tracking", "keep": "1"}).status_code == 403
    assert level_in(stranger, TOPIC) == level_in(stranger, BOARD) == ""
    assert stranger.member.read_through_at == before
    with pytest.raises(actions.errors.PermissionDenied):
        actions.follow_topic(by=back.member, topic=topic, level=Level.MUTED)


def test_nobody_else_learns_what_one_chose(stranger, answers, newcomer, topic, places):
    before = newcomer.get(topic.get_absolute_url()).content
    stranger.post(places[TOPIC], {"level": "muted"})
    stranger.post(places[BOARD], {"level": "muted"})
    assert chosen(newcomer, places[TOPIC]) == chosen(newcomer, places[BOARD]) == "normal"
    page = newcomer.get(topic.get_absolute_url()).content
    assert (b"You hear nothing" in page, b"You hear nothing" in before) == (False, False)
