"""A moderator decides about what waits (scenarios A07, A09, A10, A14)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Notice
from accounts.notices import shown_to
from forum import actions
from forum.models import ModAction, ReviewItem, Topic
from forum.states import Decision, ItemStatus, PostState, RevisionState
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    hidden_fields,
    item_of,
    news_goes_out,
    opened,
    page_of,
    published_by,
    reply_by,
    topic_by,
    url_of,
)

SECRET = "heron-canary-4711"


@pytest.fixture
def held(asks):
    return topic_by(asks, title=f"Title {SECRET}", text=f"Words {SECRET}.")


def _decide(person, post, decision, **rest):
    address = page_of(post)
    return person.post(address, opened(person, address) | {"decision": decision} | rest)


def test_a_moderator_publishes_a_post_that_waits(moderator, answers, held):
    response = _decide(moderator, held, "approve")
    assert response.status_code == 302
    assert response["Location"].startswith("/queue/?decided=")
    assert "Decided: Published" in moderator.get(response["Location"]).content.decode()
    assert again(held).state == PostState.PUBLISHED
    assert answers.get(held.topic.get_absolute_url()).status_code == 200


def test_publishing_tells_the_author_once_counts_once_and_is_on_the_record_once(moderator, asks, held):
    _decide(moderator, held, "approve")
    assert ModAction.objects.filter(verb="approve_post").count() == 1
    news_goes_out()
    assert [notice.text for notice in shown_to(asks.user)] == [
        "Your post is published. Others can read it now."
    ]
    topic = Topic.objects.get(pk=held.topic_id)
    assert (topic.published_count, topic.board.topic_count) == (1, 1)
    assert asks.member.approved_count == 1


def test_reading_an_item_changes_nothing(moderator, held):
    before = ReviewItem.objects.values().get(pk=item_of(held).pk)
    moderator.get(page_of(held))
    moderator.head(page_of(held))
    assert ReviewItem.objects.values().get(pk=item_of(held).pk) == before
    assert again(held).state == PostState.HELD


def test_the_words_of_a_post_stay_folded_until_they_are_asked_for(moderator, held):
    page = moderator.get(page_of(held)).content.decode()
    before, _fold, folded = page.partition('<details class="fold">')
    assert SECRET in folded
    assert f"Words {SECRET}" not in before
    assert '<details class="fold" open' not in page


def test_an_item_says_why_it_is_here_and_counts_its_author_so_far(moderator, held):
    page = moderator.get(page_of(held)).content.decode()
    assert "A first post" in page
    assert "Member for" in page
    assert "Approved" in page


@pytest.mark.parametrize("address", ["/queue/", "/queue/1/", "/queue/999999999999999999999/"])
def test_for_a_member_the_queue_does_not_exist(answers, held, address):
    assert answers.get(address).status_code == 404
    assert answers.post(address).status_code in {404, 405}


def test_for_a_member_every_button_of_the_queue_is_missing(answers, held):
    pk = item_of(held).pk
    for address in ("/queue/next/", f"/queue/{pk}/take/", f"/queue/{pk}/pass/", f"/queue/{pk}/"):
        assert answers.post(address, {"decision": "approve"}).status_code == 404, address
    assert again(held).state == PostState.HELD


def test_a_visitor_is_asked_to_sign_in_at_real_and_made_up_items_alike(visitor, held):
    for address in (page_of(held), "/queue/123456/", "/queue/"):
        response = visitor.get(address)
        assert response.status_code == 302
        assert response["Location"] == f"/sign-in/?next={address}"


def test_a_visitor_who_sends_a_decision_decides_nothing(visitor, moderator, held):
    fields = opened(moderator, page_of(held)) | {"decision": "approve"}
    assert visitor.post(page_of(held), fields)["Location"].startswith("/sign-in/")
    assert again(held).state == PostState.HELD


def test_a_missing_item_is_not_found(moderator):
    assert moderator.get("/queue/123456/").status_code == 404
    assert moderator.get("/queue/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("name", ["next", "take", "pass"])
def test_buttons_of_the_queue_answer_to_a_press_and_not_to_a_link(moderator, held, name):
    pk = item_of(held).pk
    address = "/queue/next/" if name == "next" else f"/queue/{pk}/{name}/"
    assert moderator.get(address).status_code == 405
    assert item_of(held).claimed_by_id is None


def test_nobody_decides_about_their_own_post(moderator, second_moderator, held):
    own = published_by(moderator, second_moderator)
    actions.report_post(by=second_moderator.member, post=own, category="unkind")
    response = moderator.get(page_of(own))
    assert response.status_code == 403
    assert "A colleague decides about it" in response.content.decode()
    fields = opened(second_moderator, page_of(own)) | {"decision": "keep"}
    assert moderator.post(page_of(own), fields).status_code in {302, 403}
    assert moderator.post(f"/queue/{item_of(own).pk}/take/").status_code == 403
    item = item_of(own)
    assert (item.status, item.claimed_by_id) == (ItemStatus.OPEN, None)


def test_a_rejected_author_reads_the_rule_and_the_message_and_others_get_nothing(
    moderator, asks, stranger, held
):
    """A14, without the appeal."""
    response = _decide(
        moderator, held, "reject", reason_code="unsafe", message="The amounts could hurt a reader."
    )
    assert response.status_code == 302
    mine = asks.get("/talk/mine/").content.decode()
    assert "Not published" in mine
    assert "It names doses, sources or ways to harm that could hurt a reader." in mine
    assert "The amounts could hurt a reader." in mine
    assert stranger.get(f"/talk/p/{held.public_id}/").status_code == 404
    news_goes_out()
    assert len(shown_to(asks.user)) == 1
    assert not Notice.objects.filter(person=stranger.user).exists()


def test_a_post_that_is_sent_back_keeps_its_words_and_can_be_sent_again(moderator, asks, held):
    _decide(moderator, held, "return", reason_code="private", message="Please take out the street.")
    post = again(held)
    assert (post.state, post.latest_revision.state) == (PostState.RETURNED, RevisionState.RETURNED)
    mine = asks.get("/talk/mine/").content.decode()
    assert "Please take out the street." in mine
    post = edited(asks, post, text="Without the street.")
    assert post.state == PostState.HELD
    assert item_of(post).status == ItemStatus.OPEN


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_turning_a_post_down_needs_a_reason_and_keeps_what_was_typed(moderator, held, decision):
    address = page_of(held)
    typed = {"decision": decision, "message": f"Kind {SECRET} words", "note": "Seen twice"}
    response = moderator.post(address, opened(moderator, address) | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose the reason. Its author will read it." in page
    assert f"Kind {SECRET} words" in page
    assert "Seen twice" in page
    assert 'href="#id_reason_code"' in page
    assert again(held).state == PostState.HELD
    # The same form, made whole, goes through.
    fixed = hidden_fields(response) | typed | {"reason_code": "unkind"}
    assert moderator.post(address, fixed).status_code == 302


def test_a_reason_called_other_needs_words(moderator, held):
    address = page_of(held)
    fields = opened(moderator, address) | {"decision": "reject", "reason_code": "other"}
    response = moderator.post(address, fields)
    assert response.status_code == 422
    assert again(held).state == PostState.HELD
    assert moderator.post(address, fields | {"message": "It is about a contest."}).status_code == 302


def test_without_a_decision_nothing_is_decided(moderator, held):
    address = page_of(held)
    response = moderator.post(address, opened(moderator, address) | {"message": "Half a thought"})
    assert response.status_code == 422
    assert "Half a thought" in response.content.decode()


def test_a_decision_that_does_not_fit_the_post_is_refused_in_words(moderator, held):
    response = _decide(moderator, held, "keep", message="Kept words")
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()
    assert item_of(held).status == ItemStatus.OPEN


def test_a_message_longer_than_fits_is_given_back_whole(moderator, held):
    long = "word " * 600
    response = _decide(moderator, held, "approve", message=long)
    assert response.status_code == 422
    assert long.strip() in response.content.decode()


def test_the_same_form_sent_twice_gives_the_same_answer_and_one_record(moderator, asks, held):
    """A09."""
    address = page_of(held)
    fields = opened(moderator, address) | {"decision": "approve"}
    first, second = moderator.post(address, fields), moderator.post(address, fields)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert ModAction.objects.filter(item_id=item_of(held).pk).count() == 1
    assert Notice.objects.filter(person=asks.user).count() == 1
    assert Topic.objects.get(pk=held.topic_id).published_count == 1


def test_a_form_of_one_item_decides_no_other(moderator, asks, held):
    other = topic_by(asks, text="Another evening.")
    fields = opened(moderator, page_of(held)) | {"decision": "approve"}
    response = moderator.post(page_of(other), fields)
    assert response.status_code == 422
    assert again(other).state == PostState.HELD


def test_one_key_is_one_act_about_one_item(moderator, asks, held):
    other = topic_by(asks, text="Another evening.")
    first, second = item_of(held), item_of(other)
    key = {"by": moderator.member, "decision": Decision.APPROVE, "idempotency_key": "one-key"}
    actions.decide(item=first, version=first.version, revision_id=held.latest_revision_id, **key)
    with pytest.raises(actions.Conflict):
        actions.decide(item=second, version=second.version, revision_id=other.latest_revision_id, **key)
    assert again(other).state == PostState.HELD


def test_whoever_is_late_reads_who_decided_what_and_keeps_their_words(moderator, second_moderator, held):
    """A07."""
    address = page_of(held)
    early, late = opened(moderator, address), opened(second_moderator, address)
    assert moderator.post(address, early | {"decision": "approve"}).status_code == 302
    response = second_moderator.post(
        address,
        late | {"decision": "reject", "reason_code": "unkind", "message": "Kind words", "note": "Team words"},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "moderator (moderator) decided at" in page
    assert "Published" in page
    assert "Kind words" in page
    assert "Team words" in page
    assert again(held).state == PostState.PUBLISHED
    assert ModAction.objects.filter(item_id=item_of(held).pk).count() == 1


def test_a_text_that_changed_while_it_was_read_is_offered_again_with_the_words_kept(moderator, asks, held):
    address = page_of(held)
    fields = opened(moderator, address)
    edited(asks, held, text="A changed text.")
    response = moderator.post(address, fields | {"decision": "approve", "message": "Kind words"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "changed since you read them" in page
    assert "Kind words" in page
    assert again(held).state == PostState.HELD
    # The page offers the item anew: the form on it decides about the text that is there now.
    assert moderator.post(address, hidden_fields(response) | {"decision": "approve"}).status_code == 302
    assert again(held).published_revision.source == "A changed text."


def test_a_post_its_author_took_back_cannot_be_published_any_more(moderator, asks, held):
    address = page_of(held)
    fields = opened(moderator, address)
    actions.withdraw_post(by=asks.member, post=again(held))
    response = moderator.post(address, fields | {"decision": "approve"})
    assert response.status_code == 409
    assert "Its author took it back." in response.content.decode()
    assert again(held).state == PostState.WITHDRAWN


def test_what_a_colleague_holds_is_refused_until_their_quarter_of_an_hour_is_over(
    moderator, second_moderator, held
):
    """A10."""
    address = page_of(held)
    late = opened(second_moderator, address) | {"decision": "approve", "note": "Team words"}
    assert moderator.post(f"{address}take/").status_code == 302
    response = second_moderator.post(address, late)
    page = response.content.decode()
    assert response.status_code == 409
    assert "moderator has this until" in page
    assert "Team words" in page
    assert again(held).state == PostState.HELD
    over = timezone.now() - dt.timedelta(minutes=1)
    ReviewItem.objects.filter(post=held).update(claimed_until=over)
    assert second_moderator.post(address, late).status_code == 302


def test_an_item_a_colleague_holds_shows_no_form_and_says_who_has_it(moderator, second_moderator, held):
    moderator.post(f"{page_of(held)}take/")
    page = second_moderator.get(page_of(held)).content.decode()
    assert "A colleague has this" in page
    assert 'name="decision"' not in page
    second_moderator.post(f"{page_of(held)}take/")
    assert item_of(held).claimed_by_id == moderator.member.pk


def test_passing_an_item_on_frees_it_for_colleagues(moderator, second_moderator, held):
    address = page_of(held)
    moderator.post(f"{address}take/")
    assert second_moderator.post(f"{address}pass/").status_code == 302
    assert item_of(held).claimed_by_id == moderator.member.pk  # a colleague cannot give it away
    assert moderator.post(f"{address}pass/").status_code == 302
    assert item_of(held).claimed_by_id is None
    assert second_moderator.post(f"{address}take/").status_code == 302
    assert item_of(held).claimed_by_id == second_moderator.member.pk


def test_a_decided_item_shows_what_was_decided_and_offers_no_second_decision(moderator, held):
    _decide(moderator, held, "reject", reason_code="spam", message="Kind words", note="Team words")
    page = moderator.get(page_of(held)).content.decode()
    for words in (
        "What was decided",
        "Not published",
        "It advertises or repeats.",
        "Kind words",
        "Team words",
    ):
        assert words in page
    assert 'name="decision"' not in page
    assert url_of(held, "restore") in page


def test_an_edit_shows_both_texts_and_the_old_one_stays_until_the_new_one_is_approved(
    moderator, answers, stranger
):
    """A17, with the moderator's side."""
    post = topic_by(answers, text="The old text.")
    edited(answers, post, text="Call me on 555 0142.")
    page = moderator.get(page_of(post)).content.decode()
    assert "The old text." in page
    assert "Call me on 555 0142." in page
    assert "The earlier text is still shown." in page
    place = post.topic.get_absolute_url()
    assert "The old text." in stranger.get(place).content.decode()
    _decide(moderator, post, "approve")
    assert "Call me on 555 0142." in stranger.get(place).content.decode()
    news_goes_out()
    assert [notice.text for notice in shown_to(answers.user)] == ["The change to your post is published."]


