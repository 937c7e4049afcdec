"""Eight processes write and decide at once in one topic, on PostgreSQL (design: forum 1.7; I2, I3, I4, I9)."""

import multiprocessing
import random
import time
import uuid
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from forum import actions, rules
from forum.actions import record
from forum.actions.counting import recount
from forum.models import Member, ModAction, Post, ReviewItem, Topic
from forum.states import Decision, ItemStatus, PostState
from tests.flows.forum_scene import again, topic_by

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.slow,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]

WRITERS, DECIDERS, POSTS_EACH = 4, 4, 6
DEADLINE = 60


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def write(user, topic_pk: int, name: str) -> list[str]:
    """Send some replies; what the site said it has kept."""
    kept = []
    by = Member.objects.for_user(user)
    for number in range(POSTS_EACH):
        wording = actions.prepare(source=f"Reply {number} of {name}.")
        key = uuid.uuid4().hex
        for _again in range(2):  # as a browser that sends a form twice
            sent = actions.submit_reply(
                by=by, topic=Topic.objects.get(pk=topic_pk), wording=wording, client_token=key
            )
        kept.append(sent.post.public_id)
    return kept


def decide_what_waits(user, topic_pk: int, name: str, expected: int) -> list[str]:
    """Decide whatever is open, without a claim, until all have been written and nothing waits."""
    chance = random.Random(name)  # noqa: S311  which decision, not a secret
    by = Member.objects.for_user(user)
    done, end = [], time.monotonic() + DEADLINE
    while time.monotonic() < end:
        items = list(ReviewItem.objects.filter(post__topic_id=topic_pk, status=ItemStatus.OPEN))
        if not items:
            if Post.objects.filter(topic_id=topic_pk).count() == expected:
                return done
            time.sleep(0.01)
            continue
        item = chance.choice(items)
        post = again(Post(pk=item.post_id))
        decision = chance.choice([Decision.APPROVE, Decision.APPROVE, Decision.REJECT])
        try:
            actions.decide(
                by=by,
                item=item,
                version=item.version,
                revision_id=post.latest_revision_id,
                decision=decision,
                reason_code="spam" if decision == Decision.REJECT else "",
                idempotency_key=uuid.uuid4().hex,
            )
        except actions.Conflict:
            continue
        done.append(f"{post.public_id} {decision}")
        if decision == Decision.APPROVE and chance.random() < 0.3:
            try:
                actions.hide_post(by=by, post=again(post), reason_code="spam")
                actions.restore_post(by=by, post=again(post))
            except (actions.Conflict, actions.Refused, PermissionDenied):
                continue
    raise TimeoutError


def in_a_process(answers, call, *values) -> None:
    """What a child does: its own connection, one answer."""
    try:
        answers.put(("done", call.__name__, call(*values)))
    except BaseException as error:
        answers.put(("failed", call.__name__, repr(error)))
    finally:
        connections.close_all()


def test_eight_processes_in_one_topic_lose_nothing_and_count_right(person, answers, monkeypatch):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    topic = topic_by(answers).topic
    expected = 1 + WRITERS * POSTS_EACH
    calls = []
    for number in range(WRITERS):  # half of them are new: their posts wait
        one = person(f"writes-{number}", trust=number % 2)
        calls.append((write, one.user, topic.pk, f"writer {number}"))
    for number in range(DECIDERS):
        one = person(f"decides-{number}", role="moderator")
        calls.append((decide_what_waits, one.user, topic.pk, f"decider {number}", expected))

    forked = multiprocessing.get_context("fork")
    said = forked.Queue()
    connections.close_all()
    children = [forked.Process(target=in_a_process, args=(said, *call), daemon=True) for call in calls]
    for child in children:
        child.start()
    told = [said.get(timeout=DEADLINE + 20) for _child in children]
    for child in children:
        child.join(timeout=20)

    assert [one for one in told if one[0] == "failed"] == []
    kept = [public_id for _state, what, ids in told if what == "write" for public_id in ids]
    decided = [done for _state, what, acts in told if what == "decide_what_waits" for done in acts]
    assert len(kept) == len(set(kept)) == WRITERS * POSTS_EACH
    posts = Post.objects.filter(topic=topic)
    assert set(posts.values_list("public_id", flat=True)) - {again(topic.first_post).public_id} == set(kept)

    # Each decision that was accepted is there once, and each post was decided at most once.
    on_record = ModAction.objects.filter(verb__in=["approve_post", "reject_post"])
    assert on_record.count() == len(decided) == WRITERS // 2 * POSTS_EACH
    assert set(Counter(done.split()[0] for done in decided).values()) == {1}
    for public_id, decision in (done.split() for done in decided):
        state = posts.get(public_id=public_id).state
        assert (state == PostState.REJECTED) == (decision == Decision.REJECT)
        assert state in {PostState.REJECTED, PostState.PUBLISHED, PostState.HIDDEN}

    placed = posts.filter(position__isnull=False).order_by("position")
    assert [post.position for post in placed] == list(range(1, placed.count() + 1))
    assert recount() == []
    assert list(record.faults()) == []
