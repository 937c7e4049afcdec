"""The team hides, takes down, brings back and changes posts outside the queue (scenarios A16, A19)."""

from dataclasses import replace

import pytest

from accounts.models import Notice
from accounts.notices import shown_to
from forum import actions
from forum.models import ModAction, Post, Report, ReviewItem
from forum.states import Decision, ItemStatus, PostState, ReportState, RevisionState
from forum.views import moderating
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    hidden_fields,
    item_of,
    opened,
    reply_by,
    topic_by,
    url_of,
)

ACTS = ("hide", "remove", "restore", "amend")
WHY = {"reason_code": "unkind", "message": "Kind words", "note": "Team words"}


@pytest.fixture
def shown(answers):
    return topic_by(answers, text="The old text.")


@pytest.fixture
def reply(stranger, shown):
    return reply_by(stranger, shown.topic)


def _do(person, post, act, **fields):
    address = url_of(post, act)
    return person.post(address, opened(person, address) | fields)


def _counters(post):
    topic = again(post).topic
    return (topic.published_count, topic.last_position, topic.next_position, topic.board.topic_count)


@pytest.mark.parametrize(("act", "state"), [("hide", PostState.HIDDEN), ("remove", PostState.REMOVED)])
def test_a_moderator_takes_a_reply_out_of_sight_and_its_place_stays(moderator, answers, reply, act, state):
    response = _do(moderator, reply, act, **WHY)
    assert response.status_code == 302
    assert response["Location"] == reply.get_absolute_url()
    post = again(reply)
    assert (post.state, post.position) == (state, 2)
    assert reply.latest_revision.source not in answers.get(reply.topic.get_absolute_url()).content.decode()
    assert answers.get(reply.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_the_author_is_told_once_with_the_rule_and_the_message(moderator, stranger, answers, reply, act):
    Notice.objects.all().delete()
    _do(moderator, reply, act, **WHY)
    assert len(shown_to(stranger.user)) == 1
    page = stranger.get("/talk/mine/").content.decode()
    assert "It blames or shames a person." in page
    assert "Kind words" in page
    assert "Team words" not in page
    assert not Notice.objects.exclude(person=stranger.user).exists()


def test_an_act_is_on_the_record_with_its_reason_and_its_words_apart(moderator, reply):
    _do(moderator, reply, "hide", **WHY)
    act = ModAction.objects.get(verb="hide_post")
    assert (act.reason_code, act.from_state, act.to_state) == ("unkind", "published", "hidden")
    assert (act.text.message, act.text.note) == ("Kind words", "Team words")


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_sent_twice_it_is_one_act(moderator, reply, act):
    address = url_of(reply, act)
    fields = opened(moderator, address) | WHY
    first, second = moderator.post(address, fields), moderator.post(address, fields)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert ModAction.objects.filter(verb=f"{act}_post").count() == 1
    assert again(reply).topic.published_count == 1


@pytest.mark.parametrize("act", ["hide", "remove", "amend"])
def test_without_a_reason_nothing_happens_and_the_words_are_kept(moderator, reply, act):
    response = _do(moderator, reply, act, text="A text I worked on.", message="Kind words")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Kind words" in page
    assert again(reply).state == PostState.PUBLISHED
    if act == "amend":
        assert "A text I worked on." in page


@pytest.mark.parametrize("act", ACTS)
def test_opening_the_form_changes_nothing(moderator, reply, act):
    before = Post.objects.values().get(pk=reply.pk)
    moderator.get(url_of(reply, act))
    assert Post.objects.values().get(pk=reply.pk) == before


@pytest.mark.parametrize("act", ACTS)
def test_for_members_these_pages_do_not_exist(answers, stranger, reply, act):
    for person in (answers, stranger):  # its author, too
        assert person.get(url_of(reply, act)).status_code == 404
        assert person.post(url_of(reply, act), WHY).status_code == 404
    assert again(reply).state == PostState.PUBLISHED


@pytest.mark.parametrize("act", ACTS)
def test_a_visitor_is_asked_to_sign_in(visitor, reply, act):
    for address in (url_of(reply, act), f"/talk/p/AAAAAAAAAAAA/{act}/"):
        assert visitor.get(address)["Location"] == f"/sign-in/?next={address}"
        assert visitor.post(address, WHY)["Location"] == f"/sign-in/?next={address}"
    assert again(reply).state == PostState.PUBLISHED


@pytest.mark.parametrize("act", ACTS)
def test_a_moderator_finds_nothing_at_a_made_up_address(moderator, act):
    assert moderator.get(f"/talk/p/AAAAAAAAAAAA/{act}/").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_nobody_does_this_to_their_own_post(safety_lead, act):
    own = topic_by(safety_lead)
    assert safety_lead.get(url_of(own, act)).status_code == 403
    assert safety_lead.post(url_of(own, act), WHY | {"text": "x"}).status_code == 403
    assert again(own).state == PostState.PUBLISHED


@pytest.mark.parametrize("act", ["hide", "remove", "amend"])
def test_a_post_that_waits_is_decided_in_the_queue_alone(moderator, asks, act):
    held = topic_by(asks)
    assert moderator.get(url_of(held, act)).status_code == 403
    assert moderator.post(url_of(held, act), WHY | {"title": "x", "text": "x"}).status_code == 403
    assert again(held).state == PostState.HELD


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_a_restored_reply_is_back_in_its_place_with_counters_as_before_and_no_new_notice(
    moderator, answers, stranger, reply, act
):
    """A16."""
    before = _counters(reply)
    _do(moderator, reply, act, **WHY)
    notices = list(Notice.objects.order_by("pk").values_list("pk", flat=True))
    response = _do(moderator, reply, "restore", note="Read again with a colleague")
    assert response.status_code == 302
    post = again(reply)
    assert (post.state, post.position) == (PostState.PUBLISHED, 2)
    assert _counters(reply) == before
    assert list(Notice.objects.order_by("pk").values_list("pk", flat=True)) == notices
    assert reply.latest_revision.source in answers.get(reply.topic.get_absolute_url()).content.decode()
    restored = ModAction.objects.get(verb="restore_post")
    assert restored.reverses_id == ModAction.objects.get(verb=f"{act}_post").pk


def test_a_restored_first_post_brings_its_topic_back(moderator, stranger, shown, reply):
    """A16."""
    before = _counters(shown)
    _do(moderator, shown, "remove", **WHY)
    assert stranger.get(shown.topic.get_absolute_url()).status_code in {200, 404}
    assert again(shown).topic.board.topic_count == 0
    _do(moderator, shown, "restore")
    assert _counters(shown) == before
    assert stranger.get(shown.topic.get_absolute_url()).status_code == 200


def test_restoring_twice_is_one_act(moderator, reply):
    _do(moderator, reply, "hide", **WHY)
    address = url_of(reply, "restore")
    fields = opened(moderator, address)
    assert moderator.post(address, fields).status_code == 302
    assert moderator.post(address, fields).status_code == 302
    assert ModAction.objects.filter(verb="restore_post").count() == 1


def test_a_refused_post_that_is_brought_back_gets_its_first_place(moderator, asks, answers):
    topic = topic_by(answers).topic
    held = reply_by(asks, topic)
    decided(moderator, held, Decision.REJECT, reason_code="off_topic")
    _do(moderator, held, "restore")
    post = again(held)
    assert (post.state, post.position) == (PostState.PUBLISHED, 2)


def test_restoring_gives_back_the_trust_and_the_report_that_a_removal_took(
    moderator, answers, stranger, reply
):
    actions.report_post(by=answers.member, post=reply, category="unkind")
    decided(moderator, reply, Decision.REMOVE, reason_code="unkind")
    assert stranger.member.trust == 0
    _do(moderator, reply, "restore")
    assert stranger.member.trust == 1
    assert Report.objects.get().state == ReportState.NOT_UPHELD


def test_a_post_the_team_changed_stays_published_is_marked_and_is_not_queued(
    moderator, answers, stranger, reply
):
    """A19."""
    response = _do(moderator, reply, "amend", text="The text without the street.", **WHY)
    assert response.status_code == 302
    post = again(reply)
    assert post.state == PostState.PUBLISHED
    assert post.edited_by_team
    assert not ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN).exists()
    page = answers.get(post.topic.get_absolute_url()).content.decode()
    assert "The text without the street." in page
    assert reply.latest_revision.source not in page
    assert "changed by the moderation team" in page
    assert [notice.text for notice in shown_to(stranger.user)] == [
        "The team changed a post of yours. The reason is there."
    ]


