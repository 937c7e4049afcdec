"""Who is on call: the way in to what is asked of them, and who is paged about what."""

import pytest
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.notices import shown_to
from forum import actions
from forum.actions.telling import ESCALATED
from forum.models import Acquaintance, ModAction, SafetyEscalation
from forum.states import EscalationOutcome, Severity
from tests.flows.forum_scene import again, item_of, published_by, reply_by, topic_by

pytestmark = pytest.mark.django_db

LIST = "/queue/escalations/"
LINK = f'href="{LIST}"'


@pytest.fixture
def clinician(person):
    return person("heron", role="on_call_clinician")


def escalated(moderator, post, *, key="asked") -> SafetyEscalation:
    item = item_of(post)
    actions.escalate(
        by=moderator.member, item=item, version=item.version, note="I am worried.", idempotency_key=key
    )
    return SafetyEscalation.objects.get(item=item, closed_at=None)


def heard(user) -> int:
    """How many pages this person can read now."""
    return sum(one.kind == ESCALATED for one in shown_to(user))


def paged() -> set[str]:
    return set(Outbox.objects.filter(kind=ESCALATED).values_list("person__username", flat=True))


def test_a_clinician_finds_the_way_on_every_page_and_others_do_not(clinician, moderator, answers, visitor):
    assert LINK in clinician.get("/help/").content.decode()
    assert LINK in clinician.get("/me/").content.decode()
    for person in (moderator, answers, visitor):
        assert LINK not in person.get("/help/").content.decode()
    assert LINK not in moderator.get("/queue/").content.decode()


def test_a_safety_lead_finds_it_in_the_queue(safety_lead):
    assert LINK in safety_lead.get("/queue/").content.decode()


def test_everyone_on_call_is_paged_once_however_often_the_form_arrives(clinician, person, moderator, asks):
    person("egret", role="on_call_clinician")
    post = topic_by(asks)
    item = item_of(post)
    for _twice in range(2):
        actions.escalate(by=moderator.member, item=item, version=item.version, note="", idempotency_key="one")
    assert paged() == {"heron", "egret"}
    assert Outbox.objects.filter(kind=ESCALATED, not_before__lte=timezone.now()).count() == 2
    assert Notice.objects.filter(person=asks.user).count() == 0


def test_who_wrote_the_post_or_knows_its_author_is_not_paged(clinician, safety_lead, moderator, asks):
    own = topic_by(clinician)
    escalated(moderator, own, key="own")
    assert paged() == {"safety-lead"}
    assert heard(clinician.user) == 0
    Acquaintance.objects.create(moderator=safety_lead.member, other=asks.member)
    escalated(moderator, topic_by(asks), key="known")
    assert heard(clinician.user) == 1
    assert heard(safety_lead.user) == 1


def test_a_page_is_taken_back_from_whoever_turns_out_to_be_too_close(
    clinician, moderator, asks, django_user_model
):
    escalated(moderator, topic_by(asks))
    assert heard(clinician.user) == 1
    Acquaintance.objects.create(moderator=clinician.member, other=asks.member)
    assert heard(django_user_model.objects.get(pk=clinician.user.pk)) == 0


def test_an_answer_that_arrives_twice_with_one_key_is_one(clinician, moderator, asks):
    escalation = escalated(moderator, topic_by(asks))
    answers = [
        actions.close_escalation(
            by=clinician.member,
            escalation=escalation,
            outcome=EscalationOutcome.SUPPORTED,
            message="Thank you for writing.",
            idempotency_key="answer",
        )
        for _twice in range(2)
    ]
    assert answers[0].pk == answers[1].pk
    assert ModAction.objects.filter(verb="close_escalation").count() == 1
    assert Notice.objects.filter(person=asks.user).count() == 1
    with pytest.raises(actions.Conflict):
        actions.close_escalation(
            by=clinician.member,
            escalation=escalation,
            outcome=EscalationOutcome.SUPPORTED,
            message="Other words.",
            idempotency_key="another",
        )


def test_the_page_says_how_pressing_it_is_and_that_nobody_outside_is_called(
    clinician, moderator, answers, asks
):
    reply = reply_by(asks, published_by(answers, moderator).topic, text="I want to end it all tonight.")
    escalation = escalated(moderator, reply)
    page = clinician.get(f"{LIST}{escalation.pk}/").content.decode()
    assert f"How pressing: {Severity(escalation.item.severity).label}." in page
    assert "Nobody outside is called from here." in page
    assert 'href="/help/now/"' in page
    assert "In the topic “A first evening”." in page


def test_of_the_topic_a_clinician_reads_nothing_that_members_do_not(clinician, moderator, answers, asks):
    first = published_by(answers, moderator)
    address = f"{LIST}{escalated(moderator, reply_by(asks, first.topic)).pk}/"
    actions.hide_post(by=moderator.member, post=again(first), reason_code="unsafe")
    page = clinician.get(address).content.decode()
    assert "A first evening" not in page
    assert first.latest_revision.source not in page


def test_what_was_answered_stands_below_with_how_it_ended(clinician, moderator, asks):
    escalation = escalated(moderator, topic_by(asks))
    assert "Nobody is looking yet" in clinician.get(LIST).content.decode()
    actions.close_escalation(
        by=clinician.member, escalation=escalation, outcome=EscalationOutcome.SUPPORTED, message="", note=""
    )
    page = clinician.get(LIST).content.decode()
    assert "heron: Support was offered" in page
    assert "Nothing is asked of you right now." in page
