"""A moderator takes an item, keeps it, passes it on; a colleague waits, or takes over (A10, H7)."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from forum import actions
from forum.models import ModAction, ModeratorChoice, ReviewItem, SafetyEscalation
from forum.states import ItemStatus, OptOut, PostState
from tests.factories import make_board
from tests.flows.forum_scene import (
    again,
    decided,
    hidden_fields,
    item_of,
    opened,
    page_of,
    published_by,
    reply_by,
    topic_by,
)

CRISIS = "I want to kill myself tonight."


def _take(person, post, **headers):
    return person.post(f"{page_of(post)}take/", headers=headers)


def _next(person):
    """The address that "Take the next one" leads to."""
    return person.post("/queue/next/")["Location"]


def test_a_colleague_waits_until_the_lease_runs_out_even_when_its_holder_vanished(
    moderator, second_moderator, asks
):
    """A10, H7."""
    post = topic_by(asks)
    _take(moderator, post)
    moderator.logout()
    form = hidden_fields(second_moderator.get(page_of(post))) | {"decision": "approve"}
    assert "moderator has it until" in second_moderator.get(page_of(post)).content.decode()
    now = timezone.now()
    with time_machine.travel(now + dt.timedelta(minutes=14), tick=False):
        _take(second_moderator, post)
        assert item_of(post).claimed_by_id == moderator.member.pk
    with time_machine.travel(now + dt.timedelta(minutes=16), tick=False):
        _take(second_moderator, post)
        assert item_of(post).claimed_by_id == second_moderator.member.pk
        form = opened(second_moderator, page_of(post)) | {"decision": "approve"}
        assert second_moderator.post(page_of(post), form).status_code == 302
    assert again(post).state == PostState.PUBLISHED


def test_deciding_on_what_a_colleague_holds_is_refused_and_says_who_holds_it(
    moderator, second_moderator, asks
):
    post = topic_by(asks)
    form = opened(second_moderator, page_of(post)) | {"decision": "approve", "note": "My words"}
    _take(moderator, post)
    answer = second_moderator.post(page_of(post), form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "moderator has this until" in page
    assert "My words" in page
    assert item_of(post).status == ItemStatus.OPEN


def test_deciding_one_item_claims_no_other_of_the_topic(moderator, asks, answers):
    """H7."""
    topic = published_by(answers, moderator).topic
    first, second = reply_by(asks, topic, text="One."), reply_by(asks, topic, text="Two.")
    _take(moderator, first)
    form = opened(moderator, page_of(first)) | {"decision": "approve"}
    moderator.post(page_of(first), form)
    assert again(first).state == PostState.PUBLISHED
    assert item_of(second).claimed_by_id is None


def test_an_open_page_keeps_its_item_and_hears_when_it_is_lost(moderator, second_moderator, asks):
    post = topic_by(asks)
    _take(moderator, post)
    page = moderator.get(page_of(post)).content.decode()
    assert "Keep it 15 minutes more" in page
    assert "js/queue.js" in page
    later = timezone.now() + dt.timedelta(minutes=10)
    with time_machine.travel(later, tick=False):
        answer = _take(moderator, post, accept="application/json")
    assert answer.json()["yours"] is True
    assert item_of(post).claimed_until == later + dt.timedelta(minutes=15)
    answer = _take(second_moderator, post, accept="application/json")
    assert (answer.status_code, answer.json()["yours"]) == (409, False)
    assert "moderator has this until" in answer.json()["words"]


def test_passing_on_asks_no_reason_and_frees_the_item(moderator, second_moderator, asks):
    post = topic_by(asks)
    _take(moderator, post)
    assert moderator.post(f"{page_of(post)}pass/")["Location"] == "/queue/"
    assert _next(second_moderator) == page_of(post)
    moderator.post(f"{page_of(post)}pass/")  # an old page: what a colleague has stays theirs
    assert item_of(post).claimed_by_id == second_moderator.member.pk


def test_the_safety_lead_takes_over_on_the_record_and_nobody_else_can(
    moderator, second_moderator, safety_lead, asks
):
    post = topic_by(asks)
    _take(moderator, post)
    late = opened(moderator, page_of(post)) | {"decision": "approve"}
    assert second_moderator.post(f"{page_of(post)}take-over/").status_code == 403
    assert "Take it over" not in second_moderator.get(page_of(post)).content.decode()
    assert "Take it over" in safety_lead.get(page_of(post)).content.decode()
    safety_lead.post(f"{page_of(post)}take-over/")
    safety_lead.post(f"{page_of(post)}take-over/")
    assert item_of(post).claimed_by_id == safety_lead.member.pk
    act = ModAction.objects.get(verb="take_over")
    assert (act.actor_id, act.item_id) == (safety_lead.member.pk, item_of(post).pk)
    assert (act.from_state, act.to_state) == (str(moderator.member.pk), str(safety_lead.member.pk))
    assert moderator.post(page_of(post), late).status_code == 409


def test_what_is_decided_cannot_be_taken_nor_taken_over(moderator, second_moderator, safety_lead, asks):
    post = topic_by(asks)
    decided(moderator, post)
    for person, act in ((second_moderator, "take"), (safety_lead, "take-over")):
        answer = person.post(f"{page_of(post)}{act}/", follow=True)
        assert "decided at" in answer.content.decode()
    assert not ModAction.objects.filter(verb="take_over").exists()


def test_the_next_one_is_the_most_pressing_that_nobody_has(moderator, second_moderator, asks):
    routine, danger = topic_by(asks), topic_by(asks, text=CRISIS)
    assert _next(moderator) == page_of(danger)
    assert _next(second_moderator) == page_of(routine)
    answer = moderator.post("/queue/next/", follow=True)
    assert "Nothing free is waiting for you right now." in answer.content.decode()


def test_the_next_one_is_never_ones_own_nor_in_ones_own_topic_nor_by_someone_one_knows(
    moderator, second_moderator, asks, newcomer, stranger
):
    own = published_by(moderator, second_moderator)
    actions.report_post(by=stranger.member, post=own, category="worried")
    reply_by(asks, own.topic)
    actions.declare_acquaintance(by=moderator.member, other=newcomer.member)
    friend = topic_by(newcomer)
    assert _next(moderator) == "/queue/"
    assert _take(moderator, friend).status_code == 403
    assert item_of(friend).claimed_by_id is None
    free = topic_by(asks)
    assert _next(moderator) == page_of(free)


def test_the_next_one_leaves_out_what_one_would_rather_not_read(moderator, second_moderator, asks):
    make_board(slug="partners", name="Partners")
    danger, routine = topic_by(asks, text=CRISIS), topic_by(asks)
    actions.choose_topics(by=moderator.member, opted_out=[OptOut.SUICIDE], boards=[])
    assert _next(moderator) == page_of(routine)
    assert page_of(danger) in moderator.get("/queue/").content.decode()
    assert _take(moderator, danger).status_code == 302  # opened by choice, it can be taken
    moderator.post("/queue/shift/break/")
    choice = ModeratorChoice.objects.get(member=moderator.member)
    choice.boards.set([item_of(danger).post.topic.board_id])
    assert _next(moderator) == "/queue/"
    assert _next(second_moderator) == page_of(danger)


def test_the_next_one_is_not_what_one_handed_on_nor_what_the_clinician_has(moderator, second_moderator, asks):
    handed_on, escalated = topic_by(asks, text="One."), topic_by(asks, text="Two.")
    ReviewItem.objects.filter(post=handed_on).update(asked_by=moderator.member)
    SafetyEscalation.objects.create(
        item=item_of(escalated), opened_by=moderator.member, opened_at=timezone.now()
    )
    assert _next(moderator) == "/queue/"
    assert _next(second_moderator) == page_of(handed_on)


def test_members_find_no_such_page(asks, answers):
    post = topic_by(asks)
    for act in ("take", "pass", "take-over"):
        assert answers.post(f"{page_of(post)}{act}/").status_code == 404


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql_only")
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """With real connections."""

    @pytest.fixture(autouse=True)
    def _without_a_test_transaction(self, postgresql_only, transactional_db):
        """Real commits, asked for before the cast is made."""

    def test_an_item_a_colleague_is_taking_is_skipped_and_not_waited_for(self, moderator, asks):
        first, second = topic_by(asks, text="One."), topic_by(asks, text="Two.")
        found = []

        def take():
            try:
                found.append(actions.take_next(by=moderator.member))
            finally:
                connection.close()

        with transaction.atomic():
            ReviewItem.objects.select_for_update().get(post=first)
            thread = threading.Thread(target=take)
            thread.start()
            thread.join(timeout=20)
            assert not thread.is_alive()
        assert [item.pk for item in found] == [item_of(second).pk]
