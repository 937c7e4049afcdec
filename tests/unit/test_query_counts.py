"""What a page costs in queries (design: performance 7), and that reading writes nothing.

Counted on the second request: templates, the site and its settings are warm, as they are on a running site.
"""

import re
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import actions, rules
from forum.models import HouseRules, Post, PostRevision, Topic, WatchedRule
from forum.states import Decision, Level, PostState, RevisionState
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, opened

pytestmark = pytest.mark.django_db

BOOKKEEPING = re.compile(r"^(SAVEPOINT|RELEASE|BEGIN|COMMIT|ROLLBACK)")
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)")

VISITOR, MEMBER = "visitor", "member"
BOARDS = {VISITOR: 3, MEMBER: 6}
TOPICS = {VISITOR: 4, MEMBER: 7}
POSTS = {VISITOR: 4, MEMBER: 8}
REPLY = 12
WRITING, DRAFTS, SAVING = 9, 7, 7
NEWS, KEPT, FOLLOW = 9, 5, 5


@contextmanager
def counted():
    """The statements of one request, bookkeeping of transactions left out."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [q["sql"] for q in captured.captured_queries if not BOOKKEEPING.match(q["sql"])]


def _get(person, address):
    """The statements of the second GET of this page."""
    assert person.get(address).status_code == 200
    with counted() as statements:
        assert person.get(address).status_code == 200
    return statements


def _within(statements, most):
    assert len(statements) <= most, f"{len(statements)} > {most}:\n" + "\n".join(
        line[:160] for line in statements
    )


def _writes(statements):
    return [line for line in statements if WRITES.match(line)]


@pytest.fixture
def readers(visitor, stranger):
    return {VISITOR: visitor, MEMBER: stranger}


@pytest.fixture(autouse=True)
def _no_flood_limit(monkeypatch):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 10_000)


def _fill(topic, member, posts):
    """Published replies in numbers, written in bulk as the actions leave them."""
    now = timezone.now()
    start = topic.next_position
    rows = Post.objects.bulk_create(
        Post(topic=topic, author=member, client_token=uuid.uuid4().hex, submitted_at=now)
        for _n in range(posts)
    )
    words = PostRevision.objects.bulk_create(
        PostRevision(
            post=post,
            number=1,
            editor=member,
            source=f"Reply {n}",
            html=f"<p>Reply {n}</p>",
            renderer_version="1",
            sha256="0" * 64,
            state=RevisionState.APPROVED,
            created_at=now,
        )
        for n, post in enumerate(rows)
    )
    for n, (post, revision) in enumerate(zip(rows, words, strict=True)):
        post.state, post.position, post.published_at = PostState.PUBLISHED, start + n, now
        post.published_revision = post.latest_revision = revision
    Post.objects.bulk_update(
        rows, ["state", "position", "published_at", "published_revision", "latest_revision"]
    )
    last = start + posts - 1
    Topic.objects.filter(pk=topic.pk).update(
        next_position=last + 1, last_position=last, published_count=last, last_published_at=now
    )


@pytest.mark.parametrize("who", [VISITOR, MEMBER])
def test_the_boards_cost_the_same_for_one_and_for_ten(who, readers, answers):
    open_topic(answers.member, make_board(audience="public"))
    one = _get(readers[who], "/talk/")
    for n in range(9):
        open_topic(answers.member, make_board(slug=f"board-{n}", name=f"Board {n}"))
    ten = _get(readers[who], "/talk/")
    _within(ten, BOARDS[who])
    assert len(ten) == len(one)
    assert _writes(ten) == []


@pytest.mark.parametrize("who", [VISITOR, MEMBER])
def test_a_board_costs_the_same_for_two_topics_and_for_twenty(who, readers, answers, asks, person):
    board = make_board(audience="public")
    for people in (answers.member, person("heron", trust=1).member):
        open_topic(people, board)
    two = _get(readers[who], f"/talk/b/{board.slug}/")
    for n in range(18):
        open_topic(person(f"reader-{n}", trust=1).member, board, title=f"Topic {n}")
    twenty = _get(readers[who], f"/talk/b/{board.slug}/")
    _within(twenty, TOPICS[who])
    assert len(twenty) == len(two)
    assert _writes(twenty) == []


@pytest.mark.parametrize("who", [VISITOR, MEMBER])
def test_a_topic_costs_the_same_for_two_posts_and_for_two_hundred(who, readers, answers, asks):
    topic = open_topic(answers.member, make_board(audience="public"))
    write_reply(answers.member, topic)
    address = topic.get_absolute_url()
    two = _get(readers[who], address)
    topic.refresh_from_db()
    _fill(topic, asks.member, 198)
    first, last = _get(readers[who], address), _get(readers[who], address + "?page=last")
    _within(first, POSTS[who])
    _within(last, POSTS[who])
    assert len(first) == len(last) == len(two)
    assert _writes(first) == _writes(last) == []


@pytest.mark.parametrize("who", [VISITOR, MEMBER])
def test_a_topic_with_gaps_and_moved_posts_costs_no_more(who, readers, person, answers, moderator):
    topic = open_topic(answers.member, make_board(audience="public"))
    other = open_topic(person("heron", trust=1).member, topic.board)
    replies = [again(write_reply(answers.member, topic)) for _n in range(3)]
    whole = _get(readers[who], topic.get_absolute_url())
    actions.move_posts(by=moderator.member, posts=replies[1:], to_topic=other)
    actions.remove_post(by=moderator.member, post=replies[0], reason_code="unkind")
    gaps = _get(readers[who], topic.get_absolute_url())
    _within(gaps, POSTS[who])
    assert len(gaps) <= len(whole) + 1


def test_the_team_reads_a_topic_for_one_query_more(moderator, answers):
    topic = open_topic(answers.member, make_board())
    write_reply(answers.member, topic)
    # One more than a member: whom this moderator said they know, and so decides nothing about.
    _within(_get(moderator, topic.get_absolute_url()), POSTS[MEMBER] + 1)


def _cost_of_a_reply(person, topic):
    address = f"{topic.get_absolute_url()}reply/"
    for _warm in range(2):
        form = opened(person, address) | {"text": f"A few words {uuid.uuid4().hex}", "send": "1"}
        with counted() as statements:
            assert person.post(address, form).status_code == 302
    return statements


def test_a_reply_costs_at_most_twelve_in_a_short_and_in_a_long_topic(stranger, answers, asks):
    board = make_board()
    short, long = open_topic(answers.member, board), open_topic(answers.member, board)
    _fill(long, asks.member, 200)
    in_short, in_long = _cost_of_a_reply(stranger, short), _cost_of_a_reply(stranger, long)
    _within(in_short, REPLY)
    assert len(in_long) == len(in_short)


def test_a_reply_costs_the_same_where_phrases_are_watched_and_hours_are_set(stranger, answers):
    topic = open_topic(answers.member, make_board())
    plain = _cost_of_a_reply(stranger, topic)
    HouseRules.objects.create(pk=1, staffed_hours={"0": [["09:00", "17:00"]]})
    WatchedRule.objects.create(pattern="blue river")
    WatchedRule.objects.create(pattern=r"re+d river\b", kind="expression", board=topic.board)
    watched = _cost_of_a_reply(stranger, topic)
    assert len(watched) == len(plain) <= REPLY


def test_a_visitor_writes_nothing_by_reading(visitor, answers):
    topic = open_topic(answers.member, make_board(audience="public"))
    post = topic.first_post
    for address in (
        "/",
        "/talk/",
        "/talk/guidelines/",
        "/talk/b/parents/",
        topic.get_absolute_url(),
        post.get_absolute_url(),
        "/talk/mine/",
        "/talk/new/",
        "/talk/kept/",
        f"{topic.get_absolute_url()}follow/",
        "/talk/b/parents/follow/",
        "/talk/t/AAAAAAAAAAAA/",
        "/learn/",
        "/help/",
        "/help/now/",
        "/sign-in/",
        "/join/",
        "/privacy/",
    ):
        with counted() as statements:
            assert visitor.get(address).status_code < 500
        assert _writes(statements) == [], address


def test_a_member_writes_once_for_what_is_new_and_never_for_what_was_read(stranger, answers, asks):
    topic = open_topic(answers.member, make_board())
    address = topic.get_absolute_url()
    stranger.member  # noqa: B018 (the forum's side of a person is made on first need)
    with counted() as statements:
        stranger.get(address)
    assert len(_writes(statements)) == 1
    with counted() as statements:
        stranger.get(address)
    assert _writes(statements) == []
    write_reply(answers.member, topic)
    with counted() as statements:
        stranger.get(address)
    assert len(_writes(statements)) == 1


def test_a_page_without_anything_to_read_writes_nothing_for_a_member(stranger, answers):
    topic = open_topic(answers.member, make_board())
    stranger.member  # noqa: B018 (the forum's side of a person is made on first need)
    for address in (
        "/talk/",
        "/talk/new/",
        "/talk/kept/",
        topic.board.get_absolute_url(),
        f"{topic.board.get_absolute_url()}follow/",
        f"{topic.get_absolute_url()}follow/",
    ):
        with counted() as statements:
            assert stranger.get(address).status_code == 200
        assert _writes(statements) == [], address


def test_what_is_new_costs_the_same_for_three_and_for_forty_topics(stranger, answers, person):
    stranger.member  # noqa: B018 (the forum's side of a person is made on first need)
    boards = [make_board(), make_board(slug="partners", name="Partners")]
    actions.follow_board(by=stranger.member, board=boards[1], level=Level.TRACKING)

    def write(times, by):
        for _time in range(times):
            followed, *_others = [open_topic(by.member, board) for board in (boards[0], *boards)]
            actions.follow_topic(by=stranger.member, topic=followed, level=Level.WATCHING)

    write(1, answers)
    few = _get(stranger, "/talk/new/")
    write(13, person("heron", trust=1))
    page = stranger.get("/talk/new/").context
    assert (len(page["page"].followed), len(page["page"].others)) == (28, 14)
    write(8, answers)
    many = _get(stranger, "/talk/new/")
    _within(many, NEWS)
    assert len(many) == len(few), "\n".join(line[:160] for line in many)
    older = stranger.get("/talk/new/").context["older_url"]
    _within(_get(stranger, f"/talk/new/{older}"), NEWS + 1)
    assert _writes(many) == []


def test_what_is_kept_costs_the_same_for_one_and_for_twenty_posts(stranger, answers, person):
    board = make_board()

    def keep(by):
        actions.keep_post(by=stranger.member, post=open_topic(by.member, board).first_post)

    keep(answers)
    one = _get(stranger, "/talk/kept/")
    for n in range(19):
        keep(person(f"heron-{n}", trust=1))
    twenty = _get(stranger, "/talk/kept/")
    _within(twenty, KEPT)
    assert len(twenty) == len(one)


def test_choosing_what_one_hears_costs_little(stranger, answers):
    topic = open_topic(answers.member, make_board())
    for address in (topic.get_absolute_url(), topic.board.get_absolute_url()):
        _within(_get(stranger, f"{address}follow/"), FOLLOW)


def test_lists_and_topics_cost_the_same_with_and_without_news(stranger, answers, asks):
    board = make_board()
    topics = [open_topic(answers.member, board) for _n in range(5)]
    addresses = ("/talk/", board.get_absolute_url(), topics[0].get_absolute_url())
    for topic in topics:
        stranger.get(topic.get_absolute_url())
    without = [len(_get(stranger, address)) for address in addresses]
    for topic in topics:
        topic.refresh_from_db()
        _fill(topic, asks.member, 30)
    stranger.get(addresses[2])
    assert [len(_get(stranger, address)) for address in addresses] == without


def test_my_posts_cost_the_same_for_three_and_for_fifteen(asks, answers, moderator):
    """Waiting, sent back and published ones, in several topics: each has its reason and its topic's title."""
    board = make_board()

    def write(times):
        for _time in range(times):
            topic = open_topic(answers.member, board)
            decided(
                moderator,
                write_reply(asks.member, topic),
                Decision.RETURN,
                reason_code="private",
                message="Why.",
            )
            decided(moderator, write_reply(asks.member, topic))
            write_reply(asks.member, topic)

    write(1)
    few = len(_get(asks, "/talk/mine/"))
    write(4)
    many = _get(asks, "/talk/mine/")
    assert len(many) == few, "\n".join(line[:160] for line in many)
    assert not _writes(many)


