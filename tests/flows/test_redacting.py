"""Publishing without what must go: those words are in nobody else's page, notice or mail (A12; hazard H12)."""

import uuid

import pytest

from accounts.notices import shown_to
from accounts.outbox import drain
from forum import actions
from forum.models import ModAction, ReviewItem
from forum.states import Decision, PostState, RevisionState
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    item_of,
    news_goes_out,
    opened,
    page_of,
    topic_by,
)

pytestmark = pytest.mark.django_db

CANARY = "Cedarbrook House on Tamarack Road"
TEXT = f"He sleeps better now. They are kind at {CANARY}. I am grateful."
WITHOUT = "He sleeps better now. They are kind there. I am grateful."


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


def redact(person, post, *, text=WITHOUT, **more):
    form = opened(person, page_of(post))
    form |= {
        "decision": "redact",
        "reason_code": "private",
        "message": "The place could show who.",
        "text": text,
    }
    return person.post(page_of(post), form | more)


def test_the_rest_is_published_and_its_author_is_told_what_changed(
    asks, answers, stranger, moderator, topic, mailoutbox
):
    """A12."""
    post = write_reply(asks.member, topic, text=TEXT)
    assert redact(moderator, post).status_code == 302
    post = again(post)
    assert (post.state, post.published_revision.source) == (PostState.PUBLISHED, WITHOUT)
    assert post.published_revision.editor_kind == "moderator"
    assert post.revisions.get(number=1).state == RevisionState.REDACTED
    news_goes_out()
    drain()
    for person in (answers, stranger):
        for address in (
            topic.get_absolute_url(),
            f"/talk/p/{post.public_id}/",
            "/me/notices/",
            "/talk/mine/",
        ):
            page = person.get(address, follow=True).content.decode()
            assert "Cedarbrook" not in page
            assert "Tamarack" not in page
    assert "changed by the moderation team" in stranger.get(topic.get_absolute_url()).content.decode()
    assert not [mail for mail in mailoutbox if "Cedarbrook" in mail.body + mail.subject]
    assert "The team changed it first" in shown_to(asks.user)[0].text
    mine = asks.get("/talk/mine/").content.decode()
    assert "Cedarbrook" in mine
    assert "The place could show who." in mine


def test_a_change_is_published_without_what_must_go(stranger, asks, moderator, topic):
    post = again(write_reply(stranger.member, topic, text="He sleeps better now."))
    edited(stranger, post, text=TEXT)
    assert redact(moderator, post).status_code == 302
    post = again(post)
    assert (post.published_revision.source, post.published_revision.number) == (WITHOUT, 3)
    assert [one.state for one in post.revisions.all()] == ["superseded", "redacted", "approved"]
    assert "Cedarbrook" not in asks.get(topic.get_absolute_url()).content.decode()
    assert ModAction.objects.latest("seq").verb == "redact_edit"
    # Undone, the text before it is shown and the author's change waits once more.
    assert moderator.post(f"/queue/undo/{ModAction.objects.latest('seq').pk}/").status_code == 302
    post = again(post)
    assert post.published_revision.source == "He sleeps better now."
    assert (post.latest_revision.source, post.has_pending_edit) == (TEXT, True)


def test_the_title_of_a_topic_is_changed_with_its_text(asks, stranger, moderator):
    post = topic_by(asks, title=f"Leaving {CANARY}", text=TEXT)
    assert redact(moderator, post, title="Leaving the house").status_code == 302
    post = again(post)
    page = stranger.get(post.topic.get_absolute_url()).content.decode()
    assert "Leaving the house" in page
    assert "Cedarbrook" not in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(TEXT, "Nothing is taken out"), ("  ", "Nothing would be left"), ("x" * 10_001, "x" * 100)],
    ids=["the same text", "no text", "too long"],
)
def test_a_text_that_cannot_stand_is_given_back_and_nothing_is_decided(
    asks, moderator, topic, text, sentence
):
    post = write_reply(asks.member, topic, text=TEXT)
    answer = redact(moderator, post, text=text)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "The place could show who." in page
    assert again(post).state == PostState.HELD


def test_it_needs_a_reason(asks, moderator, topic):
    post = write_reply(asks.member, topic, text=TEXT)
    assert redact(moderator, post, reason_code="none").status_code == 422
    assert again(post).state == PostState.HELD


def test_who_comes_second_gets_the_changed_text_back(asks, moderator, second_moderator, topic):
    post = write_reply(asks.member, topic, text=TEXT)
    form = opened(moderator, page_of(post))
    decided(second_moderator, post, Decision.RETURN, reason_code="private")
    form |= {"decision": "redact", "reason_code": "private", "message": "Mine.", "text": WITHOUT}
    answer = moderator.post(page_of(post), form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert WITHOUT in page
    assert "Mine." in page
    assert again(post).state == PostState.RETURNED


def test_posts_that_repeat_what_was_taken_out_come_into_the_queue(asks, answers, stranger, moderator, topic):
    """H12: found in the same topic, written in other letters; other posts stay alone."""
    copy = write_reply(stranger.member, topic, text="Do you mean CEDARBROOK house on Tamarack  Road?")
    other = write_reply(stranger.member, topic, text="They are kind there, I hear.")
    post = write_reply(asks.member, topic, text=TEXT)
    redact(moderator, post)
    item = item_of(copy)
    assert [reason.kind for reason in item.reasons.all()] == ["manual"]
    assert again(copy).state == PostState.PUBLISHED
    assert not ReviewItem.objects.filter(post=other).exists()


def test_a_post_the_team_changes_later_stays_published_and_is_not_queued(stranger, moderator, topic):
    """A19."""
    post = again(write_reply(stranger.member, topic, text=TEXT))
    wording = actions.prepare(source=WITHOUT)
    actions.amend_post(by=moderator.member, post=post, wording=wording, reason_code="private")
    post = again(post)
    assert (post.state, post.edited_by_team) == (PostState.PUBLISHED, True)
    assert not ReviewItem.objects.filter(post=post).exists()


def test_a_wording_the_team_did_not_read_is_not_published(asks, moderator, topic):
    """H4: its author changed it between reading and deciding."""
    post = write_reply(asks.member, topic, text=TEXT)
    form = opened(moderator, page_of(post))
    edited(asks, again(post), text=f"{uuid.uuid4().hex} is new.")
    form |= {"decision": "redact", "reason_code": "private", "text": WITHOUT}
    assert moderator.post(page_of(post), form).status_code == 409
    assert again(post).state == PostState.HELD
