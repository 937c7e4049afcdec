"""Reading boards and topics: pages, places, gaps, what one has read (scenarios A04, A16, A44; hazard H13)."""

import re

import pytest

from forum import actions
from forum.models import Topic, TopicMember
from forum.views import reading
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, topic_by

pytestmark = pytest.mark.django_db

GAP = "A post was taken down here."


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    """Three to a page, so that a page is short to fill."""
    monkeypatch.setattr(reading, "POSTS_A_PAGE", 3)
    monkeypatch.setattr(reading, "TOPICS_A_PAGE", 3)


@pytest.fixture
def board():
    return make_board(audience="public")


@pytest.fixture
def topic(answers, board) -> Topic:
    """Eight posts, numbered from 1."""
    topic = open_topic(answers.member, board, title="Eight posts", text="Post number 1.")
    for n in range(2, 9):
        write_reply(answers.member, topic, text=f"Post number {n}.")
    topic.refresh_from_db()
    return topic


def numbers(person, topic, query="") -> list[int]:
    response = person.get(topic.get_absolute_url() + query)
    assert response.status_code == 200
    return [int(n) for n in re.findall(r"Post number (\d+)\.", response.content.decode())]


def read_to(person, topic) -> int:
    row = TopicMember.objects.filter(member__user=person.user, topic=topic).first()
    return row.last_read_position if row else 0


# --- pages -----------------------------------------------------------------------------------------------------------


def test_pages_follow_one_another_and_hold_each_post_once(visitor, topic):
    assert numbers(visitor, topic) == [1, 2, 3]
    assert numbers(visitor, topic, "?page=2") == [4, 5, 6]
    assert numbers(visitor, topic, "?page=3") == numbers(visitor, topic, "?page=last") == [7, 8]
    first = visitor.get(topic.get_absolute_url()).content.decode()
    assert 'href="?page=2"' in first
    assert "Page 1 of 3" in first
    assert "Earlier posts" not in first
    last = visitor.get(topic.get_absolute_url() + "?page=3").content.decode()
    assert 'href="?page=2"' in last
    assert "Later posts" not in last


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("0", 1),
        ("-5", 1),
        ("99", 7),
        ("9" * 30, 7),
        ("9" * 5000, 1),
        ("x", 1),
        ("", 1),
        ("2.0", 1),
        ("LAST", 1),
    ],
)
def test_an_odd_page_number_leads_to_the_nearest_page(visitor, topic, page, shown):
    assert numbers(visitor, topic, f"?page={page}")[0] == shown


def test_a_post_s_own_address_leads_to_its_page(visitor, topic):
    for position, page in ((1, 1), (3, 1), (4, 2), (8, 3)):
        post = topic.posts.get(position=position)
        response = visitor.get(post.get_absolute_url())
        assert response["Location"] == f"{topic.get_absolute_url()}?page={page}#post-{post.public_id}"
        assert position in numbers(visitor, topic, f"?page={page}")


def test_places_stay_when_a_post_is_taken_down(visitor, stranger, moderator, topic):
    actions.remove_post(by=moderator.member, post=again(topic.posts.get(position=2)), reason_code="unkind")
    actions.hide_post(by=moderator.member, post=again(topic.posts.get(position=5)), reason_code="unkind")
    for reader in (visitor, stranger):
        assert numbers(reader, topic) == [1, 3]
        assert numbers(reader, topic, "?page=2") == [4, 6]
        page = reader.get(topic.get_absolute_url()).content.decode()
        assert page.count(GAP) == 1
        assert page.index("Post number 1.") < page.index(GAP) < page.index("Post number 3.")
    assert numbers(moderator, topic) == [1, 2, 3]
    assert GAP not in moderator.get(topic.get_absolute_url()).content.decode()


def test_a_whole_page_of_gaps_is_still_a_page(visitor, moderator, topic):
    for position in (4, 5, 6):
        post = again(topic.posts.get(position=position))
        actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    page = visitor.get(topic.get_absolute_url() + "?page=2").content.decode()
    assert page.count(GAP) == 3
    assert numbers(visitor, topic, "?page=3") == [7, 8]


