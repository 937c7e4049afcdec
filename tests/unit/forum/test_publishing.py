"""Who must wait and who need not; places, counters and order at publication (design: forum 2.1, decision 2)."""

import itertools

import pytest

from forum import actions, rules
from forum.models import Board, ReviewItem, Topic
from forum.states import Decision, PostState, ReasonKind, Severity, TopicState
from safety.screening import Hit, Screening
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, topic_by

CALM = Screening(hits=(), show_help=False, severity=None, kinds=(), ruleset="r1", failed=False)
CONCERN = Screening(
    hits=(Hit("d.1", "D", (), 1),), show_help=True, severity=1, kinds=("suicide",), ruleset="r1", failed=False
)
DANGER = Screening(
    hits=(Hit("b.1", "B", (), 0),), show_help=True, severity=0, kinds=("suicide",), ruleset="r1", failed=False
)
BROKEN = Screening(hits=(), show_help=True, severity=None, kinds=(), ruleset="unknown", failed=True)
GRIEF = Screening(
    hits=(Hit("h.1", "H", ()),), show_help=True, severity=None, kinds=("grief",), ruleset="r1", failed=False
)

PLAIN = {
    "trust": 1,
    "approved_count": 0,
    "premoderation": "new",
    "hold_replies": False,
    "has_link": False,
    "is_edit": False,
    "screening": CALM,
}

#: what differs from a known member's plain reply -> (reasons, held)
CASES = [
    ({}, set(), False),
    ({"has_link": True}, set(), False),
    ({"trust": 2}, set(), False),
    ({"screening": GRIEF}, set(), False),
    ({"screening": CONCERN}, {"crisis"}, False),
    ({"screening": CONCERN, "trust": 0, "approved_count": 1}, {"crisis", "new_member"}, True),
    ({"screening": DANGER}, {"crisis"}, True),
    ({"screening": DANGER, "trust": 2}, {"crisis"}, True),
    ({"screening": BROKEN}, {"scan_error"}, True),
    ({"screening": BROKEN, "trust": 2}, {"scan_error"}, True),
    ({"premoderation": "all"}, {"board"}, True),
    ({"premoderation": "all", "trust": 2}, {"board"}, True),
    ({"hold_replies": True}, {"topic_hold"}, True),
    ({"is_edit": True}, {"edit"}, True),
    ({"trust": 0}, {"first_post"}, True),
    ({"trust": 0, "approved_count": 1}, {"new_member"}, True),
    ({"trust": 0, "has_link": True}, {"first_post", "link"}, True),
    (
        {"trust": 0, "is_edit": True, "hold_replies": True, "premoderation": "all", "screening": DANGER},
        {"crisis", "edit", "board", "topic_hold", "first_post"},
        True,
    ),
]


@pytest.mark.parametrize(("differs", "kinds", "held"), CASES)
def test_what_a_person_must_look_at_and_what_waits(differs, kinds, held):
    reasons = rules.reasons_to_look(**(PLAIN | differs))
    assert {reason.kind.value for reason in reasons} == kinds
    assert any(reason.holds for reason in reasons) == held


def test_the_worst_reason_orders_the_queue():
    reasons = rules.reasons_to_look(**(PLAIN | {"trust": 0, "screening": DANGER}))
    assert min(reason.severity for reason in reasons) == Severity.IMMINENT
    assert {r.severity for r in reasons if r.kind != ReasonKind.CRISIS} == {Severity.ROUTINE}


def test_each_rule_that_fired_is_a_reason_of_its_own():
    two = Screening(
        hits=(Hit("a.1", "A", (), 0), Hit("b.1", "B", (), 0)),
        show_help=True,
        severity=0,
        kinds=("overdose",),
        ruleset="r1",
        failed=False,
    )
    reasons = rules.reasons_to_look(**(PLAIN | {"screening": two}))
    assert [reason.rule_id for reason in reasons] == ["a.1", "b.1"]


def test_danger_is_due_soonest():
    due = [rules.TARGETS[severity] for severity in sorted(Severity)]
    assert due == sorted(due)


# --- as it goes on the site ----------------------------------------------------------------------------------------


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


@pytest.mark.django_db
def test_places_are_given_at_publication_and_not_at_sending(asks, stranger, moderator, topic):
    early, late = write_reply(asks.member, topic), write_reply(asks.member, topic)
    between = write_reply(stranger.member, topic)
    assert (early.position, late.position, between.position) == (None, None, 2)
    assert decided(moderator, late).position == 3
    assert decided(moderator, early).position == 4


