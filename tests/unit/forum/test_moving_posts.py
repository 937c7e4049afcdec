"""Posts moved and split off: places stay gapless, counters equal a recount, words keep their readers (I2, I3)."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Notice
from forum import actions
from forum.actions.counting import recount
from forum.actions.record import faults
from forum.models import Board, ModAction, MovedPost, Post, PostRevision, Topic, TopicMember
from forum.states import Level, PostState, RevisionState, TopicState
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, edited

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return make_board()


@pytest.fixture
def source(answers, board):
    return open_topic(answers.member, board, title="A long evening")


@pytest.fixture
def target(stranger, board):
    return open_topic(stranger.member, board, title="Another evening")


@pytest.fixture
def replies(source, stranger):
    return [again(write_reply(stranger.member, source, text=f"Reply {n}")) for n in range(4)]


def places(topic) -> list[tuple[int, str]]:
    """What stands at each place of a topic: a post's text, or the marker of one that was moved."""
    posts = Post.objects.filter(topic=topic, position__isnull=False).select_related("published_revision")
    found = [(post.position, post.published_revision.source) for post in posts]
    found += [(marker.position, "moved") for marker in MovedPost.objects.filter(topic=topic)]
    return sorted(found)


def now(topic) -> Topic:
    return Topic.objects.get(pk=topic.pk)


def test_moved_posts_come_last_in_their_old_order_and_leave_markers(moderator, source, target, replies):
    actions.move_posts(by=moderator.member, posts=[replies[2], replies[0]], to_topic=target)
    assert places(source) == [
        (1, "He barely speaks."),
        (2, "moved"),
        (3, "Reply 1"),
        (4, "moved"),
        (5, "Reply 3"),
    ]
    assert places(target) == [(1, "He barely speaks."), (2, "Reply 0"), (3, "Reply 2")]
    assert (now(source).published_count, now(target).published_count) == (3, 3)
    assert recount() == []
    assert list(faults()) == []


def test_the_next_reply_takes_the_next_place_on_both_sides(moderator, stranger, source, target, replies):
    actions.move_posts(by=moderator.member, posts=[replies[3]], to_topic=target)
    assert write_reply(stranger.member, now(source)).position == 6
    assert write_reply(stranger.member, now(target)).position == 3
    assert recount() == []


def test_a_post_moved_back_gets_a_new_place_and_the_old_one_is_never_given_again(
    moderator, source, target, replies
):
    actions.move_posts(by=moderator.member, posts=[replies[1]], to_topic=target)
    actions.move_posts(by=moderator.member, posts=[again(replies[1])], to_topic=now(source))
    assert places(source)[2] == (3, "moved")
    assert places(source)[-1] == (6, "Reply 1")
    assert places(target)[-1] == (2, "moved")
    assert recount() == []


def test_taken_down_posts_move_with_their_state(moderator, stranger, source, target, replies):
    bring_to("removed", post=replies[0], author=stranger.member, moderator=moderator.member)
    actions.move_posts(by=moderator.member, posts=[again(replies[0])], to_topic=target)
    assert (now(source).published_count, now(target).published_count) == (4, 1)
    assert recount() == []
    actions.restore_post(by=moderator.member, post=again(replies[0]))
    assert (again(replies[0]).state, now(target).published_count) == (PostState.PUBLISHED, 2)
    assert recount() == []


def test_a_decision_about_a_post_read_before_it_was_moved_is_a_conflict(moderator, source, target, replies):
    read_before = again(replies[0])
    actions.move_posts(by=moderator.member, posts=[replies[0]], to_topic=target)
    with pytest.raises(actions.Conflict):
        actions.hide_post(by=moderator.member, post=read_before, reason_code="unkind")
    assert recount() == []


def test_one_act_for_the_move_and_one_below_it_for_each_post(moderator, source, target, replies):
    actions.move_posts(
        by=moderator.member, posts=replies[:2], to_topic=target, note="Off topic.", idempotency_key="k1"
    )
    act = ModAction.objects.get(verb="move_posts")
    assert (act.subject_kind, act.subject_id, act.text.note) == ("topic", str(source.pk), "Off topic.")
    below = ModAction.objects.filter(bulk_parent_id=act.pk, verb="move_post")
    assert {int(one.subject_id) for one in below} == {post.pk for post in replies[:2]}


def test_moving_twice_is_one_move(moderator, source, target, replies):
    for _twice in range(2):
        moved_to = actions.move_posts(
            by=moderator.member, posts=replies[:2], to_topic=target, idempotency_key="k1"
        )
        assert moved_to == target
    actions.move_posts(by=moderator.member, posts=[again(post) for post in replies[:2]], to_topic=now(target))
    assert ModAction.objects.filter(verb="move_posts").count() == 1
    assert now(target).last_position == 3


def test_splitting_twice_with_one_form_is_one_topic(moderator, board, source, replies):
    first, second = (
        actions.split_topic(
            by=moderator.member, posts=replies[:2], board=board, title="Sleep", idempotency_key="k2"
        )
        for _twice in range(2)
    )
    assert first == second
    assert Topic.objects.count() == 2


def test_a_topic_split_off_begins_with_the_first_moved_post_and_a_title_by_the_team(
    moderator, stranger, board, source, replies
):
    new = actions.split_topic(by=moderator.member, posts=replies[1:3], board=board, title="Sleep")
    new = Topic.objects.with_title().get(pk=new.pk)
    first = again(replies[1])
    assert (new.title, new.author, new.state) == ("Sleep", stranger.member, TopicState.OPEN)
    assert new.first_post == first
    assert first.published_revision.source == "Reply 1"
    assert (first.titled_by_team, first.edited_by_team) == (True, False)
    assert PostRevision.objects.get(post=first, number=1).state == RevisionState.SUPERSEDED
    assert Board.objects.get(pk=board.pk).topic_count == 2
    assert recount() == []