def test_a_gap_says_nothing_of_who_or_what(visitor, answers, moderator, topic):
    post = again(topic.posts.get(position=2))
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    page = visitor.get(topic.get_absolute_url()).content.decode()
    assert post.public_id not in page
    assert "Taken down by the team" not in page


def test_a_restored_post_is_back_in_its_place(visitor, moderator, topic):
    """A16."""
    before = Topic.objects.values().get(pk=topic.pk)
    post = again(topic.posts.get(position=2))
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    actions.restore_post(by=moderator.member, post=again(post))
    assert numbers(visitor, topic) == [1, 2, 3]
    after = Topic.objects.values().get(pk=topic.pk)
    assert {**after, "version": 0} == {**before, "version": 0}


# --- what waits -----------------------------------------------------------------------------------------------------


def test_one_s_own_waiting_posts_stand_at_the_end_for_oneself_alone(
    asks, stranger, visitor, moderator, topic
):
    write_reply(asks.member, topic, text="Post number 99.")
    assert numbers(asks, topic) == [1, 2, 3]
    assert numbers(asks, topic, "?page=last") == [7, 8, 99]
    for other in (stranger, visitor):
        assert numbers(other, topic, "?page=last") == [7, 8]
    assert numbers(moderator, topic, "?page=last") == [7, 8, 99]


def test_what_was_turned_down_does_not_stand_in_the_topic_any_more(asks, answers, moderator, topic):
    for state in ("rejected", "withdrawn"):
        post = write_reply(asks.member, topic, text="Post number 98.")
        bring_to(state, post=post, author=asks.member, moderator=moderator.member)
    assert numbers(asks, topic, "?page=last") == [7, 8]


def test_a_waiting_post_changes_no_page_number_and_no_count(asks, visitor, stranger, topic):
    def what_others_get():
        return [reader.get(topic.get_absolute_url()).content for reader in (visitor,)]

    before = what_others_get()
    for _n in range(4):
        write_reply(asks.member, topic)
    assert what_others_get() == before
    assert "7 replies" in stranger.get("/talk/b/parents/").content.decode()


# --- what one has read -------------------------------------------------------------------------------------------------


def test_reading_is_remembered_and_never_goes_back(stranger, topic):
    for page, position in (("1", 3), ("3", 8), ("2", 8), ("1", 8)):
        numbers(stranger, topic, f"?page={page}")
        assert read_to(stranger, topic) == position
    assert TopicMember.objects.filter(member=stranger.member).count() == 1


def test_the_end_is_read_even_when_the_last_post_was_taken_down(stranger, moderator, topic):
    """Else the topic stays unread for ever."""
    actions.remove_post(by=moderator.member, post=again(topic.posts.get(position=8)), reason_code="unkind")
    numbers(stranger, topic, "?page=last")
    assert read_to(stranger, topic) == 8


def test_a_reply_that_is_approved_later_is_not_born_read(asks, stranger, moderator, topic):
    held = write_reply(asks.member, topic, text="Post number 9.")
    numbers(stranger, topic, "?page=last")
    decided(moderator, held)
    topic.refresh_from_db()
    assert read_to(stranger, topic) < topic.last_position == 9


def test_looking_ahead_leaves_no_trace_of_a_visitor(visitor, topic):
    before = TopicMember.objects.count()
    numbers(visitor, topic, "?page=last")
    assert TopicMember.objects.count() == before
    assert "sessionid" not in visitor.cookies


def test_a_prefetch_of_one_s_own_waiting_topic_marks_nothing(asks):
    post = topic_by(asks)
    before = list(TopicMember.objects.values())
    asks.get(post.topic.get_absolute_url())
    assert list(TopicMember.objects.values()) == before


# --- boards --------------------------------------------------------------------------------------------------------------


