"""What the queue says of each item, and of the team's hours."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from forum import actions
from forum.models import Appeal, HouseRules, ModAction, ReviewItem, ReviewReason, SafetyEscalation
from forum.states import Decision, ReasonKind, Severity
from tests.flows.forum_scene import decided, item_of, published_by, reply_by, topic_by

#: A Wednesday, noon where the site is.
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _rows(person, address="/queue/"):
    context = person.get(address).context
    return {row.pk: row for row in [*context["risk"], *context["rest"]]}


@pytest.fixture
def appealed(moderator, asks):
    """An item about the appeal against a post that was not published."""
    decided(moderator, topic_by(asks), Decision.REJECT, reason_code="unkind")
    now = timezone.now()
    appeal = Appeal.objects.create(
        action=ModAction.objects.get(verb="reject_post"),
        member=asks.member,
        text="It was meant kindly, heron-canary-4711.",
        created_at=now,
        due_at=dt.datetime(2026, 3, 9, 15, tzinfo=dt.UTC),
    )
    item = ReviewItem.objects.create(
        appeal=appeal, severity=Severity.CONCERN, due_at=appeal.due_at, opened_at=now
    )
    ReviewReason.objects.create(item=item, kind=ReasonKind.APPEAL)
    return item


def test_an_appeal_says_what_it_is_about_and_its_working_day(moderator, second_moderator, appealed):
    with time_machine.travel(NOON, tick=False):
        response = second_moderator.get("/queue/")
        row = _rows(second_moderator)[appealed.pk]
    assert row.heading == "Someone asks for a second look"
    assert "Not published" in row.text
    assert row.due == "Answer by Monday, March 9"
    assert response.context["risk_count"] == 0  # urgent for fairness; nobody is said to be at risk
    assert "Second looks 1" in response.content.decode()
    assert "heron-canary-4711" not in response.content.decode()


def test_an_appeal_whose_words_speak_of_danger_stands_under_risk(second_moderator, appealed):
    ReviewReason.objects.create(item=appealed, kind=ReasonKind.CRISIS)
    context = second_moderator.get("/queue/").context
    assert [(row.pk, row.kind) for row in context["risk"]] == [(appealed.pk, "risk")]
    assert (context["risk_count"], context["rest_count"], context["chips"]) == (1, 0, [])


def test_whoever_decided_first_is_not_given_the_appeal(moderator, second_moderator, appealed):
    row = _rows(moderator)[appealed.pk]
    assert (row.heading, row.url) == ("A colleague decides this one", "")
    assert moderator.post(f"/queue/{appealed.pk}/take/").status_code == 403
    assert moderator.post("/queue/next/")["Location"] == "/queue/"
    assert second_moderator.post("/queue/next/")["Location"] == f"/queue/{appealed.pk}/"


def test_an_appeal_about_a_post_in_ones_own_topic_goes_to_a_colleague(
    moderator, second_moderator, safety_lead, asks
):
    reply = reply_by(asks, published_by(moderator, second_moderator).topic)
    decided(second_moderator, reply, Decision.REJECT, reason_code="unkind")
    action = ModAction.objects.get(verb="reject_post")
    appeal = actions.appeal(by=asks.member, action=action, text="It was meant kindly.")
    item = ReviewItem.objects.get(appeal=appeal)
    assert _rows(moderator)[item.pk].heading == "A colleague decides this one"
    assert moderator.post(f"/queue/{item.pk}/take/").status_code == 403
    assert moderator.post("/queue/next/")["Location"] == "/queue/"
    assert safety_lead.post("/queue/next/")["Location"] == f"/queue/{item.pk}/"
    page = safety_lead.get(f"/queue/{item.pk}/").content.decode()
    assert "Keep it 15 minutes more" in page


def test_of_what_one_is_too_close_to_the_list_tells_nothing(moderator, second_moderator, asks, stranger):
    own = published_by(moderator, second_moderator)
    reply = reply_by(asks, own.topic)
    actions.report_post(by=stranger.member, post=own, category="spam", note="Sells something.")
    friend = topic_by(asks, text="I want to kill myself tonight.")
    actions.declare_acquaintance(by=moderator.member, other=asks.member)
    rows = _rows(moderator)
    told = {
        (rows[item_of(post).pk].heading, rows[item_of(post).pk].text, rows[item_of(post).pk].url)
        for post in (own, reply, friend)
    }
    assert len(told) == 1
    assert told.pop()[0] == "A colleague decides this one"
    page = moderator.get("/queue/").content.decode()
    assert "suicide" not in page
    assert f"/queue/{item_of(own).pk}/" not in page


def test_what_the_clinician_has_and_whose_opinion_is_asked_stand_in_the_row(
    moderator, second_moderator, asks
):
    escalated, asked = topic_by(asks, text="One."), topic_by(asks, text="Two.")
    with time_machine.travel(NOON, tick=False):
        SafetyEscalation.objects.create(
            item=item_of(escalated), opened_by=moderator.member, opened_at=timezone.now()
        )
    ReviewItem.objects.filter(post=asked).update(asked_by=moderator.member)
    rows = _rows(second_moderator)
    assert rows[item_of(escalated).pk].due.startswith("With the clinician since")
    assert "moderator asks for a second opinion." in rows[item_of(asked).pk].text
    assert "You asked for a second opinion." in _rows(moderator)[item_of(asked).pk].text
    SafetyEscalation.objects.update(closed_at=timezone.now(), closed_by=moderator.member, outcome="no_danger")
    assert "clinician" not in _rows(second_moderator)[item_of(escalated).pk].due


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        (ReasonKind.PII, "Private details"),
        (ReasonKind.WATCHED, "A phrase the team watches for"),
        (ReasonKind.MEMBER_HOLD, "This member's posts are read first for a while"),
        (ReasonKind.AUDIT_SAMPLE, "A random sample"),
    ],
)
def test_every_kind_of_reason_has_its_words(moderator, asks, kind, heading):
    item = item_of(topic_by(asks))
    item.reasons.update(kind=kind)
    ReviewReason.objects.filter(item=item).exclude(pk=item.reasons.first().pk).delete()
    assert _rows(moderator)[item.pk].heading == heading
    assert list(_rows(moderator, f"/queue/?kind={kind}")) == [item.pk]


def test_outside_staffed_hours_the_page_says_so(moderator):
    HouseRules.objects.create(pk=1, staffed_hours={"2": [["08:00", "13:00"]]})
    said = {}
    for hour in (12, 14):
        with time_machine.travel(NOON.replace(hour=hour), tick=False):
            moderator.force_login(moderator.user)
            said[hour] = "Outside staffed hours" in moderator.get("/queue/").content.decode()
    assert said == {12: False, 14: True}


def test_hours_that_were_never_set_are_not_spoken_of(moderator):
    assert "staffed hours" not in moderator.get("/queue/").content.decode()
