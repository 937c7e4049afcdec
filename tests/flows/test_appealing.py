"""A member asks that somebody else looks at a decision (scenarios A14, A32; invariant I6)."""

import datetime as dt

import pytest
from django.utils import timezone

from forum.actions.appealing import appealable
from forum.models import HouseRules
from forum.states import Decision
from tests.flows.forum_scene import again, decided, published_by, reply_by, topic_by

pytestmark = pytest.mark.django_db

REASON = {"reason_code": "unkind"}


@pytest.fixture
def refused(asks, moderator):
    """A post that the first moderator did not publish."""
    return decided(moderator, topic_by(asks), Decision.REJECT, message="It names her.", **REASON)


def test_a_refused_post_can_be_appealed_and_one_that_was_sent_back_cannot(asks, moderator, refused):
    returned = decided(moderator, topic_by(asks), Decision.RETURN, **REASON)
    waiting = topic_by(asks)
    found = appealable(asks.member, [refused, returned, waiting])
    assert {pk: (act.verb, state) for pk, (act, state) in found.items()} == {refused.pk: ("reject_post", None)}


def test_asking_what_can_be_appealed_costs_two_queries_for_any_number(
    asks, moderator, refused, django_assert_max_num_queries
):
    posts = [refused] + [decided(moderator, topic_by(asks), Decision.REJECT, **REASON) for _n in range(4)]
    member = asks.member
    with django_assert_max_num_queries(2):
        assert len(appealable(member, posts)) == 5


def test_nothing_of_somebody_else_can_be_appealed(stranger, refused):
    assert appealable(stranger.member, [refused]) == {}


def test_the_time_to_appeal_is_the_sites_to_set(asks, refused, monkeypatch):
    HouseRules.objects.create(pk=1, appeal_days=2)
    later = timezone.now() + dt.timedelta(days=2, minutes=1)
    assert appealable(asks.member, [refused])
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert appealable(asks.member, [refused]) == {}


def test_what_was_brought_back_need_not_be_appealed(asks, answers, moderator):
    from forum import actions

    post = published_by(answers, moderator)
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind")
    assert appealable(answers.member, [again(post)])
    actions.restore_post(by=moderator.member, post=again(post))
    assert appealable(answers.member, [again(post)]) == {}
    reply = reply_by(answers, post.topic)
    assert appealable(answers.member, [reply]) == {}