def test_the_first_post_stays_until_all_posts_move(moderator, source, target, replies):
    with pytest.raises(actions.Refused, match="only when all posts move"):
        actions.move_posts(by=moderator.member, posts=[source.first_post, replies[0]], to_topic=target)
    assert MovedPost.objects.count() == 0


def test_when_all_posts_move_the_old_topic_closes_and_says_where_it_goes_on(
    moderator, asks, source, target, replies
):
    waiting = write_reply(asks.member, source)
    actions.move_posts(by=moderator.member, posts=[source.first_post, *replies], to_topic=target)
    old = Topic.objects.with_title().get(pk=source.pk)
    assert (old.state, old.continued_in, old.first_post) == (TopicState.LOCKED, target, None)
    assert old.title == "A topic that goes on somewhere else"
    assert list(Topic.objects.listed_for(asks.user)) == [target]
    assert again(waiting).topic == target
    assert recount() == []
    with pytest.raises(actions.Refused, match="goes on in another topic"):
        actions.reopen_topic(by=moderator.member, topic=old)
    actions.close_topic(by=moderator.member, topic=now(target), reason="heated")
    assert recount() == []


def test_a_whole_topic_moves_to_another_board_by_a_split_of_all_posts(moderator, source, replies):
    other = make_board(slug="grief", name="Grief")
    new = actions.split_topic(
        by=moderator.member, posts=[source.first_post, *replies], board=other, title="A long evening"
    )
    assert Topic.objects.with_title().get(pk=new.pk).title == "A long evening"
    assert again(source.first_post).published_revision.number == 1  # the title was there already
    assert Board.objects.get(pk=other.pk).topic_count == 1
    assert Board.objects.get(pk=source.board_id).topic_count == 0
    assert recount() == []


def test_posts_that_wait_do_not_move(moderator, asks, source, target, replies):
    waiting = again(write_reply(asks.member, source))
    with pytest.raises(actions.Refused, match="1 are not published"):
        actions.move_posts(by=moderator.member, posts=[waiting, replies[0]], to_topic=target)


def test_members_words_do_not_move_where_everyone_can_read(moderator, stranger, source, replies):
    public = make_board(slug="open", name="Open", audience="public")
    elsewhere = open_topic(stranger.member, public)
    with pytest.raises(actions.Refused, match="members only"):
        actions.move_posts(by=moderator.member, posts=replies[:1], to_topic=elsewhere)
    with pytest.raises(actions.Refused, match="members only"):
        actions.split_topic(by=moderator.member, posts=replies[:1], board=public, title="Sleep")
    assert recount() == []


def test_a_topic_does_not_begin_with_a_post_taken_down(moderator, stranger, board, source, replies):
    bring_to("hidden", post=replies[0], author=stranger.member, moderator=moderator.member)
    with pytest.raises(actions.Refused, match="can be read"):
        actions.split_topic(by=moderator.member, posts=replies[:2], board=board, title="Sleep")


def test_nor_with_one_whose_change_waits_or_that_is_the_moderators_own(
    moderator, stranger, board, source, replies
):
    edited(stranger, replies[0], text="Changed.")
    with pytest.raises(actions.Refused, match="waits in the queue"):
        actions.split_topic(by=moderator.member, posts=replies[:2], board=board, title="Sleep")
    own = again(write_reply(moderator.member, source))
    with pytest.raises(actions.Refused, match="Ask a colleague"):
        actions.split_topic(by=moderator.member, posts=[own], board=board, title="Sleep")


def test_into_a_topic_nobody_reads_nothing_moves(moderator, stranger, source, target, replies):
    bring_to("hidden", post=again(target.first_post), author=stranger.member, moderator=moderator.member)
    with pytest.raises(actions.Refused, match="Choose another one"):
        actions.move_posts(by=moderator.member, posts=replies[:1], to_topic=now(target))


def test_only_the_team_moves_and_not_in_topics_of_their_own(moderator, stranger, board, source, replies):
    with pytest.raises(PermissionDenied):
        actions.move_posts(by=stranger.member, posts=replies[:1], to_topic=source)
    own = open_topic(moderator.member, board, title="Mine")
    mine = again(write_reply(stranger.member, own))
    with pytest.raises(PermissionDenied):
        actions.move_posts(by=moderator.member, posts=[mine], to_topic=source)
    with pytest.raises(PermissionDenied):
        actions.move_posts(by=moderator.member, posts=replies[:1], to_topic=own)


def test_authors_and_readers_find_what_they_read_as_read_and_nobody_is_told(
    moderator, answers, stranger, newcomer, board, source, replies
):
    TopicMember.objects.create(member=newcomer.member, topic=source, last_read_position=3)
    TopicMember.objects.filter(member=stranger.member, topic=source).update(
        level=Level.WATCHING, last_read_position=5
    )
    told = Notice.objects.count()
    new = actions.split_topic(by=moderator.member, posts=replies[1:3], board=board, title="Sleep")
    rows = {row.member: (row.level, row.last_read_position) for row in new.readers.select_related("member")}
    assert rows[stranger.member] == (Level.WATCHING, 2)
    assert rows[newcomer.member] == (Level.NORMAL, 1)
    assert answers.member not in rows  # who began the topic does not follow what was split off
    assert Notice.objects.count() == told