def test_a_board_shows_the_newest_activity_first_and_each_topic_once(visitor, answers, board):
    topics = [open_topic(answers.member, board, title=f"Topic {n}") for n in range(7)]
    write_reply(answers.member, topics[0])
    seen, query = [], ""
    for _page in range(3):
        page = visitor.get(f"/talk/b/{board.slug}/{query}").content.decode()
        seen += [int(n) for n in re.findall(r"Topic (\d)", page[page.index("<main") :])]
        older = re.search(r'href="(\?before=[\d.]+)" rel="next"', page)
        query = older[1] if older else ""
    assert seen == [0, 6, 5, 4, 3, 2, 1]
    assert query == ""


def test_topics_of_the_same_moment_are_not_lost_between_pages(visitor, answers, board):
    topics = [open_topic(answers.member, board, title=f"Topic {n}") for n in range(5)]
    topics[0].refresh_from_db()
    Topic.objects.update(last_published_at=topics[0].last_published_at)
    first = visitor.get(f"/talk/b/{board.slug}/")
    older = re.search(r'href="(\?before=[\d.]+)"', first.content.decode())[1]
    second = visitor.get(f"/talk/b/{board.slug}/{older}")
    found = re.findall(r"Topic \d", first.content.decode() + second.content.decode())
    assert sorted(set(found)) == [f"Topic {n}" for n in range(5)]


def test_pinned_topics_stand_first_and_are_not_lost(visitor, answers, board):
    topics = [open_topic(answers.member, board, title=f"Topic {n}") for n in range(5)]
    Topic.objects.filter(pk=topics[1].pk).update(pinned_rank=2)
    page = visitor.get(f"/talk/b/{board.slug}/").content.decode()
    assert re.findall(r"Topic (\d)", page[page.index("<main") :]) == ["1", "4", "3"]
    assert "Pinned" in page


@pytest.mark.parametrize(
    "place",
    ["x", "1", "1.2", "1.2.3.4", "0.0.0", "9" * 40 + ".1.1", "-1." + "9" * 40 + ".1", "1.1.-" + "9" * 40],
)
def test_a_made_up_place_in_a_board_is_answered(visitor, answers, board, place):
    open_topic(answers.member, board)
    assert visitor.get(f"/talk/b/{board.slug}/?before={place}").status_code == 200


def test_a_closed_topic_can_be_read_and_says_so(visitor, topic):
    Topic.objects.update(state="locked")
    page = visitor.get(topic.get_absolute_url()).content.decode()
    assert "Closed to new replies" in page
    assert "Closed" in visitor.get("/talk/b/parents/").content.decode()


# --- who may, and how ------------------------------------------------------------------------------------------------------


def test_visitors_read_public_boards_and_no_others(visitor, answers, topic):
    assert visitor.get("/talk/").status_code == 200
    assert visitor.get("/talk/b/parents/").status_code == 200
    closed = open_topic(answers.member, make_board(slug="grief", name="Grief"), title="For members")
    for address in ("/talk/b/grief/", closed.get_absolute_url(), closed.first_post.get_absolute_url()):
        response = visitor.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")
    assert "For members" not in visitor.get("/talk/").content.decode()


def test_a_page_of_a_public_board_that_a_visitor_got_holds_nothing_of_the_person_before(visitor, asks, topic):
    """H27."""
    write_reply(asks.member, topic, text="Only mine.")
    own = asks.get(topic.get_absolute_url() + "?page=last")
    assert "no-store" in own["Cache-Control"]
    assert "Only mine." not in visitor.get(topic.get_absolute_url() + "?page=last").content.decode()


def test_nothing_of_talk_is_offered_to_search_engines(visitor, topic):
    assert "noindex" in visitor.get(topic.get_absolute_url())["X-Robots-Tag"]


def test_reading_pages_only_read(stranger, topic):
    for address in ("/talk/", "/talk/guidelines/", "/talk/b/parents/", topic.get_absolute_url()):
        for method in (stranger.post, stranger.put, stranger.delete, stranger.patch):
            assert method(address).status_code == 405, address


def test_what_is_not_there_is_not_there(stranger):
    for address in (
        "/talk/b/made-up/",
        "/talk/t/AAAAAAAAAAAA/",
        "/talk/p/AAAAAAAAAAAA/",
        "/talk/anything/else/",
    ):
        assert stranger.get(address).status_code == 404
