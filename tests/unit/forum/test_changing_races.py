"""A quick change meets the team, or itself, at the same moment; on PostgreSQL (scenario A17, hazard H5)."""

import pytest

from forum import actions
from forum.actions.counting import recount
from forum.actions.indexing import differing
from forum.models import Member, Post
from forum.states import PostState, RevisionState
from tests.flows.forum_scene import again, reply_by, topic_by
from tests.unit.forum.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def quick_change(person, post, text):
    by, as_read = Member.objects.for_user(person.user), again(post)
    wording = actions.prepare(source=text, by=by, topic=as_read.topic, earlier=as_read.latest_revision)
    return lambda: actions.edit_post(by=by, post=as_read, wording=wording)


def whole(post) -> Post:
    """The post, when its states, its wordings, the counters and the index agree."""
    post = again(post)
    shown = [row.pk for row in post.revisions.all() if row.state == RevisionState.APPROVED]
    assert shown == [post.published_revision_id]
    assert recount() == []
    assert list(differing()) == []
    return post


def test_of_two_quick_changes_one_shows_and_the_other_is_given_back(answers):
    post = reply_by(answers, topic_by(answers).topic)
    texts = ["From one tab.", "From another tab."]
    told = at_once([quick_change(answers, post, text) for text in texts])
    assert sum(isinstance(one, actions.Conflict) for one in told) == 1
    shown = texts[0] if isinstance(told[1], actions.Conflict) else texts[1]
    assert whole(post).published_revision.source == shown
    assert post.revisions.count() == 2


def test_a_quick_change_and_a_hiding_never_leave_a_hidden_post_in_sight(answers, moderator):
    topic = topic_by(answers).topic
    for n in range(6):
        post = reply_by(answers, topic, text=f"Evening {n}.")
        by, as_read = moderator.member, again(post)
        change = quick_change(answers, post, f"Morning {n}.")
        told = at_once(
            [change, lambda by=by, post=as_read: actions.hide_post(by=by, post=post, reason_code="unkind")]
        )
        assert not any(isinstance(one, Exception) and not isinstance(one, actions.Conflict) for one in told)
        post = whole(post)
        hidden = not isinstance(told[1], actions.Conflict)
        assert post.state == (PostState.HIDDEN if hidden else PostState.PUBLISHED)


def test_a_quick_change_never_wins_over_the_team_s_wording_by_halves(answers, moderator):
    topic = topic_by(answers).topic
    for n in range(6):
        post = reply_by(answers, topic, text=f"Call 555-010{n}.")
        by, as_read = moderator.member, again(post)
        without = actions.prepare(source="Call me.")
        told = at_once(
            [
                quick_change(answers, post, f"Please call 555-010{n}."),
                lambda by=by, post=as_read, wording=without: actions.amend_post(
                    by=by, post=post, wording=wording, reason_code="private"
                ),
            ]
        )
        lost = [isinstance(one, Exception) for one in told]
        assert lost in ([True, False], [False, True])
        shown = [row for row in again(post).revisions.all() if row.pk == again(post).published_revision_id]
        assert shown[0].source == ("Call me." if lost[0] else f"Please call 555-010{n}.")