def test_the_same_change_sent_twice_is_one_wording(moderator, reply):
    address = url_of(reply, "amend")
    fields = opened(moderator, address) | WHY | {"text": "The text without the street."}
    assert moderator.post(address, fields).status_code == 302
    assert moderator.post(address, fields).status_code == 302
    assert reply.revisions.count() == 2
    assert ModAction.objects.filter(verb="amend_post").count() == 1


@pytest.mark.parametrize("text", ["", "   ", "word " * 3000])
def test_a_change_that_cannot_be_shown_is_refused_with_the_text_kept(moderator, reply, text):
    response = _do(moderator, reply, "amend", text=text, **WHY)
    assert response.status_code == 422
    assert text.strip() in response.content.decode()
    assert "Kind words" in response.content.decode()
    assert reply.revisions.count() == 1


def test_the_form_to_change_a_first_post_holds_its_title_and_text(moderator, shown):
    page = moderator.get(url_of(shown, "amend")).content.decode()
    assert "A first evening" in page
    assert "The old text." in page
    _do(moderator, shown, "amend", title="A kinder title", text="The old text.", **WHY)
    assert again(shown).topic.title == "A kinder title"


def test_the_team_does_not_write_over_a_change_that_waits(moderator, answers, shown):
    edited(answers, shown, text="The author's new text.")
    response = _do(moderator, shown, "amend", title="A", text="The team's new text.", **WHY)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Decide about that first." in page
    assert "The team&#x27;s new text." in page
    assert again(shown).has_pending_edit