def test_turning_a_change_down_leaves_the_published_text(moderator, answers, stranger):
    post = topic_by(answers, text="The old text.")
    edited(answers, post, text="The new text.")
    _decide(moderator, post, "reject", reason_code="off_topic")
    post = again(post)
    assert (post.state, post.published_revision.source) == (PostState.PUBLISHED, "The old text.")
    assert "The old text." in stranger.get(post.topic.get_absolute_url()).content.decode()


def test_reports_of_a_text_outlive_a_change_that_was_turned_down(moderator, answers, stranger):
    post = topic_by(answers, text="The old text.")
    actions.report_post(by=stranger.member, post=post, category="unkind")
    edited(answers, post, text="The new text.")
    first = item_of(post)
    _decide(moderator, post, "reject", reason_code="off_topic")
    second = item_of(post)
    assert (second.status, second.previous_id) == (ItemStatus.OPEN, first.pk)
    assert "It is cruel, shaming or threatening" in moderator.get(page_of(post)).content.decode()


def test_leaving_a_reported_post_as_it_is_tells_the_reporter_and_not_the_author(moderator, answers, stranger):
    post = topic_by(answers)
    actions.report_post(by=stranger.member, post=post, category="unkind", note="It hurt me.")
    page = moderator.get(page_of(post)).content.decode()
    assert "Report: “It is cruel, shaming or threatening”" in page
    assert "It hurt me." in page
    assert "stranger" not in page
    _decide(moderator, post, "keep")
    assert again(post).state == PostState.PUBLISHED
    news_goes_out()
    assert len(shown_to(stranger.user)) == 1
    news_goes_out()
    assert shown_to(answers.user) == []


