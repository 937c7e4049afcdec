"""A member asks that somebody else looks at a decision (scenarios A14, A32; invariant I6)."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Outbox
from accounts.notices import shown_to
from forum import actions
from forum.actions import record
from forum.actions.appealing import appealable
from forum.actions.counting import recount
from forum.actions.queueing import put_in_queue
from forum.actions.undoing import undo_decision
from forum.models import Acquaintance, Appeal, HouseRules, ModAction, PostRevision, ReviewItem
from forum.rules import Reason
from forum.states import Decision, ReasonKind, Severity
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    hidden_fields,
    item_of,
    opened,
    published_by,
    reply_by,
    topic_by,
    url_of,
)
from tests.flows.test_sanctions import set_limit

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
    assert {pk: (act.verb, state) for pk, (act, state) in found.items()} == {
        refused.pk: ("reject_post", None)
    }


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
    post = published_by(answers, moderator)
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind")
    assert appealable(answers.member, [again(post)])
    actions.restore_post(by=moderator.member, post=again(post))
    assert appealable(answers.member, [again(post)]) == {}
    reply = reply_by(answers, post.topic)
    assert appealable(answers.member, [reply]) == {}


def _item(post_or_limit):
    """The newest item about an appeal of this post's or limit's decision."""
    item = ReviewItem.objects.filter(appeal__isnull=False).latest("pk")
    assert item.appeal.action.subject_id in {
        str(post_or_limit.pk),
        str(getattr(post_or_limit, "member_id", "")),
    }
    return item


def appealed(person, post, *, text="He wrote that himself, it is about me."):
    """The item of this person's appeal against the newest decision about their post, made through the page."""
    address = url_of(post, "appeal")
    response = person.post(address, opened(person, address) | {"text": text})
    assert (response.status_code, response["Location"]) == (302, address)
    return _item(post)


def answered(person, item, decision, **typed):
    address = item.get_absolute_url()
    return person.post(address, opened(person, address) | {"decision": decision} | typed)


# --- asking -----------------------------------------------------------------------------------------------


def test_the_author_reads_reason_rule_and_message_and_finds_a_form(asks, refused):
    """A14."""
    address = url_of(refused, "appeal")
    shown = asks.get(address).content.decode()
    for words in (
        "It blames or shames a person.",
        "It names her.",
        "The post was not published.",
        '<textarea name="text"',
    ):
        assert words in shown
    assert asks.get(address).content.decode().count("moderator") == 0


def test_an_appeal_waits_like_something_worrying_and_is_due_in_working_days(asks, refused):
    item = appealed(asks, refused)
    assert (item.severity, item.status) == (1, "open")
    assert [reason.kind for reason in item.reasons.all()] == ["appeal"]
    assert item.due_at == item.appeal.due_at
    days = (timezone.localtime(item.due_at).date() - timezone.localtime().date()).days
    assert days in {3, 4, 5}
    shown = asks.get(url_of(refused, "appeal")).content.decode()
    assert "He wrote that himself" in shown
    assert "You get an answer by" in shown


def test_a_decision_is_appealed_once_and_other_words_are_given_back(asks, refused):
    """A32."""
    address = url_of(refused, "appeal")
    form = opened(asks, address)
    assert asks.post(address, form | {"text": "First words."}).status_code == 302
    assert asks.post(address, form | {"text": "First words."}).status_code == 302
    second = asks.post(address, form | {"text": "Second words."})
    assert second.status_code == 409
    assert "Second words." in second.content.decode()
    assert [appeal.text for appeal in Appeal.objects.all()] == ["First words."]
    assert ReviewItem.objects.filter(appeal__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 422), (" \n\u200b", 422), ("a" * 2000, 302), ("a" * 2001, 422), ("\ufffd", 422)],
    ids=["nothing", "blank", "2000", "2001", "broken"],
)
def test_an_appeal_has_1_to_2000_letters_and_too_many_are_given_back(asks, refused, text, status):
    address = url_of(refused, "appeal")
    response = asks.post(address, opened(asks, address) | {"text": text})
    assert response.status_code == status
    assert Appeal.objects.count() == (status == 302)
    if len(text) > 2000:
        assert text in response.content.decode()