@pytest.mark.django_db
def test_a_place_is_never_given_twice(answers, stranger, moderator, topic):
    gone = write_reply(stranger.member, topic)
    actions.withdraw_post(by=stranger.member, post=again(gone))
    assert write_reply(stranger.member, topic).position == 3
    assert again(gone).position == 2


@pytest.mark.django_db
def test_a_place_that_another_took_meanwhile_is_not_given_again(stranger, answers, topic):
    """The topic was read before another reply was published."""
    as_read = Topic.objects.select_related("board").get(pk=topic.pk)
    write_reply(answers.member, topic)
    assert write_reply(stranger.member, as_read).position == 3
    as_read.refresh_from_db()
    assert (as_read.next_position, as_read.last_position, as_read.published_count) == (4, 3, 3)


@pytest.mark.django_db
def test_approving_the_first_post_opens_its_topic(asks, moderator):
    post = topic_by(asks)
    assert (post.topic.state, post.topic.published_count) == (TopicState.HELD, 0)
    after = decided(moderator, post)
    assert (after.topic.state, after.topic.published_count, after.position) == (TopicState.OPEN, 1, 1)
    assert after.topic.last_published_at == after.published_at
    assert Board.objects.get().topic_count == 1


@pytest.mark.django_db
def test_a_refused_topic_that_is_brought_back_opens_with_its_first_place(asks, moderator):
    post = decided(moderator, topic_by(asks), Decision.REJECT, reason_code="other")
    assert post.position is None
    actions.restore_post(by=moderator.member, post=again(post))
    after = again(post)
    assert (after.state, after.position, after.topic.state) == (PostState.PUBLISHED, 1, TopicState.OPEN)
    assert asks.member.approved_count == 0  # nobody approved it


@pytest.mark.django_db
def test_a_topic_that_was_closed_is_closed_again_after_its_first_post_was_hidden(answers, moderator, topic):
    Topic.objects.filter(pk=topic.pk).update(state="locked")
    actions.hide_post(by=moderator.member, post=again(topic.first_post), reason_code="unkind")
    assert again(topic.first_post).topic.state == TopicState.HIDDEN
    actions.remove_post(by=moderator.member, post=again(topic.first_post), reason_code="unkind")
    assert again(topic.first_post).topic.state == TopicState.REMOVED
    actions.restore_post(by=moderator.member, post=again(topic.first_post))
    assert again(topic.first_post).topic.state == TopicState.LOCKED
    assert Board.objects.get().topic_count == 1


@pytest.mark.django_db
def test_the_team_s_own_posts_need_not_wait_for_being_new(person, topic):
    for role in ("moderator", "safety_lead", "welcomer"):
        assert (
            write_reply(person(f"the-{role.replace('_', '-')}", role=role).member, topic).state == "published"
        )
    for role in ("author", "clinical_reviewer"):
        assert write_reply(person(f"the-{role.replace('_', '-')}", role=role).member, topic).state == "held"


@pytest.mark.django_db
def test_a_second_reason_pulls_the_due_time_earlier_and_never_later(asks, stranger, moderator, topic):
    post = write_reply(asks.member, topic)
    first = ReviewItem.objects.get(post=post)
    actions.edit_post(
        by=asks.member, post=again(post), wording=actions.prepare(source="I want to kill myself tonight.")
    )
    raised = ReviewItem.objects.get(post=post)
    assert raised.severity == Severity.IMMINENT
    assert raised.due_at < first.due_at
    assert raised.version == first.version + 1
    actions.edit_post(by=asks.member, post=again(post), wording=actions.prepare(source="Calm words again."))
    after = ReviewItem.objects.get(post=post)
    assert (after.severity, after.due_at) == (Severity.IMMINENT, raised.due_at)


@pytest.mark.django_db
def test_one_post_has_at_most_one_open_item(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    for text in ("One.", "Two.", "Three."):
        actions.edit_post(by=asks.member, post=again(post), wording=actions.prepare(source=text))
    assert ReviewItem.objects.filter(post=post).count() == 1


@pytest.mark.django_db
def test_nobody_decides_twice(asks, moderator, second_moderator, topic):
    post = write_reply(asks.member, topic)
    decided(moderator, post)
    for by, decision in itertools.product((moderator, second_moderator), ("approve", "reject")):
        with pytest.raises((actions.Conflict, actions.Refused)):
            decided(by, post, Decision(decision), reason_code="unkind")
    assert again(post).state == PostState.PUBLISHED
