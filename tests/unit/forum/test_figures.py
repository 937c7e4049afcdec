"""The figures of moderation equal what a person works out by hand (scenario A48; design: forum 2.7)."""

import datetime as dt
import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from forum import figures
from forum.actions import record
from forum.actions.tallying import count_conflict
from forum.actions.undoing import undo_decision
from forum.figures_json import as_json
from forum.models import Appeal, Post, QueueConflict, ReviewItem, ReviewReason
from forum.states import ActorRole
from tests.factories import decide, make_board, open_topic, write_reply, write_topic

pytestmark = pytest.mark.django_db

#: A Wednesday at noon, in winter and in summer time of every zone alike a Wednesday.
NOW = dt.datetime(2026, 10, 14, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def someone(answers):
    """The person every item of the timeline is about; figures never ask who."""
    return answers.member


@pytest.fixture
def items(someone):
    """Puts items on the timeline: opened at a time, answered some minutes later or not at all."""

    def put(*waits, severity=2, kinds=("new_member",), opened=NOW - 2 * DAY, due=60, **fields):
        made = []
        for wait in waits:
            first = opened + wait * MINUTE
            item = ReviewItem.objects.create(
                **{"member": someone, "severity": severity, "opened_at": opened}
                | {"due_at": opened + due * MINUTE, "first_action_at": first, "resolved_at": first}
                | {"status": "resolved", "resolution": "approve"}
                | fields
            )
            ReviewReason.objects.bulk_create(
                ReviewReason(item=item, kind=kind, verdict="dismissed") for kind in kinds
            )
            made.append(item)
        return made

    return put


def waiting(member, *, age, severity, due=60, **fields):
    opened = NOW - age
    return ReviewItem.objects.create(
        member=member, severity=severity, opened_at=opened, due_at=opened + due * MINUTE, **fields
    )


def shown(days=30):
    return as_json(figures.figures_of(days, now=NOW))


def test_the_figures_equal_what_a_person_works_out_by_hand(items, someone, asks, stranger):
    # Severity 0, danger: 21 items, answered after 0, 1, …, 20 minutes. The 50th percentile lies at place
    # 20 * .50 = 10, so 10 minutes; the 95th at place 19, so 19 minutes.
    items(*range(21), severity=0, kinds=["crisis"], due=15)
    # Severity 2, two reasons each: 20 items after 10, 20, …, 200 minutes. Place 19 * .50 = 9.5 lies between
    # 100 and 110, so 105 minutes; place 19 * .95 = 18.05 between 190 and 200, so 190.5 minutes.
    items(*range(10, 201, 10), kinds=["report", "new_member", "report"])
    # Severity 1: one too few to say anything.
    items(*range(19), severity=1, kinds=["pii"])
    # Open: three, the oldest four days old, one of them answered (escalated) an hour after it came.
    waiting(someone, age=4 * DAY, severity=2)
    waiting(asks.member, age=20 * MINUTE, severity=2)
    escalated = NOW - 3 * DAY + 60 * MINUTE
    waiting(stranger.member, age=3 * DAY, severity=0, first_action_at=escalated)
    found = shown()
    first = found["first_answer"]
    # The escalated one is the 22nd of severity 0: sorted 0..20, 60; places 10.5 and 19.95.
    assert first["by_severity"]["0"] == {"n": 22, "p50": 10.5 * 60, "p95": pytest.approx(19.95 * 60)}
    assert first["by_severity"]["1"] == {"n": 19, "p50": None, "p95": None}
    assert first["by_severity"]["2"] == {"n": 20, "p50": 105 * 60, "p95": pytest.approx(190.5 * 60)}
    assert first["by_severity"]["3"] == {"n": 0, "p50": None, "p95": None}
    assert first["by_reason"]["crisis"] == {"n": 21, "p50": 600, "p95": 1140}
    assert first["by_reason"]["report"] == first["by_severity"]["2"]
    assert first["by_reason"]["new_member"] == first["by_severity"]["2"]
    assert first["by_reason"]["pii"]["p50"] is None
    assert first["all"]["n"] == 61
    backlog = found["backlog"]
    assert backlog["all"] == {"open": 3, "past_due": 1, "oldest_age": 4 * 86400}
    assert backlog["by_severity"]["0"] == {"open": 1, "past_due": 0, "oldest_age": 3 * 86400}
    assert backlog["by_severity"]["2"] == {"open": 2, "past_due": 1, "oldest_age": 4 * 86400}
    assert backlog["by_severity"]["3"] == {"open": 0, "past_due": 0, "oldest_age": None}


@given(st.lists(st.integers(0, 10**6), min_size=20, max_size=60))
def test_the_percentiles_are_those_of_the_statistics_library(values):
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    wait = figures.Wait.of(values)
    assert wait.p50 == pytest.approx(cuts[49])
    assert wait.p95 == pytest.approx(cuts[94])


def test_a_claim_is_no_answer_and_what_was_answered_before_the_span_does_not_count(items, someone):
    items(*[5] * 20, opened=NOW - 8 * DAY)
    waiting(someone, age=DAY, severity=2, claimed_by=someone, claimed_until=NOW + 10 * MINUTE)
    assert shown(7)["first_answer"]["all"]["n"] == 0
    assert shown(30)["first_answer"]["all"] == {"n": 20, "p50": 300, "p95": 300}


def test_late_is_counted_at_the_hour_something_was_due_in_the_sites_own_time(items, someone, settings):
    settings.TIME_ZONE = "America/New_York"
    # Due on Monday 12 October at 12:30 UTC, 8:30 in New York: 15 in time, 5 late, one never answered.
    opened = dt.datetime(2026, 10, 12, 11, 30, tzinfo=dt.UTC)
    items(*[59] * 15, opened=opened)
    items(*[61] * 5, opened=opened)
    waiting(someone, age=NOW - opened, severity=2)
    # Its author withdrew this one before anyone answered: nobody owed an answer. That one is not due yet.
    items(600, opened=opened, first_action_at=None, resolution="withdrawn")
    found = shown()["late"]
    assert found["all"] == {"n": 21, "part": 6, "share": 6 / 21}
    hours = {(row["weekday"], row["hour"]): row for row in found["by_hour"]}
    assert len(hours) == 168
    assert hours[0, 8] == {"weekday": 0, "hour": 8, "n": 21, "part": 6, "share": 6 / 21}
    assert sum(row["n"] for row in hours.values()) == 21


def test_a_rules_precision_is_the_share_of_its_hits_that_people_upheld(items):
    for n, item in enumerate(items(*[5] * 20, kinds=[])):
        verdict = "upheld" if n < 15 else "dismissed"
        ReviewReason.objects.create(item=item, kind="crisis", rule_id="suicide.plan", verdict=verdict)
        if n < 3:
            ReviewReason.objects.create(item=item, kind="watched", rule_id="watched:1", verdict=verdict)
    # Withdrawn by its author: nobody judged the rule.
    (gone,) = items(5, kinds=[], resolution="withdrawn", first_action_at=None)
    ReviewReason.objects.create(item=gone, kind="crisis", rule_id="suicide.plan")
    assert shown()["rules_upheld"] == {
        "suicide.plan": {"n": 20, "part": 15, "share": 0.75},
        "watched:1": {"n": 3, "part": 3, "share": None},
    }


def test_the_sample_and_the_moderators_show_what_the_rules_missed(items):
    items(*[5] * 22, severity=3, kinds=["audit_sample"], resolution="keep")
    items(*[5] * 3, severity=3, kinds=["audit_sample"], resolution="remove")
    items(5, severity=3, kinds=["audit_sample"], resolution="approve", rules_missed=True)
    assert shown()["missed_in_sample"] == {"n": 26, "part": 3, "share": 3 / 26}
    assert shown()["rules_missed"] == {"n": 26, "part": 1, "share": 1 / 26}


def _act(**fields):
    base = {"by": None, "role": ActorRole.MODERATOR, "subject_kind": "post", "subject_id": 1}
    return record.append(**base | fields)


def test_an_undone_decision_counts_as_undone_and_for_nothing_else(items):
    undone, *_rest = items(*[5] * 20, kinds=["audit_sample"], resolution="remove", rules_missed=True)
    ReviewReason.objects.create(item=undone, kind="crisis", rule_id="suicide.plan", verdict="upheld")
    first = _act(verb="remove_post", item_id=undone.pk)
    _act(verb="undo", reverses_id=first.pk)
    found = shown()
    assert found["undone"] == {"n": 20, "part": 1, "share": 0.05}
    assert found["missed_in_sample"]["n"] == 19
    assert found["rules_missed"]["part"] == 19
    assert found["rules_upheld"] == {}


def test_the_undo_of_the_queue_is_what_is_counted(asks, moderator):
    post = write_topic(asks.member, make_board())
    decided = decide(moderator.member, post, "reject", reason="unkind").action
    assert _share(figures.figures_of(7).undone) == (1, 0)
    undo_decision(by=moderator.member, action=decided)
    found = figures.figures_of(7)
    assert _share(found.undone) == (1, 1)
    assert found.backlog.open == 1


def _share(share):
    return (share.n, share.part)


def test_appeals_decided_in_the_span_say_how_many_changed(someone, moderator):
    states = ["overturned"] * 5 + ["confirmed"] * 15 + ["open", "withdrawn"]
    for state in states:
        decided = (
            {}
            if state in {"open", "withdrawn"}
            else {"decided_by": moderator.member, "decided_at": NOW - DAY}
        )
        Appeal.objects.create(
            action=_act(verb="remove_post"),
            member=someone,
            state=state,
            created_at=NOW - 40 * DAY,
            due_at=NOW - 37 * DAY,
            **decided,
        )
    assert shown()["appeals"] == {"open": 1, "changed": {"n": 20, "part": 5, "share": 0.25}}


def test_a_post_sent_back_and_published_later_counts_once(asks, moderator, answers):
    topic = open_topic(answers.member, make_board())
    posts = [write_reply(asks.member, topic, text=f"Reply {n}.") for n in range(3)]
    for post in posts:
        decide(moderator.member, post, "return", reason="unkind")
    first = ReviewItem.objects.get(post=posts[0])
    # The first post was sent back a second time, then published. The third was public before its change
    # was sent back: that says nothing.
    ReviewItem.objects.create(
        post=posts[0],
        resolution="return",
        status="resolved",
        opened_at=first.opened_at,
        due_at=first.due_at,
        resolved_at=first.resolved_at,
    )
    Post.objects.filter(pk=posts[0].pk).update(published_at=first.resolved_at + 5 * MINUTE)
    Post.objects.filter(pk=posts[2].pk).update(published_at=first.resolved_at - 5 * MINUTE)
    found = as_json(figures.figures_of(7))["returned_then_published"]
    assert found == {"n": 2, "part": 1, "share": None}


def test_conflicts_are_a_number_a_day():
    count_conflict()
    count_conflict()
    assert QueueConflict.objects.get().count == 2
    assert {field.name for field in QueueConflict._meta.get_fields()} == {"id", "day", "count"}
    QueueConflict.objects.create(day=dt.date.today() - 8 * DAY, count=40)
    assert as_json(figures.figures_of(7))["conflicts"] == 2


def test_the_figures_cost_the_same_however_much_there_is_to_count(items, someone):
    with CaptureQueriesContext(
        connection,
    ) as few:
        figures.figures_of(90, now=NOW)
    items(*range(40), kinds=["report", "crisis"])
    waiting(someone, age=DAY, severity=1)
    with CaptureQueriesContext(connection) as many:
        figures.figures_of(90, now=NOW)
    assert len(many) == len(few) <= 20


def test_an_empty_queue_says_nothing_and_breaks_nothing():
    found = shown()
    assert found["first_answer"]["all"] == {"n": 0, "p50": None, "p95": None}
    assert found["backlog"]["all"] == {"open": 0, "past_due": 0, "oldest_age": None}
    assert found["rules_upheld"] == {}
    assert found["conflicts"] == 0