def test_words_typed_before_the_session_ended_come_back_after_signing_in(moderator, held):
    address = page_of(held)
    fields = opened(moderator, address) | {"decision": "approve", "message": f"Kind {SECRET}"}
    person = moderator.anew()
    moderator.logout()
    assert moderator.post(address, fields)["Location"].startswith("/sign-in/")
    assert again(held).state == PostState.HELD
    page = person.get(address).content.decode()
    assert f"Kind {SECRET}" in page
    assert "Your words are back" in page


def test_a_colleague_never_reads_words_another_moderator_typed(moderator, second_moderator, held):
    address = page_of(held)
    fields = opened(moderator, address) | {"decision": "approve", "note": f"Team {SECRET} mine"}
    assert second_moderator.post(address, fields).status_code == 302
    assert again(held).state == PostState.HELD
    assert f"Team {SECRET} mine" not in second_moderator.get(address).content.decode()
    assert f"Team {SECRET} mine" in moderator.get(address).content.decode()


def test_a_withdrawn_post_with_words_of_danger_is_still_seen_to_the_end(moderator, asks):
    post = topic_by(asks, text="I want to kill myself tonight.")
    actions.withdraw_post(by=asks.member, post=post)
    page = moderator.get(page_of(post)).content.decode()
    assert "Taken back by its author." in page
    assert _decide(moderator, post, "keep").status_code == 302
    assert item_of(post).status == ItemStatus.RESOLVED


def test_a_reply_is_published_at_the_end_of_its_topic(moderator, asks, answers):
    topic = topic_by(answers).topic
    reply = reply_by(asks, topic)
    assert decided(moderator, reply).position == 2