def _begun(person, *addresses):
    """Drafts of this person at these writing pages."""
    for address in addresses:
        form = opened(person, address) | {"title": "T", "text": f"Words for {address}"}
        assert person.post("/talk/drafts/", form).status_code == 200


def test_a_writing_page_costs_the_same_with_and_without_drafts(stranger, answers):
    topic = open_topic(answers.member, make_board())
    address = f"{topic.get_absolute_url()}reply/"
    without = _get(stranger, address)
    _begun(stranger, address, "/talk/b/parents/new/")
    windows = [opened(stranger, address) for _window in range(3)]
    for n, form in enumerate(windows):
        stranger.post("/talk/drafts/", form | {"text": f"Window {n}"})
    assert len(stranger.get(address).context["others"]) == 2
    with_drafts = _get(stranger, address)
    _within(with_drafts, WRITING)
    assert len(with_drafts) == len(without)
    _within(_get(stranger, "/talk/b/parents/new/"), WRITING)
    assert _writes(with_drafts) == []


def test_drafts_cost_the_same_for_three_and_for_fifteen(stranger, answers):
    board = make_board()
    own = open_topic(stranger.member, board)
    _begun(stranger, "/talk/b/parents/new/", f"/talk/p/{own.first_post.public_id}/edit/")
    _begun(stranger, f"{open_topic(answers.member, board).get_absolute_url()}reply/")
    few = _get(stranger, "/talk/drafts/")
    for _n in range(6):
        topic = open_topic(answers.member, board)
        reply = write_reply(stranger.member, topic)
        _begun(stranger, f"{topic.get_absolute_url()}reply/", f"/talk/p/{reply.public_id}/edit/")
    many = _get(stranger, "/talk/drafts/")
    _within(many, DRAFTS)
    assert len(many) == len(few)
    assert _writes(many) == []


def test_saving_a_draft_costs_little_and_sending_it_no_more(stranger, answers):
    topic = open_topic(answers.member, make_board())
    address = f"{topic.get_absolute_url()}reply/"
    plain = _cost_of_a_reply(stranger, topic)
    form = opened(stranger, address) | {"text": "Words on their way"}
    stranger.post("/talk/drafts/", form)
    with counted() as saving:
        assert stranger.post("/talk/drafts/", form | {"turn": "2", "text": "Words on"}).status_code == 409
    _within(saving, SAVING)
    form = opened(stranger, address)
    with counted() as sending:
        assert stranger.post(address, form | {"text": "Words on their way", "send": "1"}).status_code == 302
    assert len(sending) == len(plain)
