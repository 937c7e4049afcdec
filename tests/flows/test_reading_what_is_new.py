"""What is new, at a glance: the first new reply, lists with their news, marking as read (A44)."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from forum import actions, board_showing, rules
from forum.models import BoardMember, Distance, Member, Topic, TopicMember
from forum.states import DistanceKind, Level
from forum.views import reading
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, topic_by

pytestmark = pytest.mark.django_db

LABEL = re.compile(r"\b(?:\d+\+? new|New)\b(?=\s*</span>)")


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    monkeypatch.setattr(reading, "POSTS_A_PAGE", 3)
    monkeypatch.setattr(board_showing, "TOPICS_A_PAGE", 3)
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 10_000)


@pytest.fixture
def board(stranger):
    """A board that its reader came to before anything was written."""
    assert stranger.member
    return make_board()


@pytest.fixture
def topic(answers, board) -> Topic:
    return with_replies(answers, open_topic(answers.member, board, title="First week home"), 1)


def with_replies(person, topic, n) -> Topic:
    for _n in range(n):
        write_reply(person.member, topic)
    topic.refresh_from_db()
    return topic


def main_of(person, address) -> str:
    response = person.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def labels(person, address="/talk/b/parents/") -> list[str]:
    """What a list says of news, row by row; a row without news says nothing."""
    return LABEL.findall(main_of(person, address))


def news(person, query="") -> list[str]:
    """The titles on the page of what is new, in order."""
    page = person.get(f"/talk/new/{query}").context["page"]
    return [row.title for row in (*page.followed, *page.others)]


def read_through(person, topic):
    person.get(topic.get_absolute_url() + "?page=last")


# --- the first new reply ---------------------------------------------------------------------------------------


def test_the_first_new_reply_has_a_line_and_a_link_to_it(stranger, answers, topic):
    address = topic.get_absolute_url()
    read_through(stranger, topic)
    with_replies(answers, topic, 2)
    page = main_of(stranger, address)
    assert "Go to the first new reply" in page
    assert 'href="#new"' in page  # opened anew, the page would count as read
    assert page.count('id="new"') == 1
    assert re.search(r"New since .*: 2 replies", page)
    assert page.index('id="new"') < page.index(f"post-{topic.posts.get(position=3).public_id}")
    later = main_of(stranger, address)  # the first page was read, the second was not
    assert 'href="?page=2#new"' in later
    assert 'id="new"' not in later
    assert 'id="new"' in main_of(stranger, address + "?page=new")
    assert "first new reply" not in main_of(stranger, address)


def test_the_page_of_the_first_new_reply_is_the_last_one_when_all_is_read(stranger, answers, topic):
    with_replies(answers, topic, 5)
    address = topic.get_absolute_url()
    assert stranger.get(address + "?page=new").context["page"] == 3
    assert 'id="new"' not in main_of(stranger, address + "?page=new")


def test_the_first_new_reply_may_stand_on_a_page_between(stranger, answers, topic):
    address = topic.get_absolute_url()
    main_of(stranger, address)
    with_replies(answers, topic, 8)
    main_of(stranger, address)
    assert main_of(stranger, address + "?page=2").count('id="new"') == 1
    shown = stranger.get(address + "?page=new")
    assert shown.context["page"] == 3
    assert "Mark the whole topic as read" in shown.content.decode()


@pytest.mark.parametrize("page", ["NEW", "new ", "", "-1", "0", "9" * 40, "1.5", "%00", "new&page=2"])
def test_an_odd_page_is_some_page(stranger, topic, page):
    assert stranger.get(topic.get_absolute_url(), {"page": page}).status_code == 200


def test_a_reply_that_a_person_let_through_later_is_new_to_who_was_there_before(
    stranger, asks, moderator, topic
):
    held = write_reply(asks.member, topic)
    read_through(stranger, topic)
    assert labels(stranger) == []
    decided(moderator, held)
    assert labels(stranger) == ["1 new"]
    assert f"post-{held.public_id}" in main_of(stranger, topic.get_absolute_url()).split('id="new"')[1]


# --- one's own words are no news --------------------------------------------------------------------------------


def test_one_s_own_topic_and_replies_are_not_new_to_oneself(answers, stranger, topic):
    write_reply(stranger.member, topic)
    for person in (answers, stranger):
        row = TopicMember.objects.filter(member=person.member)
        assert row.count() == 1
    read_through(answers, topic)
    own = open_topic(answers.member, topic.board, title="Another evening")
    assert labels(answers) == []
    assert news(answers) == []
    assert "new" not in answers.get("/talk/").context["groups"][0]["boards"][0].news_words
    with_replies(stranger, own, 1)
    assert labels(answers) == ["1 new"]
    assert "1 reply" in main_of(answers, own.get_absolute_url()).split('id="new"')[1]


def test_one_s_own_held_words_are_no_news_when_a_person_lets_them_through(asks, answers, moderator, topic):
    read_through(asks, topic)
    decided(moderator, write_reply(asks.member, topic))
    own = decided(moderator, topic_by(asks, title="A first evening")).topic
    assert labels(asks) == []
    assert news(asks) == []
    topic.refresh_from_db()
    assert "first new reply" not in main_of(asks, topic.get_absolute_url())
    with_replies(answers, own, 1)
    assert labels(asks) == ["1 new"]


# --- how many -----------------------------------------------------------------------------------------------------


def test_a_figure_is_never_more_than_there_is_to_find(stranger, answers, moderator, topic):
    read_through(stranger, topic)
    gone = [again(write_reply(answers.member, topic)) for _n in range(2)]
    stays = write_reply(answers.member, topic)
    write_reply(stranger.member, topic)
    assert labels(stranger) == ["3 new"]
    for post in gone:
        actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    assert labels(stranger) == ["1 new"]
    actions.remove_post(by=moderator.member, post=again(stays), reason_code="unkind")
    assert labels(stranger) == []
    assert news(stranger) == []
    assert "first new reply" not in main_of(stranger, topic.get_absolute_url())


def test_beyond_twenty_no_figure_goes_on(stranger, answers, topic):
    read_through(stranger, topic)
    with_replies(answers, topic, rules.NEWS_SHOWN_AT_MOST + 1)
    assert labels(stranger) == ["20+ new"]
    page = main_of(stranger, topic.get_absolute_url() + "?page=new")
    line = page.split('id="new"')[1].split("</p>")[0]
    assert "New since" in line
    assert "replies" not in line


def test_posts_one_may_not_see_keep_no_topic_new_for_ever(stranger, answers, moderator, topic):
    last = again(write_reply(answers.member, topic))
    actions.hide_post(by=moderator.member, post=last, reason_code="unkind")
    read_through(stranger, topic)
    assert labels(stranger) == []
    read_through(stranger, topic)
    assert news(stranger) == []


# --- marking as read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/talk/t/{topic}/read/", "/talk/b/parents/read/", "/talk/read/"],
    ids=["topic", "board", "all"],
)
def test_marked_as_read_twice_is_read_and_a_later_reply_is_new(stranger, answers, topic, address):
    address = address.format(topic=topic.public_id)
    seen = open_topic(answers.member, topic.board, title="Seen before")
    read_through(stranger, seen)
    read_through(stranger, topic)
    with_replies(answers, topic, 4)
    assert labels(stranger) == ["4 new"]
    assert stranger.get(address).status_code == 405
    for _twice in range(2):
        assert stranger.post(address).status_code == 302
        assert labels(stranger) == []
        assert news(stranger) == []
    assert TopicMember.objects.filter(member=stranger.member).count() == 2
    with_replies(answers, topic, 1)
    assert labels(stranger) == ["1 new"]
    assert news(stranger) == ["First week home"]


@pytest.mark.parametrize("address", ["/talk/b/parents/read/", "/talk/read/"], ids=["board", "all"])
def test_topics_never_opened_are_read_by_the_mark_too(stranger, answers, topic, address):
    assert labels(stranger) == ["New"]
    stranger.post(address)
    assert labels(stranger) == []
    with_replies(answers, topic, 1)
    assert labels(stranger) == ["New"]
    assert not TopicMember.objects.filter(member=stranger.member).exists()


def test_a_mark_is_one_s_own_and_never_goes_back(stranger, newcomer, topic):
    stranger.post("/talk/read/")
    late = Member.objects.get(user=stranger.user).read_through_at
    actions.mark_all_read(by=stranger.member, now=late - dt.timedelta(days=1))
    actions.mark_board_read(by=stranger.member, board=topic.board)
    marked = BoardMember.objects.get(member=stranger.member).read_through_at
    actions.mark_board_read(by=stranger.member, board=topic.board, now=marked - dt.timedelta(days=1))
    assert Member.objects.get(user=stranger.user).read_through_at == late
    assert BoardMember.objects.get(member=stranger.member).read_through_at == marked


def test_what_is_not_there_cannot_be_marked(stranger, asks, visitor, board):
    held = topic_by(asks)
    for address in (
        "/talk/t/AAAAAAAAAAAA/read/",
        f"/talk/t/{held.topic.public_id}/read/",
        "/talk/b/no/read/",
    ):
        assert stranger.post(address).status_code == 404
        assert visitor.post(address).status_code == 302
    assert not TopicMember.objects.filter(member=stranger.member).exists()


# --- what is new anywhere ---------------------------------------------------------------------------------------------


def test_what_one_follows_stands_first_then_all_others(stranger, answers, topic):
    other = make_board(slug="partners", name="Partners")
    open_topic(answers.member, other, title="Of a board I follow")
    for title in ("Newer", "Newest"):
        open_topic(answers.member, topic.board, title=title)
    actions.follow_topic(by=stranger.member, topic=topic, level=Level.TRACKING)
    actions.follow_board(by=stranger.member, board=other, level=Level.WATCHING)
    page = stranger.get("/talk/new/").context["page"]
    assert sorted(row.title for row in page.followed) == ["First week home", "Of a board I follow"]
    assert [row.title for row in page.others] == ["Newest", "Newer"]
    assert "Topics and boards you follow" in main_of(stranger, "/talk/new/")


def test_muted_topics_and_boards_are_never_new(stranger, answers, topic):
    quiet = make_board(slug="partners", name="Partners")
    open_topic(answers.member, quiet, title="In a muted board")
    followed = open_topic(answers.member, quiet, title="Followed all the same")
    actions.follow_board(by=stranger.member, board=quiet, level=Level.MUTED)
    actions.follow_topic(by=stranger.member, topic=topic, level=Level.MUTED)
    assert news(stranger) == []
    assert labels(stranger) == labels(stranger, "/talk/b/partners/") == labels(stranger, "/talk/") == []
    actions.follow_topic(by=stranger.member, topic=followed, level=Level.TRACKING)
    assert news(stranger) == ["Followed all the same"]


@pytest.mark.parametrize("kind", DistanceKind.values)
def test_topics_of_people_folded_for_one_do_not_stand_there(stranger, answers, asks, moderator, topic, kind):
    decided(moderator, topic_by(asks, title="By somebody else"))
    Distance.objects.create(member=stranger.member, other=answers.member, kind=kind)
    assert news(stranger) == ["By somebody else"]


def test_a_block_folds_for_both_and_a_mute_for_one(stranger, answers, topic):
    apart = Distance.objects.create(member=answers.member, other=stranger.member, kind=DistanceKind.MUTE)
    assert news(stranger) == ["First week home"]
    apart.kind = DistanceKind.BLOCK
    apart.save()
    assert news(stranger) == []


def test_pages_of_news_follow_one_another_and_hold_each_topic_once(stranger, answers, board):
    made = [open_topic(answers.member, board, title=f"Topic {n}").title for n in range(8)]
    same = timezone.now()
    Topic.objects.update(last_published_at=same)  # only the number is left to tell them apart
    found, query = [], ""
    for _page in range(3):
        response = stranger.get(f"/talk/new/{query}")
        found += [row.title for row in response.context["page"].others]
        query = response.context["older_url"]
    assert found == made[::-1]
    assert query == ""


def test_where_the_newest_are_read_the_older_news_are_a_page_on(stranger, answers, board, monkeypatch):
    monkeypatch.setattr(rules, "NEWS_LOOKED_AT_A_PAGE", 4)
    topics = [open_topic(answers.member, board, title=f"Topic {n}") for n in range(6)]
    for topic in topics[2:]:
        read_through(stranger, topic)
    first = stranger.get("/talk/new/")
    assert "You have read the newest topics." in first.content.decode()
    assert news(stranger, first.context["older_url"]) == ["Topic 1", "Topic 0"]


@pytest.mark.parametrize("before", ["", "x", "AAAAAAAAAAAA", "9" * 5000, "-1", "../.."])
def test_an_odd_place_to_go_on_from_is_the_first_page(stranger, topic, before):
    response = stranger.get("/talk/new/", {"before": before})
    assert [row.title for row in response.context["page"].others] == ["First week home"]
    assert response.context["newer_url"] == ""


def test_who_has_read_it_all_is_told_so(stranger, topic):
    read_through(stranger, topic)
    assert "You have read it all" in main_of(stranger, "/talk/new/")


def test_what_is_older_than_a_month_or_than_one_s_coming_is_no_news(newcomer, answers, stranger, topic):
    assert news(newcomer) == []
    Topic.objects.update(last_published_at=timezone.now() - rules.NEWS_LOOKS_BACK - dt.timedelta(hours=1))
    Member.objects.update(read_through_at=timezone.now() - dt.timedelta(days=90))
    assert news(stranger) == []


def test_of_a_board_the_newest_topics_are_looked_at_and_counted(stranger, answers, board, monkeypatch):
    monkeypatch.setattr(rules, "NEWS_LOOKED_AT_IN_A_BOARD", 3)
    topics = [open_topic(answers.member, board, title=f"Topic {n}") for n in range(4)]
    assert labels(stranger, "/talk/") == ["3 new"]
    for topic in topics[1:]:
        read_through(stranger, topic)
    assert labels(stranger, "/talk/") == []


def test_visitors_read_of_no_news(visitor, answers, stranger):
    open_board = make_board(audience="public")
    topic = open_topic(answers.member, open_board)
    for address in ("/talk/", open_board.get_absolute_url(), topic.get_absolute_url()):
        assert labels(visitor, address) == []
        assert "as read" not in main_of(visitor, address)
    assert visitor.get("/talk/new/").status_code == 302
