"""Limits and appeals with real connections, on PostgreSQL."""

import datetime as dt
import uuid
from collections import Counter

import pytest
from django.utils import timezone

from accounts.models import Notice
from forum import actions
from forum.actions import record
from forum.models import Appeal, Member, ModAction, Post, ReviewItem, Sanction
from forum.states import Decision, SanctionKind
from tests.flows.forum_scene import again, decided, published_by, topic_by
from tests.unit.forum.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def _limit(by: Member, member: Member, *, key: str = "", kind="read_only"):
    return actions.sanction_member(
        by=by,
        member=member,
        kind=SanctionKind(kind),
        ends_at=timezone.now() + dt.timedelta(days=7),
        reason_code="unkind",
        idempotency_key=key or uuid.uuid4().hex,
    )


def test_of_two_moderators_at_once_one_limit_is_left_in_force(moderator, second_moderator, answers):
    team, member = [moderator.member, second_moderator.member], answers.member
    answers_ = at_once([lambda by=by: _limit(by, member) for by in team * 3])
    assert all(isinstance(answer, Sanction) for answer in answers_)
    assert Sanction.objects.in_force().filter(member=member).count() == 1
    assert Sanction.objects.filter(member=member, ended_as="superseded").count() == 5
    assert list(record.faults()) == []


def test_the_same_form_sent_six_times_at_once_is_one_limit(moderator, answers):
    by, member = moderator.member, answers.member
    made = at_once([lambda: _limit(by, member, key="one-form", kind="suspend")] * 6)
    assert {answer.pk for answer in made} == {Sanction.objects.get().pk}
    assert ModAction.objects.filter(verb="sanction_member").count() == 1
    assert Notice.objects.filter(kind="member.sanctioned").count() == 1


def test_lifting_at_once_is_one_act(moderator, second_moderator, answers):
    limit = _limit(moderator.member, answers.member)
    team = [moderator.member, second_moderator.member]
    calls = [
        lambda by=by: actions.lift_sanction(
            by=by, sanction=Sanction.objects.select_related("member__user").get(pk=limit.pk)
        )
        for by in team * 2
    ]
    assert Counter(type(answer).__name__ for answer in at_once(calls)) == {"ModAction": 1, "Conflict": 3}
    assert ModAction.objects.filter(verb="lift_sanction").count() == 1


def test_writing_and_a_limit_at_once_leave_no_post_behind_the_limit(moderator, answers, person):
    """Each post that was taken was sent before the limit was there: nothing is written after it (I8)."""
    topic = published_by(answers, moderator).topic
    by, member = moderator.member, answers.member

    def write():
        return actions.submit_reply(
            by=Member.objects.for_user(member.user),
            topic=topic,
            wording=actions.prepare(source=f"Words {uuid.uuid4().hex}"),
            client_token=uuid.uuid4().hex,
        )

    at_once([write, write, write, lambda: _limit(by, member), write, write])
    taken = Post.objects.filter(author=member).count()
    for _time in range(2):
        with pytest.raises(actions.Refused):
            write()
    assert Post.objects.filter(author=member).count() == taken


@pytest.fixture
def item(asks, moderator):
    refused = decided(moderator, topic_by(asks), Decision.REJECT, reason_code="unkind")
    action = ModAction.objects.get(verb="reject_post", subject_id=str(refused.pk))
    actions.appeal(by=asks.member, action=action, text="Look again.")
    return ReviewItem.objects.get(appeal__action=action)


def test_the_same_appeal_sent_six_times_at_once_is_one(asks, moderator):
    decided(moderator, topic_by(asks), Decision.REJECT, reason_code="unkind")
    action, by = ModAction.objects.get(verb="reject_post"), asks.member
    made = at_once([lambda: actions.appeal(by=by, action=action, text="Look again.")] * 6)
    assert {answer.pk for answer in made} == {Appeal.objects.get().pk}
    assert ReviewItem.objects.filter(appeal__isnull=False).count() == 1


def test_when_two_answers_and_a_withdrawal_race_one_wins(asks, second_moderator, safety_lead, item):
    post = item.appeal.action.subject_id

    def answer(by, decision):
        return actions.decide_appeal(
            by=by,
            item=item,
            version=item.version,
            decision=decision,
            message="Why.",
            idempotency_key=uuid.uuid4().hex,
        )

    team, person = (second_moderator.member, safety_lead.member), asks.member
    appeal = Appeal.objects.get()
    answers = at_once(
        [
            lambda: answer(team[0], Decision.OVERTURN),
            lambda: answer(team[1], Decision.CONFIRM),
            lambda: actions.withdraw_appeal(by=person, appeal=appeal),
        ]
    )
    assert sum(not isinstance(one, Exception) for one in answers) == 1, answers
    assert {type(one).__name__ for one in answers if isinstance(one, Exception)} == {"Conflict"}
    state = Appeal.objects.get().state
    assert again(Post.objects.get(pk=int(post))).state == (
        "published" if state == "overturned" else "rejected"
    )
    assert ModAction.objects.filter(item_id=item.pk).count() == (state != "withdrawn")
