"""Counters, places and items stay true whatever people do, in any order (invariants I1, I2, I3, I4, I5, I7).

A hypothesis state machine acts on one topic as members and moderators do; after each step everything is
counted again (hazard H2).
"""

import dataclasses
import itertools
import uuid
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Notice
from forum import actions, rules
from forum.actions.counting import recount
from forum.actions.undoing import REVERSE
from forum.models import Board, Member, ModAction, Post, PostRevision, ReviewItem, Topic
from forum.states import (
    PLACED,
    READABLE_TOPICS,
    Decision,
    ItemStatus,
    PostState,
    ReasonCode,
    RevisionState,
)
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, topic_by

pytestmark = pytest.mark.django_db


class People:
    """Who acts in the machine; made once, outside the examples."""

    new: Member
    known: Member
    reader: Member
    moderators: list[Member]
    wording: actions.Wording
    titled: actions.Wording


#: Decisions about a post that end its item.
DECISIONS = [one for one in Decision if one not in rules.KEEPS_OPEN | {Decision.OVERTURN, Decision.CONFIRM}]
WHICH = st.integers(min_value=0, max_value=7)


class TopicLife(RuleBasedStateMachine):
    """One topic, two writers, one reader who reports, two moderators."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.words = itertools.count(1)
        self.places: dict[int, int] = {}
        self.closed: dict[int, dict] = {}
        self.acts = ModAction.objects.count()
        self.board = Board.objects.create(slug=f"b{uuid.uuid4().hex[:8]}", name="B", purpose="p")
        sent = actions.submit_topic(
            by=People.new, board=self.board, wording=self._wording(titled=True), client_token=uuid.uuid4().hex
        )
        self.topic = sent.post.topic

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    # --- what is there now ---------------------------------------------------------------------------------

    def _wording(self, *, titled: bool = False) -> actions.Wording:
        n = next(self.words)
        base = People.titled if titled else People.wording
        return dataclasses.replace(base, source=f"words {n}", html=f"<p>words {n}</p>", sha256=f"{n:064d}")

    def _pick(self, which: int, *states: PostState) -> Post | None:
        found = list(Post.objects.filter(topic=self.topic, state__in=states).order_by("pk"))
        return again(found[which % len(found)]) if found else None

    def _open_items(self) -> list[ReviewItem]:
        items = ReviewItem.objects.filter(post__topic=self.topic, status=ItemStatus.OPEN)
        return list(items.select_related("post").order_by("pk"))

    def _one_act(self, *, verbs: int) -> None:
        """I4: as many rows on the record as there were acts (trust follows an act and names it)."""
        now = ModAction.objects.exclude(verb="set_trust").count()
        assert now == self.acts + verbs, (now, self.acts, verbs)
        self.acts = now

    # --- what people do --------------------------------------------------------------------------------------

    @rule(known=st.booleans())
    def reply(self, known):
        by = People.known if known else People.new
        by.refresh_from_db()
        topic = Topic.objects.select_related("board").get(pk=self.topic.pk)
        if not Topic.objects.seen_by(by.user).filter(pk=topic.pk).exists():
            return
        try:
            actions.submit_reply(by=by, topic=topic, wording=self._wording(), client_token=uuid.uuid4().hex)
        except PermissionDenied:
            assert topic.state != "open"

    @rule(which=WHICH, decision=st.sampled_from(DECISIONS), by=st.booleans())
    @precondition(lambda self: self._open_items())
    def decide(self, which, decision, by):
        items = self._open_items()
        item = items[which % len(items)]
        post = again(item.post)
        needs = decision in rules.NEEDS_REASON
        try:
            actions.decide(
                by=People.moderators[by],
                item=item,
                version=item.version,
                revision_id=post.latest_revision_id,
                decision=decision,
                reason_code=ReasonCode.UNKIND if needs else "",
                idempotency_key=uuid.uuid4().hex,
                wording=self._wording(titled=post.is_first) if decision == Decision.REDACT else None,
            )
        except actions.Refused:
            allowed = rules.decisions_for(state=post.state, pending_edit=post.has_pending_edit)
            assert decision not in allowed
            self._one_act(verbs=0)
            assert again(post).state == post.state
            return
        item.refresh_from_db()
        assert item.status == ItemStatus.RESOLVED
        self._one_act(verbs=1)

    @rule(by=st.booleans(), twice=st.booleans())
    def undo_the_last_decision(self, by, twice):
        act = ModAction.objects.filter(verb__in=REVERSE, item_id__isnull=False).order_by("-seq").first()
        if act is None or ModAction.objects.filter(reverses_id=act.pk).exists():
            return
        post = Post.objects.get(pk=act.subject_id)
        if post.topic_id != self.topic.pk or People.moderators[by].pk != act.actor_id:
            return
        before = ReviewItem.objects.filter(post=post).count()
        open_before = ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN).count()
        try:
            done = actions.undo_decision(by=People.moderators[by], action=act)
        except actions.Conflict:
            self._one_act(verbs=0)
            return
        if twice:
            assert actions.undo_decision(by=People.moderators[by], action=act) == done
        assert ReviewItem.objects.filter(post=post).count() == before + 1 - open_before
        self._one_act(verbs=1)

    @rule(which=WHICH)
    def edit(self, which):
        post = self._pick(which, PostState.HELD, PostState.RETURNED, PostState.PUBLISHED)
        if post is None:
            return
        before = post.published_revision_id
        actions.edit_post(by=post.author, post=post, wording=self._wording(titled=post.is_first))
        assert again(post).published_revision_id == before

    @rule(which=WHICH)
    def take_back(self, which):
        post = self._pick(which, PostState.HELD, PostState.RETURNED, PostState.PUBLISHED)
        if post is None or (post.is_first and which > 1):  # most topics live longer
            return
        actions.withdraw_post(by=post.author, post=post)
        self._one_act(verbs=1)

    @rule(which=WHICH)
    def hide(self, which):
        post = self._pick(which, PostState.PUBLISHED)
        if post:
            actions.hide_post(by=People.moderators[0], post=post, reason_code="unkind")
            self._one_act(verbs=1)

    @rule(which=WHICH)
    def remove(self, which):
        post = self._pick(which, PostState.PUBLISHED, PostState.HIDDEN)
        if post:
            actions.remove_post(by=People.moderators[0], post=post, reason_code="unkind")
            self._one_act(verbs=1)

    @rule(which=WHICH)
    def restore(self, which):
        post = self._pick(which, PostState.HIDDEN, PostState.REMOVED, PostState.REJECTED)
        if post:
            actions.restore_post(by=People.moderators[1], post=post)
            self._one_act(verbs=1)

    @rule(which=WHICH)
    def report(self, which):
        post = self._pick(which, PostState.PUBLISHED)
        if post:
            actions.report_post(by=People.reader, post=post, category="unkind")

    # --- what must hold after each step --------------------------------------------------------------------------

    @invariant()
    def counters_equal_a_recount(self):
        """I3."""
        assert recount() == []

    @invariant()
    def places_are_gapless_and_given_once(self):
        """I2."""
        now = dict(
            Post.objects.filter(topic=self.topic, position__isnull=False).values_list("pk", "position")
        )
        assert sorted(now.values()) == list(range(1, len(now) + 1))
        assert {pk: now[pk] for pk in self.places} == self.places
        self.places = now
        for state, position in Post.objects.filter(topic=self.topic).values_list("state", "position"):
            assert (position is not None) == (state in PLACED)

    @invariant()
    def others_read_what_is_published_and_no_other_words(self):
        """I1."""
        topic = Topic.objects.get(pk=self.topic.pk)
        readable = topic.state in READABLE_TOPICS
        published = set(
            Post.objects.filter(topic=topic, state=PostState.PUBLISHED).values_list("pk", flat=True)
        )
        seen = Post.objects.seen_by(People.reader.user).filter(topic=topic)
        assert {post.pk for post in seen} == (published if readable else set())
        assert not Post.objects.seen_by(AnonymousUser()).filter(topic=topic).exists()
        for post in seen.with_text():
            assert post.published_revision.state == RevisionState.APPROVED
        for revision in PostRevision.objects.filter(post__topic=topic, state=RevisionState.SUBMITTED):
            assert revision.post.published_revision_id != revision.pk
            assert revision.post.latest_revision_id == revision.pk
            assert revision.post.state in {PostState.HELD, PostState.PUBLISHED}

    @invariant()
    def what_waits_has_an_open_item(self):
        """Nothing is forgotten: a text that waits is in the queue, and at most once."""
        waiting = PostRevision.objects.filter(post__topic=self.topic, state=RevisionState.SUBMITTED)
        open_for = [item.post_id for item in self._open_items()]
        assert len(open_for) == len(set(open_for))
        assert set(waiting.values_list("post_id", flat=True)) <= set(open_for)

    @invariant()
    def what_is_decided_never_changes(self):
        """I7."""
        rows = ReviewItem.objects.filter(post__topic=self.topic, status=ItemStatus.RESOLVED).values()
        now = {row["id"]: row for row in rows}
        assert {pk: now[pk] for pk in self.closed} == self.closed
        self.closed = now

    @invariant()
    def nobody_hears_of_what_was_never_public(self):
        """I5."""
        never = Post.objects.filter(topic=self.topic, published_at=None)
        ids = list(never.values_list("public_id", flat=True))
        assert not Notice.objects.filter(subject_id__in=ids).exists()
        authors = {People.new.user_id, People.known.user_id}
        told = Notice.objects.filter(kind="post.decided").values_list("person_id", flat=True)
        assert set(told) <= authors


def test_whatever_people_do_the_counters_stay_true(
    person, moderator, second_moderator, stranger, monkeypatch
):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    monkeypatch.setattr(rules, "REPORTS_A_DAY", 1000)
    People.new = person("writes-first").member
    People.known = person("writes-often", trust=1).member
    People.reader = stranger.member
    People.moderators = [moderator.member, second_moderator.member]
    People.wording = actions.prepare(source="Words.")
    People.titled = actions.prepare(title="Title", source="Words.")
    run_state_machine_as_test(TopicLife, settings=hypothesis_settings(max_examples=9, stateful_step_count=16))


# --- the recount itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def topic(answers):
    topic = open_topic(answers.member, make_board())
    write_reply(answers.member, topic)
    return Topic.objects.get(pk=topic.pk)


def test_a_site_as_people_left_it_has_no_drift(topic, asks, moderator):
    decided(moderator, topic_by(asks))
    assert asks.member.approved_count == 1
    assert recount() == []
    out = StringIO()
    call_command("recount", "--check", stdout=out)
    assert "All counters agree" in out.getvalue()


@pytest.mark.parametrize(
    ("model", "field", "wrong"),
    [
        (Topic, "published_count", 7),
        (Topic, "last_position", 9),
        (Topic, "next_position", 9),
        (Topic, "last_published_at", None),
        (Board, "topic_count", 0),
        (Member, "approved_count", 3),
    ],
)
def test_every_counter_that_drifts_is_found(topic, model, field, wrong):
    model.objects.update(**{field: wrong})
    drifts = recount()
    assert drifts
    assert all(field in drift for drift in drifts)
    with pytest.raises(CommandError):
        call_command("recount", "--check", stderr=StringIO())
    assert set(model.objects.values_list(field, flat=True)) == {wrong}  # a check changes nothing


def test_a_drift_is_mended_once_and_on_the_record(topic):
    Topic.objects.filter(pk=topic.pk).update(published_count=7)
    out = StringIO()
    call_command("recount", "--fix", stdout=out)
    assert "published_count is 7, counted 2" in out.getvalue()
    topic.refresh_from_db()
    assert topic.published_count == 2
    act = ModAction.objects.get(verb="recount")
    assert (act.automated, act.subject_kind, act.subject_id) == (True, "topic", str(topic.pk))
    call_command("recount", "--fix", stdout=StringIO())
    assert ModAction.objects.filter(verb="recount").count() == 1


def test_a_gap_in_the_places_is_found(topic):
    Post.objects.filter(topic=topic, position=1).update(position=5)
    assert any("positions 2 to 5 hold 2 posts" in drift for drift in recount())


def test_the_command_asks_what_to_do():
    with pytest.raises(CommandError):
        call_command("recount", stderr=StringIO())
