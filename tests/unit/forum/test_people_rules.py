"""Limits and appeals as rules: who is stopped from what (I8), and who answers an appeal (I6)."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import actions, rules
from forum.actions.standing import LIMIT_REASONS, held_back_words, standing_of
from forum.forms.people import HINTS, LENGTHS
from forum.models import Acquaintance, Appeal, ModAction, Post, PostRevision, ReviewItem, Sanction
from forum.people_showing import DECISIONS, ICONS, MEANS
from forum.rules import Restraint
from forum.states import Decision, ReasonCode, SanctionKind
from tests.factories import make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import again, decided

BOARDS = (1, 2)
SOON = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)

restraints = st.lists(
    st.builds(
        Restraint,
        kind=st.sampled_from(SanctionKind),
        ends_at=st.integers(1, 400).map(lambda days: SOON + dt.timedelta(days=days)),
        reason_code=st.sampled_from(list(LIMIT_REASONS)).map(str),
        board_id=st.sampled_from((None, *BOARDS)),
    ),
    max_size=5,
)


@given(held=restraints, board=st.sampled_from((None, *BOARDS)))
def test_writing_is_stopped_by_read_only_and_suspension_here_or_everywhere_and_by_nothing_else(held, board):
    stopping = [
        one
        for one in held
        if one.kind in {SanctionKind.READ_ONLY, SanctionKind.SUSPEND} and one.board_id in {None, board}
    ]
    found = rules.stops_writing(held, board_id=board)
    assert (found is None) == (not stopping)
    if found:
        assert found.ends_at == max(one.ends_at for one in stopping)
        assert str(found.ends_at.year) in held_back_words(found)


@given(held=restraints, board=st.sampled_from(BOARDS))
def test_reading_first_and_closing_all_follow_their_own_kind_alone(held, board):
    first = any(one.kind == SanctionKind.PREMODERATE and one.board_id in {None, board} for one in held)
    everything = any(one.kind == SanctionKind.SUSPEND and one.board_id is None for one in held)
    assert rules.holds_posts(held, board_id=board) == first
    assert (rules.stops_all(held) is not None) == everything


def test_every_kind_and_reason_has_its_words():
    assert set(HINTS) == set(MEANS) == set(ICONS) == set(SanctionKind)
    assert set(LIMIT_REASONS) == set(ReasonCode) - {ReasonCode.NONE}
    assert set(DECISIONS) == actions.appealing.ABOUT_A_POST
    assert dt.timedelta(days=max(days for days, _words in LENGTHS)) == rules.LONGEST_SANCTION


#: What can happen to a person, in any order: a limit (its kind), its end, another name, a day that passes.
events = st.lists(st.sampled_from((*SanctionKind.values, "lift", "rename", "later")), min_size=1, max_size=6)


@pytest.mark.django_db
def test_after_any_history_a_limited_person_writes_nothing_under_any_name(answers, moderator):
    """I8: whatever was set, lifted, replaced, outlived or renamed, the database decides at the write."""
    topic = open_topic(answers.member, make_board())

    @settings(max_examples=12)
    @given(happened=events)
    def check(happened):
        Sanction.objects.all().delete()
        now = timezone.now()
        for event in happened:
            member = answers.member
            if event == "lift":
                limit = Sanction.objects.in_force().filter(member=member).first()
                if limit:
                    actions.lift_sanction(by=moderator.member, sanction=limit)
            elif event == "rename":
                answers.user.username = f"name-{uuid.uuid4().hex[:8]}"
                answers.user.save()
            elif event == "later":
                Sanction.objects.filter(member=member).update(
                    ends_at=F("starts_at") + dt.timedelta(microseconds=1)
                )
            else:
                actions.sanction_member(
                    by=moderator.member,
                    member=member,
                    kind=SanctionKind(event),
                    ends_at=now + dt.timedelta(days=3),
                    reason_code="unkind",
                    idempotency_key=uuid.uuid4().hex,
                )
        in_force = Sanction.objects.in_force().filter(member=answers.member)
        kinds = set(in_force.values_list("kind", flat=True))
        assert len(kinds) == in_force.count()
        assert {one.kind for one in standing_of(answers.member, now=timezone.now()).restraints} == kinds
        before = PostRevision.objects.count()
        stopped = bool(kinds & {"read_only", "suspend"})
        for write in (
            lambda: write_reply(answers.member, topic, text=uuid.uuid4().hex),
            lambda: write_topic(answers.member, topic.board, text=uuid.uuid4().hex),
            lambda: actions.edit_post(
                by=answers.member,
                post=again(topic.first_post),
                wording=actions.prepare(title="A title", source=uuid.uuid4().hex),
            ),
        ):
            if stopped:
                with pytest.raises(actions.Refused):
                    write()
        if stopped:
            assert PostRevision.objects.count() == before
        else:
            written = write_reply(answers.member, topic, text=uuid.uuid4().hex)
            # Trust 1 is not held for being new: only a limit makes the person's posts wait.
            assert (written.state == "held") == ("premoderate" in kinds)
            Post.objects.filter(pk=written.pk).update(submitted_at=now - dt.timedelta(hours=2))

    check()


@pytest.mark.django_db
def test_whoever_answers_an_appeal_is_somebody_else_and_close_to_nobody(
    asks, moderator, second_moderator, safety_lead, stranger
):
    """I6: every first decider with every other person, one of whom said that they know the author."""
    team = {
        "moderator": moderator.member,
        "second": second_moderator.member,
        "lead": safety_lead.member,
        "stranger": stranger.member,
        "author": asks.member,
    }
    Acquaintance.objects.create(moderator=team["second"], other=asks.member)
    board = make_board()
    for first in (moderator, safety_lead):
        for name, by in team.items():
            post = decided(first, write_topic(asks.member, board), Decision.REJECT, reason_code="unkind")
            action = ModAction.objects.get(verb="reject_post", subject_id=str(post.pk))
            appeal = actions.appeal(by=asks.member, action=action, text="Look again.")
            item = ReviewItem.objects.get(appeal=appeal)
            answer = {
                "by": by,
                "item": item,
                "version": item.version,
                "decision": Decision.CONFIRM,
                "message": "Why.",
                "idempotency_key": uuid.uuid4().hex,
            }
            if name in {"moderator", "lead"} and by.pk != action.actor_id:
                actions.decide_appeal(**answer)
            else:
                with pytest.raises(PermissionDenied):
                    actions.decide_appeal(**answer)
    for appeal in Appeal.objects.exclude(decided_by=None).select_related("action"):
        assert appeal.decided_by_id not in {appeal.action.actor_id, appeal.member_id}
    assert Appeal.objects.exclude(decided_by=None).count() == 2
