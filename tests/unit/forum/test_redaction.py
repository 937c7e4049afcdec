"""What the team took out is gone from everywhere others look, and copies of it come to the team (H12)."""

import uuid

import pytest
from django.db.models import Q

from accounts.models import Notice, Outbox
from accounts.notices import words_for
from forum import actions
from forum.models import ModAction, Post, ReviewItem
from forum.states import Decision, ItemStatus, RevisionState
from tests.flows.forum_scene import again, decided, item_of, reply_by, topic_by

pytestmark = pytest.mark.django_db

NUMBER = "5550 1234 77"


def redacted(person, post, *, text: str) -> Post:
    """The post after this moderator published it with other words."""
    item, latest = item_of(post), again(post).latest_revision
    actions.decide(
        by=person.member,
        item=item,
        version=item.version,
        revision_id=latest.pk,
        decision=Decision.REDACT,
        wording=actions.prepare(title=latest.title, source=text),
        reason_code="private",
        idempotency_key=uuid.uuid4().hex,
    )
    return again(post)


def test_what_was_taken_out_is_in_no_text_that_others_read(asks, answers, moderator, stranger):
    topic = topic_by(answers).topic
    post = redacted(
        moderator, reply_by(asks, topic, text=f"Call me: {NUMBER}. It is hard."), text="It is hard."
    )
    page = stranger.get(f"/talk/t/{topic.public_id}/").content.decode()
    assert "It is hard." in page
    assert NUMBER not in page
    holds_it = Q(published_revision__source__contains=NUMBER) | Q(published_revision__html__contains=NUMBER)
    assert not Post.objects.filter(holds_it).exists()
    assert [revision.state for revision in post.revisions.all()] == [
        RevisionState.REDACTED,
        RevisionState.APPROVED,
    ]
    assert NUMBER not in str(list(ModAction.objects.values()))
    for row in (*Notice.objects.select_related("person"), *Outbox.objects.select_related("person")):
        told = words_for(row.person, row.kind, row.subject_id)
        assert NUMBER not in f"{row.subject_id} {row.dedupe_key} {told}"


def test_copies_of_it_come_to_the_team_and_nothing_else_does(asks, answers, moderator, stranger):
    topic = topic_by(answers).topic
    quoted = reply_by(stranger, topic, text=f"> Call me: {NUMBER}.\n\nI will.")
    elsewhere = topic_by(answers, text=f"A bill: {NUMBER}.")  # another person, another topic
    harmless = reply_by(answers, topic, text="It is hard for us too.")
    redacted(moderator, reply_by(asks, topic, text=f"Call me: {NUMBER}. It is hard."), text="It is hard.")
    waiting = ReviewItem.objects.filter(status=ItemStatus.OPEN).values_list("post", flat=True)
    assert list(waiting) == [quoted.pk]
    assert again(quoted).state == "published"  # a person decides
    assert {again(elsewhere).state, again(harmless).state} == {"published"}


def test_a_later_change_of_the_author_does_not_bring_it_back(answers, asks, moderator, stranger):
    topic = topic_by(answers).topic
    post = redacted(moderator, reply_by(asks, topic, text=f"Call me: {NUMBER}."), text="Call me.")
    wording = actions.prepare(source=f"Call me, really: {NUMBER}.")
    actions.edit_post(by=asks.member, post=post, wording=wording)
    assert NUMBER not in stranger.get(f"/talk/t/{topic.public_id}/").content.decode()
    decided(moderator, post, Decision.REJECT, reason_code="private")
    assert NUMBER not in stranger.get(f"/talk/t/{topic.public_id}/").content.decode()
    assert again(post).published_revision.source == "Call me."