@pytest.mark.parametrize("act", ["hide", "remove"])
def test_a_change_that_waited_on_a_post_taken_down_can_be_sent_again_later(moderator, answers, shown, act):
    edited(answers, shown, text="The author's new text.")
    _do(moderator, shown, act, **WHY)
    assert again(shown).latest_revision.state == RevisionState.RETURNED
    _do(moderator, shown, "restore")
    post = again(shown)
    assert not post.has_pending_edit
    edited(answers, post, text="The author's new text.")
    assert again(shown).has_pending_edit
    assert item_of(shown).status == ItemStatus.OPEN


def test_a_moderator_who_is_late_is_told_and_keeps_the_words(moderator, second_moderator, stranger, reply):
    address = url_of(reply, "hide")
    fields = opened(moderator, address) | WHY
    decision = {"by": second_moderator.member, "post": again(reply), "reason_code": "spam"}
    actions.remove_post(**decision)
    response = moderator.post(address, fields)
    assert response.status_code == 403
    assert ModAction.objects.filter(verb="hide_post").count() == 0


def test_two_at_the_same_moment_are_one_act_and_a_409_with_the_words(moderator, reply, monkeypatch):
    def beaten(by, post, form):
        raise actions.Conflict

    monkeypatch.setattr(moderating, "HIDE", replace(moderating.HIDE, act=beaten))
    address = url_of(reply, "hide")
    response = moderator.post(address, opened(moderator, address) | WHY)
    assert response.status_code == 409
    assert "Kind words" in response.content.decode()
    assert hidden_fields(response)["token"]


def test_a_text_written_from_an_older_one_does_not_replace_a_newer_unread(moderator, second_moderator, reply):
    """The words are given back beside the text as it is now, and can be sent knowingly."""
    address = url_of(reply, "amend")
    form = opened(moderator, address) | {"text": "Mine, from the old text.", **WHY}
    wording = actions.prepare(source="A colleague's text.")
    actions.amend_post(by=second_moderator.member, post=again(reply), wording=wording, reason_code="private")
    answer = moderator.post(address, form)
    assert answer.status_code == 409
    assert "Mine, from the old text." in answer.content.decode()
    assert again(reply).published_revision.source == "A colleague's text."
    assert moderator.post(address, form | hidden_fields(answer)).status_code == 302
    assert again(reply).published_revision.source == "Mine, from the old text."