def test_nobody_appeals_for_somebody_else_and_nobody_else_finds_the_page(
    asks, stranger, moderator, visitor, refused
):
    address = url_of(refused, "appeal")
    assert stranger.get(address).status_code == 404
    assert moderator.get(address).status_code == 404
    assert visitor.get(address).status_code == 302
    action = ModAction.objects.get(verb="reject_post")
    with pytest.raises(PermissionDenied):
        actions.appeal(by=stranger.member, action=action, text="Let them.")
    with pytest.raises(PermissionDenied):
        actions.appeal(by=asks.member, action=ModAction.objects.first(), text="A role was given.")


def test_what_was_sent_back_or_waits_has_no_appeal(asks, moderator):
    returned = decided(moderator, topic_by(asks), Decision.RETURN, **REASON)
    assert asks.get(url_of(returned, "appeal")).status_code == 404
    assert asks.get(url_of(topic_by(asks), "appeal")).status_code == 404


def test_when_the_time_is_over_between_form_and_sending_the_words_come_back(asks, refused, monkeypatch):
    address = url_of(refused, "appeal")
    form = opened(asks, address)
    HouseRules.objects.create(pk=1, appeal_days=0)
    response = asks.post(address, form | {"text": "Too late words."})
    assert response.status_code == 403
    assert "Too late words." in response.content.decode()
    assert not Appeal.objects.exists()
    assert asks.get(address).status_code == 404


def test_when_the_post_came_back_between_form_and_sending_the_words_come_back(asks, moderator, refused):
    address = url_of(refused, "appeal")
    form = opened(asks, address)
    actions.restore_post(by=moderator.member, post=refused)
    response = asks.post(address, form | {"text": "Needless words."})
    assert response.status_code == 403
    assert "This decision does not stand any more." in response.content.decode()
    assert "Needless words." in response.content.decode()


def test_a_text_typed_before_the_session_ended_is_there_again(asks, visitor, refused):
    address = url_of(refused, "appeal")
    form = opened(asks, address)
    assert visitor.post(address, form | {"text": "Parked appeal."}).status_code == 302
    assert "Parked appeal." in asks.get(address).content.decode()
    assert not Appeal.objects.exists()


def test_words_of_danger_in_an_appeal_show_help_at_once_and_come_first(asks, refused):
    address = url_of(refused, "appeal")
    words = "I want to kill myself tonight. I cannot go on."
    response = asks.post(address, opened(asks, address) | {"text": words})
    assert response.status_code == 200
    assert "help" in response.content.decode().lower()
    assert "Your second look" in response.content.decode()
    item = _item(refused)
    assert item.severity == 0
    assert item.due_at < item.appeal.due_at
    assert "crisis" in {reason.kind for reason in item.reasons.all()}


def test_an_appeal_can_be_taken_back_and_then_nobody_decides_it(asks, second_moderator, refused):
    item = appealed(asks, refused)
    form = opened(second_moderator, item.get_absolute_url())
    address = url_of(refused, "appeal")
    for _time in range(2):
        response = asks.post(address, hidden_fields(asks.get(address)) | {"withdraw": "1"})
        assert response.status_code == 302
    assert Appeal.objects.get().state == "withdrawn"
    item.refresh_from_db()
    assert (item.status, item.resolution) == ("resolved", "withdrawn")
    late = second_moderator.post(
        item.get_absolute_url(), form | {"decision": "confirm", "message": "Kept words."}
    )
    assert late.status_code == 409
    assert "The person took it back." in late.content.decode()
    assert "Kept words." in late.content.decode()


# --- answering --------------------------------------------------------------------------------------------


