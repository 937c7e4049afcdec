"""The team asks the clinician on call, or a colleague; the clinician answers (scenario A49)."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from accounts import outbox
from accounts.models import Notice, Outbox
from accounts.notices import shown_to
from forum import actions
from forum.models import Acquaintance, ItemNote, ModAction, Post, ReviewItem, SafetyEscalation
from forum.states import Decision, EscalationOutcome, ItemStatus, PostState
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

LIST = "/queue/escalations/"
WORDS = "heron-canary-5120"


@pytest.fixture
def clinician(person):
    return person("on-call", role="on_call_clinician")


@pytest.fixture
def held(asks):
    return topic_by(asks, title="A long night", text=f"I am so tired. {WORDS}")


def _ask(person, post, decision="escalate", **rest):
    address = page_of(post)
    return person.post(address, opened(person, address) | {"decision": decision} | rest)


def _asked(moderator, post) -> str:
    """The address of a new escalation about this post."""
    assert _ask(moderator, post, note="I am worried.").status_code == 302
    return f"{LIST}{SafetyEscalation.objects.latest('pk').pk}/"


def _answer(person, address, **typed):
    return person.post(address, opened(person, address) | {"outcome": "supported"} | typed)


def _heard(person) -> list[str]:
    return [one.text for one in shown_to(person.user) if one.kind.startswith("escalation.")]


def test_asking_the_clinician_leaves_the_item_open_and_the_post_as_it_is(moderator, clinician, held):
    moderator.post(f"{page_of(held)}take/")
    _asked(moderator, held)
    item = item_of(held)
    assert (item.status, item.claimed_by_id) == (ItemStatus.OPEN, None)
    assert item.first_action_at is not None
    assert again(held).state == PostState.HELD
    assert ModAction.objects.filter(item_id=item.pk).values_list("verb", flat=True).get() == "escalate"
    assert [note.text for note in ItemNote.objects.all()] == ["I am worried."]


def test_the_clinician_is_paged_at_once_and_the_author_hears_nothing(
    moderator, clinician, safety_lead, asks, held
):
    _asked(moderator, held)
    assert len(_heard(clinician)) == 1
    assert Outbox.objects.get(kind="escalation.opened").person == clinician.user
    assert _heard(safety_lead) == []
    assert not Notice.objects.filter(person=asks.user).exists()
    assert asks.get("/talk/mine/").content.decode().count("I am worried.") == 0
    assert clinician.get(shown_to(clinician.user)[0].link).status_code == 200


def test_with_no_clinician_the_safety_lead_is_paged(moderator, safety_lead, held):
    _asked(moderator, held)
    assert len(_heard(safety_lead)) == 1


def test_a_clinician_who_knows_the_author_is_not_the_one_who_is_paged(
    moderator, safety_lead, person, asks, held
):
    friend = person("friend", role="on_call_clinician")
    Acquaintance.objects.create(moderator=friend.member, other=asks.member)
    address = _asked(moderator, held)
    assert (_heard(friend), len(_heard(safety_lead))) == ([], 1)
    assert friend.get(address).status_code == 403


def test_a_page_that_was_answered_meanwhile_is_not_sent_any_more(moderator, clinician, held):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=clinician.user, email="call@example.org", verified=True, primary=True)
    address = _asked(moderator, held)
    assert _answer(clinician, address).status_code == 302
    outbox.drain()
    assert mail.outbox == []
    assert _heard(clinician) == []


def test_the_clinician_reads_that_one_post_and_nothing_else_that_waits(moderator, clinician, asks, held):
    other = topic_by(asks, text="Another evening.")
    address = _asked(moderator, held)
    page = clinician.get(address).content.decode()
    before, _fold, folded = page.partition('<details class="fold">')
    assert WORDS in folded
    assert WORDS not in before
    assert "I am worried." in page
    assert "A first post" in before
    for closed in ("/queue/", page_of(held), page_of(other), f"/talk/p/{held.public_id}/"):
        assert clinician.get(closed).status_code == 404, closed
    assert not Post.objects.seen_by(clinician.user).filter(pk=held.pk).exists()
    assert WORDS not in clinician.get(LIST).content.decode()


def test_for_members_and_moderators_the_clinicians_pages_do_not_exist(
    moderator, clinician, answers, visitor, held
):
    """A49: the moderator cannot close it."""
    address = _asked(moderator, held)
    for person in (answers, moderator):
        assert person.get(LIST).status_code == 404
        assert person.get(address).status_code == 404
        assert person.post(address, {"outcome": "no_danger"}).status_code == 404
        assert person.post(f"{address}acknowledge/").status_code == 404
    assert visitor.get(address)["Location"].startswith("/sign-in/")
    escalation = SafetyEscalation.objects.get()
    assert (escalation.closed_at, escalation.acknowledged_at) == (None, None)
    with pytest.raises(PermissionDenied):
        actions.close_escalation(
            by=moderator.member, escalation=escalation, outcome=EscalationOutcome.NO_DANGER
        )


def test_a_moderator_decides_only_once_the_clinician_answered(moderator, clinician, held):
    address = _asked(moderator, held)
    item = item_of(held)
    with pytest.raises(actions.Refused):
        decided(moderator, held, Decision.APPROVE)
    assert again(held).state == PostState.HELD
    assert "With the clinician on call" in moderator.get(page_of(held)).content.decode()
    assert _answer(clinician, address, note="Stay close to them.").status_code == 302
    assert item_of(held).pk == item.pk
    page = moderator.get(page_of(held)).content.decode()
    assert "Stay close to them." in page
    assert f"Answered by the clinician on call: {EscalationOutcome.SUPPORTED.label}" in page
    assert decided(moderator, held, Decision.APPROVE).state == PostState.PUBLISHED


def test_a_public_post_can_be_hidden_at_once_while_the_clinician_has_it(
    moderator, clinician, answers, stranger
):
    post = topic_by(answers)
    actions.report_post(by=stranger.member, post=post, category="worried")
    _asked(moderator, post)
    actions.hide_post(by=moderator.member, post=again(post), reason_code="unsafe")
    assert again(post).state == PostState.HIDDEN
    assert item_of(post).status == ItemStatus.OPEN


def test_a_post_its_author_takes_back_stays_with_the_clinician(moderator, clinician, asks, held):
    address = _asked(moderator, held)
    actions.withdraw_post(by=asks.member, post=again(held))
    assert item_of(held).status == ItemStatus.OPEN
    assert _answer(clinician, address).status_code == 302
    assert decided(moderator, held, Decision.KEEP).state == PostState.WITHDRAWN


def test_the_author_reads_what_the_clinician_chose_to_write_and_no_clinical_note(
    moderator, clinician, asks, held
):
    address = _asked(moderator, held)
    _answer(clinician, address, message="Thank you for writing.", note="Seen before in June.")
    assert _heard(asks) == ["The clinician on call wrote to you. The message is there."]
    page = asks.get(shown_to(asks.user)[-1].link).content.decode()
    assert "Thank you for writing." in page
    for hidden in ("Seen before in June.", "I am worried.", "on-call"):
        assert hidden not in page


def test_an_answer_without_a_message_tells_the_author_nothing(moderator, clinician, asks, held):
    _answer(clinician, _asked(moderator, held), note="Nothing to do.")
    assert _heard(asks) == []


def test_saying_that_one_looks_is_said_once_and_changes_nothing_else(moderator, clinician, person, held):
    other = person("second-on-call", role="on_call_clinician")
    address = _asked(moderator, held)
    assert clinician.get(f"{address}acknowledge/").status_code == 405
    for who in (clinician, clinician, other):
        assert who.post(f"{address}acknowledge/").status_code == 302
    assert SafetyEscalation.objects.get().acknowledged_by == clinician.member
    assert ModAction.objects.filter(verb="acknowledge_escalation").count() == 1
    assert "on-call is looking" in other.get(address).content.decode()


def test_an_answer_needs_an_ending_and_keeps_what_was_typed(moderator, clinician, held):
    address = _asked(moderator, held)
    typed = opened(clinician, address) | {"message": "Kind words", "note": "Team words"}
    response = clinician.post(address, typed)
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("Choose how it ended.", "Kind words", "Team words"):
        assert words in page
    again_sent = hidden_fields(response) | {"message": "Kind words", "outcome": "no_danger"}
    assert clinician.post(address, again_sent).status_code == 302


def test_an_answer_sent_twice_is_one_and_a_second_clinician_keeps_their_words(
    moderator, clinician, person, asks, held
):
    other = person("second-on-call", role="on_call_clinician")
    address = _asked(moderator, held)
    late = opened(other, address) | {"outcome": "no_danger", "message": "Later words"}
    fields = opened(clinician, address) | {"outcome": "supported", "message": "First words"}
    assert clinician.post(address, fields).status_code == 302
    assert clinician.post(address, fields).status_code == 302
    assert ModAction.objects.filter(verb="close_escalation").count() == 1
    response = other.post(address, late)
    page = response.content.decode()
    assert response.status_code == 409
    assert "on-call, " in page
    assert "Later words" in page
    assert len(_heard(asks)) == 1


def test_words_typed_before_the_session_ended_come_back(moderator, clinician, held):
    address = _asked(moderator, held)
    fields = opened(clinician, address) | {"message": "Kind words"}
    person = clinician.anew()
    clinician.logout()
    assert clinician.post(address, fields)["Location"].startswith("/sign-in/")
    assert "Kind words" in person.get(address).content.decode()
    assert SafetyEscalation.objects.get().closed_at is None


def test_when_nobody_is_on_call_the_team_reads_that_and_decides(moderator, held):
    """An item that waited for nobody would wait for ever."""
    answer = _ask(moderator, held, note="I am worried.")
    assert answer.status_code == 422
    assert "Nobody is on call" in answer.content.decode()
    assert "I am worried." in answer.content.decode()
    assert not SafetyEscalation.objects.exists()
    assert item_of(held).claimed_by_id is None


def test_nobody_answers_about_their_own_post_or_in_their_own_topic(moderator, clinician, safety_lead, asks):
    topic = published_by(safety_lead, moderator).topic
    reply = reply_by(asks, topic)
    address = _asked(moderator, reply)
    assert safety_lead.get(address).status_code == 403
    assert safety_lead.post(address, {"outcome": "no_danger"}).status_code == 403
    assert safety_lead.post(f"{address}acknowledge/").status_code == 403
    assert address not in safety_lead.get(LIST).content.decode()
    assert SafetyEscalation.objects.get().acknowledged_at is None


def test_it_can_be_asked_again_once_it_was_answered_and_not_before(moderator, clinician, held):
    address = _asked(moderator, held)
    item = item_of(held)
    with pytest.raises(actions.Refused):
        actions.escalate(
            by=moderator.member, item=item, version=item.version, note="", idempotency_key="again"
        )
    _answer(clinician, address)
    assert _asked(moderator, held) != address
    assert len(_heard(clinician)) == 1


def test_a_second_opinion_goes_to_somebody_else_with_a_note(moderator, second_moderator, asks, held):
    moderator.post(f"{page_of(held)}take/")
    assert _ask(moderator, held, "second").status_code == 422
    assert _ask(moderator, held, "second", note="Is this about her?").status_code == 302
    item = item_of(held)
    assert (item.status, item.claimed_by_id, item.first_action_at) == (ItemStatus.OPEN, None, None)
    assert moderator.post("/queue/next/")["Location"] == "/queue/"
    assert second_moderator.post("/queue/next/")["Location"] == f"/queue/{item.pk}/"
    assert "Is this about her?" in second_moderator.get(f"/queue/{item.pk}/").content.decode()
    assert "Is this about her?" not in asks.get("/talk/mine/").content.decode()
    assert ReviewItem.objects.filter(post=held).count() == 1
    assert decided(second_moderator, held, Decision.APPROVE).state == PostState.PUBLISHED


def test_the_same_form_sent_twice_asks_the_clinician_once(moderator, clinician, held):
    address = page_of(held)
    fields = opened(moderator, address) | {"decision": "escalate"}
    assert [moderator.post(address, fields).status_code for _twice in range(2)] == [302, 302]
    assert SafetyEscalation.objects.count() == 1
    assert len(_heard(clinician)) == 1


@pytest.mark.parametrize("decision", [Decision.ESCALATE, Decision.SECOND_OPINION])
def test_handing_on_never_ends_an_item(moderator, held, decision):
    with pytest.raises(actions.Refused):
        decided(moderator, held, decision)
    assert item_of(held).status == ItemStatus.OPEN
