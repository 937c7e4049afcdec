"""One post in fifty that no rule held is looked at by chance: so the team learns what the rules miss."""

import pytest

from forum import actions, rules
from forum.models import HouseRules, ReviewItem
from forum.states import Decision, ItemStatus, PostState, ReasonKind, Severity
from tests.flows.forum_scene import again, decided, item_of, reply_by, topic_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_post(db):
    HouseRules.objects.update_or_create(pk=1, defaults={"sample_percent": 100})


def test_a_sampled_post_is_up_and_in_the_queue_last(every_post, answers, moderator):
    post = topic_by(answers)
    item = item_of(post)
    assert (post.state, item.severity, item.status) == (PostState.PUBLISHED, Severity.SAMPLE, ItemStatus.OPEN)
    assert [reason.kind for reason in item.reasons.all()] == [ReasonKind.AUDIT_SAMPLE]
    assert "A random sample" in moderator.get("/queue/").content.decode()


def test_leaving_it_as_it_is_changes_nothing_for_its_author(every_post, answers, moderator):
    post = decided(moderator, topic_by(answers), Decision.KEEP)
    assert again(post).state == PostState.PUBLISHED
    assert item_of(post).reasons.get().verdict == "dismissed"


def test_what_waits_anyway_is_no_sample(every_post, asks, answers):
    held = reply_by(asks, topic_by(answers).topic)
    assert ReasonKind.AUDIT_SAMPLE not in {reason.kind for reason in item_of(held).reasons.all()}


def test_a_changed_percentage_counts_at_once(every_post, answers):
    topic_by(answers)
    house = HouseRules.current()
    house.sample_percent, house.token = 0, "another"
    house.save()
    before = ReviewItem.objects.count()
    topic_by(answers)
    assert ReviewItem.objects.count() == before


def test_known_rules_cost_no_query(every_post, django_assert_num_queries):
    token = HouseRules.objects.get().token
    with django_assert_num_queries(1):
        assert HouseRules.known_as(token).sample_percent == 100
    with django_assert_num_queries(0):
        assert HouseRules.known_as(token).sample_percent == 100
        assert HouseRules.known_as("").sample_percent == rules.SAMPLE_PERCENT


def test_sent_twice_it_is_sampled_once(every_post, answers):
    topic = topic_by(answers).topic
    wording = actions.prepare(source="Thank you.")
    for _twice in range(2):
        sent = actions.submit_reply(by=answers.member, topic=topic, wording=wording, client_token="t")
    assert sent.post.items.count() == 1