def test_the_first_decider_is_refused_and_somebody_else_brings_the_post_back(
    asks, moderator, second_moderator, stranger, refused
):
    """A32, I6."""
    item = appealed(asks, refused)
    address = item.get_absolute_url()
    assert moderator.get(address).status_code == 403
    assert moderator.post(address, {"decision": "overturn", "version": "0"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.decide_appeal(
            by=moderator.member,
            item=item,
            version=item.version,
            decision=Decision.OVERTURN,
            idempotency_key=uuid.uuid4().hex,
        )
    assert answered(second_moderator, item, "overturn").status_code == 302
    post = again(refused)
    assert (post.state, post.position) == ("published", 1)
    assert stranger.get(post.topic.get_absolute_url()).status_code == 200
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.decided_by_id) == ("overturned", second_moderator.member.pk)
    act = ModAction.objects.get(verb="overturn_post")
    assert act.reverses_id == appeal.action_id
    assert [words.text for words in shown_to(asks.user)][0] == (
        "You asked for a second look. The decision was changed."
    )
    assert Outbox.objects.filter(person=asks.user, kind="appeal.decided").count() == 1
    assert list(recount()) == []
    assert list(record.faults()) == []


def test_a_decision_that_stays_needs_an_answer_which_the_person_reads(asks, second_moderator, refused):
    item = appealed(asks, refused)
    silent = answered(second_moderator, item, "confirm", note="A note I keep.")
    assert silent.status_code == 422
    assert "A note I keep." in silent.content.decode()
    assert answered(second_moderator, item, "confirm", message="It names her street.").status_code == 302
    assert again(refused).state == "rejected"
    shown = asks.get(url_of(refused, "appeal")).content.decode()
    assert "It names her street." in shown
    assert "The decision stays" in shown
    assert "second-moderator" not in shown
    assert asks.post(url_of(refused, "appeal"), {"text": "Again."}).status_code in {409, 422}
    assert Appeal.objects.count() == 1


def test_the_person_and_a_moderator_who_knows_them_answer_nothing(
    moderator, second_moderator, safety_lead, asks, stranger, refused
):
    item = appealed(asks, refused)
    Acquaintance.objects.create(moderator=second_moderator.member, other=asks.member)
    assert second_moderator.get(item.get_absolute_url()).status_code == 403
    assert safety_lead.get(item.get_absolute_url()).status_code == 200
    assert stranger.get(item.get_absolute_url()).status_code == 404


def test_a_moderator_does_not_answer_their_own_appeal(moderator, second_moderator):
    post = topic_by(moderator)
    actions.hide_post(by=second_moderator.member, post=post, reason_code="unkind")
    item = appealed(moderator, post)
    assert moderator.get(item.get_absolute_url()).status_code == 403
    assert second_moderator.get(item.get_absolute_url()).status_code == 403


def test_the_same_answer_sent_twice_is_one_act_and_a_second_one_comes_too_late(
    asks, second_moderator, safety_lead, refused
):
    item = appealed(asks, refused)
    address = item.get_absolute_url()
    form = opened(second_moderator, address) | {"decision": "overturn"}
    other = opened(safety_lead, address) | {"decision": "confirm", "message": "Slow words."}
    assert second_moderator.post(address, form).status_code == 302
    assert second_moderator.post(address, form).status_code == 302
    late = safety_lead.post(address, other)
    assert late.status_code == 409
    assert "Slow words." in late.content.decode()
    assert "second-moderator" in late.content.decode()
    assert ModAction.objects.filter(item_id=item.pk).count() == 1


def test_a_colleague_who_took_it_answers_it(asks, second_moderator, safety_lead, refused):
    item = appealed(asks, refused)
    assert actions.claim_item(by=safety_lead.member, item=item)
    address = item.get_absolute_url()
    shown = second_moderator.get(address).content.decode()
    assert "A colleague has this" in shown
    with pytest.raises(actions.Conflict):
        actions.decide_appeal(
            by=second_moderator.member,
            item=item,
            version=item.version,
            decision=Decision.OVERTURN,
            idempotency_key=uuid.uuid4().hex,
        )
    assert answered(safety_lead, item, "overturn").status_code == 302


def test_the_words_stay_folded_and_the_first_decider_is_not_named(asks, moderator, second_moderator, refused):
    item = appealed(asks, refused, text="Folded appeal words.")
    shown = second_moderator.get(item.get_absolute_url()).content.decode()
    before, _fold, folded = shown.partition('<details class="fold">')
    assert "Folded appeal words." in folded
    assert "Folded appeal words." not in before
    assert "It names her." in shown
    assert f">{moderator.user.username}" not in shown.replace("second-moderator", "")


# --- what comes back --------------------------------------------------------------------------------------


def _overturned(second_moderator, person, post):
    assert answered(second_moderator, appealed(person, post), "overturn").status_code == 302
    return again(post)


def test_a_post_taken_down_comes_back_to_its_place_with_the_trust_it_cost(
    answers, moderator, second_moderator, stranger
):
    post = published_by(answers, moderator)
    reply_by(stranger, post.topic)
    own = reply_by(answers, post.topic)
    place = own.position
    actions.remove_post(by=moderator.member, post=own, reason_code="unkind")
    assert answers.member.trust == 0
    own = _overturned(second_moderator, answers, own)
    assert (own.state, own.position) == ("published", place)
    assert answers.member.trust == 1
    assert list(recount()) == []


def test_a_refused_change_goes_back_to_waiting(answers, moderator, second_moderator):
    post = published_by(answers, moderator)
    post = edited(answers, post, text="A better text.")
    post = decided(moderator, post, Decision.REJECT, **REASON)
    assert not post.has_pending_edit
    post = _overturned(second_moderator, answers, post)
    assert post.has_pending_edit
    assert item_of(post).status == "open"
    post = decided(second_moderator, post, Decision.APPROVE)
    assert post.published_revision.source == "A better text."


def test_a_text_the_team_changed_is_the_authors_again_and_can_be_changed_on(
    answers, moderator, second_moderator
):
    post = published_by(answers, moderator)
    mine = post.published_revision.source
    actions.amend_post(
        by=moderator.member,
        post=post,
        wording=actions.prepare(title="A first evening", source="Less."),
        reason_code="private",
    )
    post = _overturned(second_moderator, answers, again(post))
    assert (post.published_revision.source, post.edited_by_team) == (mine, False)
    assert edited(answers, post, text="And more.").has_pending_edit


def amended(moderator, post, text):
    wording = actions.prepare(title="A first evening", source=text)
    actions.amend_post(by=moderator.member, post=again(post), wording=wording, reason_code="private")
    return again(post)


def test_a_change_that_was_refused_is_never_published_by_an_appeal_of_a_later_one(
    answers, moderator, second_moderator
):
    post = published_by(answers, moderator)
    mine = post.published_revision.source
    decided(moderator, edited(answers, post, text="A name and a street."), Decision.REJECT, **REASON)
    post = amended(moderator, post, "Less.")
    shown = answers.get(f"/talk/mine/?post={post.public_id}").content.decode()
    assert "A name and a street." not in shown
    post = _overturned(second_moderator, answers, post)
    assert post.published_revision.source == mine


def test_an_appeal_does_not_reverse_what_the_team_changed_since(answers, moderator, second_moderator):
    post = amended(moderator, published_by(answers, moderator), "Less.")
    item = appealed(answers, post)
    post = amended(second_moderator, post, "Still less.")
    assert answered(second_moderator, item, "overturn").status_code == 302
    assert again(post).published_revision.source == "Still less."


@pytest.mark.parametrize("what", ["post", "edit"])
def test_what_the_team_took_out_comes_back_when_an_appeal_is_granted(
    asks, answers, moderator, second_moderator, what
):
    full = "We sat by the lake with my sister."
    post, by = (topic_by(asks, text=full), asks) if what == "post" else (None, answers)
    post = post or edited(answers, published_by(answers, moderator), text=full)
    wording = actions.prepare(title="A first evening", source="We sat by the lake.")
    decided(moderator, post, Decision.REDACT, wording=wording, **REASON)
    assert appealable(by.member, [again(post)])[post.pk][0].verb == f"redact_{what}"
    post = _overturned(second_moderator, by, post)
    assert (post.published_revision.source, post.edited_by_team) == (full, False)
    assert list(recount()) == []


def test_what_comes_back_brings_its_quote_its_names_and_what_it_mentions(
    answers, stranger, moderator, second_moderator
):
    """Else a reader who folds what is hard would meet it open, and a mark would stand where a quote was."""
    said = again(published_by(answers, moderator))
    wording = actions.prepare(
        source=f"> x: {said.get_absolute_url()}\n> We sat in the kitchen\n\n@{answers.user.handle}, he died.",
        by=stranger.member,
        topic=said.topic,
        content_notes=["grief"],
        lang="es",
    )
    sent = actions.submit_reply(
        by=stranger.member, topic=said.topic, wording=wording, client_token=uuid.uuid4().hex
    )
    post = _overturned(second_moderator, stranger, amended(moderator, again(sent.post), "Less."))
    shown = post.published_revision
    assert (shown.source, shown.content_notes, shown.lang) == (wording.source, ["grief"], "es")
    assert [one.excerpt for one in shown.quotes.all()] == ["We sat in the kitchen"]
    assert [one.member_id for one in shown.mentions.all()] == [answers.member.pk]
    # A change of it that was published and undone goes back to this wording.
    decided(moderator, edited(stranger, post, text="Something else."))
    undo_decision(by=moderator.member, action=ModAction.objects.filter(verb="approve_edit").latest("seq"))
    assert again(post).published_revision_id == shown.pk


def test_a_post_whose_return_was_undone_is_hidden_by_the_first_decision_and_can_be_appealed(
    answers, moderator, second_moderator
):
    post = published_by(answers, moderator)
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind")
    put_in_queue(
        post=post, reasons=[Reason(ReasonKind.MANUAL, Severity.ROUTINE, holds=False)], now=timezone.now()
    )
    decided(second_moderator, post, Decision.RESTORE)
    assert appealable(answers.member, [again(post)]) == {}
    undo_decision(by=second_moderator.member, action=ModAction.objects.filter(verb="restore_post").get())
    assert appealable(answers.member, [again(post)])[post.pk][0].verb == "hide_post"


def test_an_appeal_of_what_was_undone_meanwhile_changes_nothing_more(
    asks, moderator, second_moderator, refused
):
    item = appealed(asks, refused)
    undo_decision(by=moderator.member, action=item.appeal.action)
    assert again(refused).state == "held"
    assert answered(second_moderator, item, "overturn").status_code == 302
    assert again(refused).state == "held"
    assert item_of(refused).status == "open"


def test_a_text_that_was_deleted_cannot_come_back_and_the_person_is_told(asks, second_moderator, refused):
    item = appealed(asks, refused)
    PostRevision.objects.filter(post=refused).update(state="purged", source="", html="", title="")
    shown = second_moderator.get(item.get_absolute_url()).content.decode()
    assert "Its text was deleted, so nothing comes back." in shown
    assert answered(second_moderator, item, "overturn").status_code == 302
    assert again(refused).state == "rejected"
    assert Appeal.objects.get().state == "overturned"
    assert "the post cannot come back" in asks.get(url_of(refused, "appeal")).content.decode()


def test_a_post_brought_back_meanwhile_stays_and_the_answer_still_counts(
    asks, moderator, second_moderator, refused
):
    item = appealed(asks, refused)
    actions.restore_post(by=moderator.member, post=refused)
    assert answered(second_moderator, item, "overturn").status_code == 302
    assert again(refused).state == "published"
    assert Appeal.objects.get().state == "overturned"
    assert list(recount()) == []


def test_a_limit_is_appealed_and_ends_when_the_appeal_is_granted(asks, answers, moderator, second_moderator):
    limit = set_limit(moderator, answers, "suspend")
    back = answers.anew()
    address = f"/talk/standing/{limit.pk}/appeal/"
    assert back.post(address, opened(back, address) | {"text": "It was my brother."}).status_code == 302
    item = _item(limit)
    assert moderator.get(item.get_absolute_url()).status_code == 403
    assert answered(second_moderator, item, "overturn", message="We are sorry.").status_code == 302
    limit.refresh_from_db()
    assert (limit.ended_as, limit.is_in_force) == ("lifted", False)
    assert back.get("/talk/").status_code == 200
    assert "We are sorry." in back.get(address).content.decode()
    assert reply_by(answers, published_by(answers, moderator).topic).state == "published"


def test_a_limit_that_is_confirmed_goes_on(answers, moderator, second_moderator):
    limit = set_limit(moderator, answers)
    actions.appeal(by=answers.member, action=limit.action, text="Please.")
    assert (
        answered(second_moderator, _item(limit), "confirm", message="Three posts named her.").status_code
        == 302
    )
    assert answers.get("/talk/b/parents/new/").status_code in {403, 404}
    limit.refresh_from_db()
    assert limit.is_in_force


def test_the_appeal_of_a_post_stays_open_to_a_suspended_person(answers, moderator):
    post = published_by(answers, moderator)
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    set_limit(moderator, answers, "suspend")
    appealed(answers.anew(), again(post))
