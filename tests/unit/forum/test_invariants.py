"""What stays true whatever the team and members do (design: forum 1.5; I2 with moves, I4, I6 to I10).

Two hypothesis state machines: people who are limited, appeal and leave; posts that move between topics. The
life of one topic (I1 to I5, I7) is in test_counters.py.
"""

import itertools
import re
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from forum import actions, rules
from forum.actions import record
from forum.actions.counting import recount
from forum.models import (
    Appeal,
    Board,
    Member,
    ModAction,
    MovedPost,
    Post,
    Report,
    ReviewItem,
    ReviewReason,
    Sanction,
    Topic,
)
from forum.states import AppealState, Decision, ItemStatus, PostState, SanctionKind
from tests.addresses import every_address
from tests.factories import make_board
from tests.flows.forum_scene import again, decided, item_of, reply_by, topic_by

pytestmark = pytest.mark.django_db

#: Every trigger there must be, on each database. A migration that rebuilds a table on SQLite loses its own.
TRIGGERS = {
    "sqlite": {
        ("forum_postsearch", "forum_postsearch_changes"),
        ("forum_postsearch", "forum_postsearch_enters"),
        ("forum_postsearch", "forum_postsearch_leaves"),
        ("forum_modaction", "forum_record_no_delete"),
        ("forum_modaction", "forum_record_no_replace"),
        ("forum_modaction", "forum_record_no_update"),
        ("forum_reviewitem", "forum_resolved_item_stays"),
    },
    "postgresql": {
        ("forum_modaction", "forum_record_no_change"),
        ("forum_modaction", "forum_record_no_truncate"),
        ("forum_reviewitem", "forum_resolved_item_stays"),
    },
}
ALL_TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'forum_%'",
    "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'forum_%'",
}


def budget() -> hypothesis_settings:
    """Small in `make test`; HYPOTHESIS_PROFILE=long looks further."""
    most = hypothesis_settings.get_profile(hypothesis_settings.get_current_profile_name()).max_examples
    return hypothesis_settings(max_examples=most // 5, stateful_step_count=24)


def key() -> str:
    return uuid.uuid4().hex


# --- I7, I9: what the database itself refuses ------------------------------------------------------------------


def test_the_database_holds_the_guards_of_the_record_and_of_decided_items():
    """I7, I9: after all migrations."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_TRIGGERS[connection.vendor])
        assert set(cursor.fetchall()) == TRIGGERS[connection.vendor]


@pytest.mark.parametrize(
    "change",
    ["severity = 0", "resolution = 'keep'", "status = 'open'", "version = version + 1", "due_at = opened_at"],
)
def test_the_database_itself_refuses_to_change_a_decided_item(change, asks, moderator):
    """I7, by SQL that no action would send."""
    item = item_of(decided(moderator, topic_by(asks)))
    before = ReviewItem.objects.filter(pk=item.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE forum_reviewitem SET {change} WHERE id = %s", [item.pk])  # noqa: S608
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewItem.objects.filter(pk=item.pk).update(rules_missed=True)
    assert ReviewItem.objects.filter(pk=item.pk).values().get() == before


def test_an_item_that_waits_can_change(asks):
    """The guard stands before decided items alone."""
    item = item_of(topic_by(asks))
    assert ReviewItem.objects.filter(pk=item.pk).update(severity=1) == 1


# --- I10, H8: who leaves takes nothing of others along -------------------------------------------------------------


def test_who_leaves_takes_no_row_of_the_record_no_report_and_no_reply_along(
    asks, answers, stranger, moderator, second_moderator, newcomer
):
    """I10, H8: author, reporter and moderator leave, one after the other."""
    post = topic_by(answers, text="The kitchen at night.")
    reply_by(stranger, post.topic, text="A reply that stays.")
    actions.report_post(by=stranger.member, post=again(post), category="unkind", note="A note.")
    decided(moderator, post, Decision.REMOVE, reason_code="unkind")
    action = ModAction.objects.get(verb="remove_post")
    actions.appeal(by=answers.member, action=action, text="It was about me alone.")
    counted = {model: model.objects.count() for model in (ModAction, Report, Appeal, ReviewItem, Post)}
    for person in (answers, stranger, moderator):
        person.user.delete()
        assert {model: model.objects.count() for model in counted} == counted
        assert list(record.faults()) == []
        assert recount() == []
    item = ReviewItem.objects.get(appeal__isnull=False)
    fields = {"by": second_moderator.member, "item": item, "version": item.version}
    actions.decide_appeal(**fields, decision=Decision.OVERTURN, idempotency_key=key())
    page = newcomer.get(f"/talk/t/{post.topic.public_id}/").content.decode()
    assert "The kitchen at night." in page
    assert "A reply that stays." in page
    assert "former member" in page


@pytest.mark.one_database
def test_no_page_holds_the_number_of_an_account(asks, answers, stranger, moderator, operator, person):
    """H8: who counts accounts learns how many there are, and can guess others."""
    from accounts.models import User

    for shift, one in enumerate((asks, answers)):  # numbers that stand nowhere else
        old = one.user.pk
        number = 7_340_003 + shift
        User.objects.filter(pk=old).update(handle_skeleton=f"old-{old}", username=f"old-{old}")
        one.user.pk = number
        one.user._state.adding = True
        one.user.save(force_insert=True)
        Member.objects.filter(user_id=old).update(user_id=number)
        Member.objects.for_user(one.user)
        User.objects.filter(pk=old).delete()
        one.force_login(one.user)
    Member.objects.filter(user=answers.user).update(trust=1)
    post = topic_by(answers)
    held = reply_by(asks, post.topic)
    actions.report_post(by=stranger.member, post=post, category="unkind")
    places = {
        "public_id": [post.public_id, post.topic.public_id, held.public_id],
        "slug": ["parents"],
        "pk": [str(item_of(held).pk), str(item_of(post).pk)],
    }
    ends = ("/leave/", "/sign-out/", "/cms/", "/es/")
    addresses = every_address(places, without=ends)
    number = re.compile(r"734000[34]")
    for one in (asks, stranger, moderator):
        for address in addresses:
            answer = one.get(address)
            if not answer.streaming:
                assert not number.search(answer.content.decode("utf-8", "replace")), (
                    one.user.username,
                    address,
                )


# --- people ------------------------------------------------------------------------------------------------------------


class People:
    """Who acts in the machines; made once, outside the examples."""

    writer: Member
    other: Member
    team: list[Member]
    wording: actions.Wording
    titled: actions.Wording


WHICH = st.integers(min_value=0, max_value=7)
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Machine(RuleBasedStateMachine):
    """One example is one transaction, taken back at its end, and one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.now = START
        self.travels = time_machine.travel(START, tick=False)
        self.clock = self.travels.start()
        self.words = itertools.count(1)
        self.closed: dict[int, tuple] = {}

    def teardown(self) -> None:
        try:
            assert list(record.faults()) == []  # I9
        finally:
            self.travels.stop()
            transaction.set_rollback(True)
            self.atom.__exit__(None, None, None)

    def later(self, **span: int) -> None:
        self.now += timedelta(**span)
        self.clock.move_to(self.now)

    def fresh(self, member: Member) -> Member:
        """As the next request reads this person: nothing kept from the last one."""
        return Member.objects.select_related("user").get(pk=member.pk)

    def reply(self, by: Member, topic: Topic) -> Post:
        wording = actions.prepare(source=f"words {next(self.words)}")
        topic = Topic.objects.select_related("board").get(pk=topic.pk)
        return again(
            actions.submit_reply(by=self.fresh(by), topic=topic, wording=wording, client_token=key()).post
        )

    def topic(self, by: Member, board: Board) -> Topic:
        wording = actions.prepare(title=f"title {next(self.words)}", source=f"words {next(self.words)}")
        return actions.submit_topic(
            by=self.fresh(by), board=board, wording=wording, client_token=key()
        ).post.topic

    @invariant()
    def counters_equal_a_recount(self):
        """I3."""
        assert recount() == []

    @invariant()
    def what_is_decided_never_changes(self):
        """I7, the reasons of an item too."""
        now = {}
        for item in ReviewItem.objects.filter(status=ItemStatus.RESOLVED).values():
            reasons = ReviewReason.objects.filter(item_id=item["id"]).order_by("pk").values_list()
            now[item["id"]] = (item, list(reasons))
        assert {pk: now[pk] for pk in self.closed} == self.closed
        self.closed = now


class TeamLife(Machine):
    """One writer, limited and freed by three of the team, who appeals; two boards; time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.boards = [
            Board.objects.create(slug=f"b{key()[:8]}", name="B", purpose="p", position=n) for n in range(2)
        ]
        self.topics = [self.topic(People.other, board) for board in self.boards]
        #: The model: (kind, board or None) -> until when.
        self.limits: dict[tuple[str, int | None], datetime] = {}
        # A past, so that there is something to appeal against: a post taken down, a limit, a post that stays.
        self.topic(People.writer, self.boards[0])
        actions.remove_post(
            by=self.fresh(People.team[0]),
            post=self.reply(People.writer, self.topics[0]),
            reason_code="unkind",
        )
        self.acts = ModAction.objects.exclude(verb="set_trust").count()
        self.limit_in(None, SanctionKind.PREMODERATE, days=4, by=1)

    def one_act(self, *, verbs: int = 1) -> None:
        """I4: as many rows on the record as decisions (trust follows an act and names it)."""
        now = ModAction.objects.exclude(verb="set_trust").count()
        assert now == self.acts + verbs, (now, self.acts, verbs)
        self.acts = now

    def in_force(self, *kinds: str, board: Board | None = None) -> bool:
        return any(
            kind in kinds and place in {None, board.pk if board else None} and until > self.now
            for (kind, place), until in self.limits.items()
        )

    @rule(hours=st.sampled_from([1, 20, 80]))
    def time_goes_on(self, hours):
        self.later(hours=hours)

    @rule(
        kind=st.sampled_from(SanctionKind),
        where=st.sampled_from([None, 0, 1]),
        days=st.integers(1, 5),
        by=WHICH,
    )
    def limit(self, kind, where, days, by):
        self.limit_in(None if where is None else self.boards[where], kind, days=days, by=by)

    def limit_in(self, board: Board | None, kind: SanctionKind, *, days: int, by: int) -> None:
        fields = {
            "by": self.fresh(People.team[by % 3]),
            "member": self.fresh(People.writer),
            "kind": kind,
            "ends_at": self.now + timedelta(days=days),
            "reason_code": "unkind",
            "board": board,
            "idempotency_key": key(),
        }
        try:
            actions.sanction_member(**fields)
        except actions.Refused:
            assert kind == SanctionKind.SUSPEND
            assert board is not None
            self.one_act(verbs=0)
            return
        again_sent = actions.sanction_member(**fields)
        assert again_sent.action.idempotency_key == fields["idempotency_key"]
        self.limits[kind.value, board and board.pk] = fields["ends_at"]
        self.one_act()

    @rule(which=WHICH, by=WHICH)
    def lift(self, which, by):
        rows = list(Sanction.objects.filter(member=People.writer).order_by("pk"))
        if not rows:
            return
        sanction = rows[which % len(rows)]
        try:
            actions.lift_sanction(by=self.fresh(People.team[by % 3]), sanction=sanction)
        except actions.Conflict:
            assert not sanction.is_in_force
            self.one_act(verbs=0)
            return
        self.limits.pop((sanction.kind, sanction.board_id))
        self.one_act()

    @rule(where=st.sampled_from([0, 1]), what=st.sampled_from(["reply", "topic", "edit"]))
    def write(self, where, what):
        """I8: whoever may not write here does not, by no way; whoever may, does."""
        board = self.boards[where]
        stopped = self.in_force("read_only", "suspend", board=board)
        before = Post.objects.count()
        post = None
        try:
            if what == "reply":
                post = self.reply(People.writer, self.topics[where])
            elif what == "topic":
                post = again(self.topic(People.writer, board).first_post)
            else:
                mine = Post.objects.filter(
                    author=People.writer, topic__board=board, state=PostState.PUBLISHED
                )
                found = mine.order_by("pk").first()
                if found is None:
                    return
                wording = actions.prepare(title=again(found).latest_revision.title, source="other words")
                actions.edit_post(by=self.fresh(People.writer), post=again(found), wording=wording)
        except (PermissionDenied, actions.Refused):
            assert stopped
            assert Post.objects.count() == before
        else:
            assert not stopped
        if post is not None and self.in_force("premoderate", board=board):
            assert post.state == PostState.HELD

    @rule(
        which=WHICH, by=WHICH, decision=st.sampled_from([Decision.APPROVE, Decision.REJECT, Decision.REMOVE])
    )
    def decide(self, which, by, decision):
        posts = Post.objects.filter(author=People.writer, state__in=[PostState.HELD, PostState.PUBLISHED])
        found = list(posts.order_by("pk"))
        if not found:
            return
        post, moderator = again(found[which % len(found)]), self.fresh(People.team[by % 3])
        item = ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN).first()
        if item is None:
            if post.state == PostState.PUBLISHED:
                actions.remove_post(by=moderator, post=post, reason_code="unkind")
                self.one_act()
            return
        if decision not in rules.decisions_for(state=post.state, pending_edit=post.has_pending_edit):
            return
        actions.decide(
            by=moderator,
            item=item,
            version=item.version,
            revision_id=post.latest_revision_id,
            decision=decision,
            reason_code="" if decision == Decision.APPROVE else "unkind",
            idempotency_key=key(),
        )
        self.one_act()

    @rule(which=WHICH)
    def appeal(self, which):
        verbs = ["reject_post", "remove_post", "sanction_member"]
        subjects = [str(pk) for pk in Post.objects.filter(author=People.writer).values_list("pk", flat=True)]
        about = ModAction.objects.filter(verb__in=verbs, subject_kind="post", subject_id__in=subjects)
        about |= ModAction.objects.filter(verb="sanction_member", subject_id=str(People.writer.pk))
        found = list(about.order_by("seq"))
        if not found:
            return
        action = found[which % len(found)]
        had = Appeal.objects.filter(action=action).exists()
        words = f"Please look again. {next(self.words)}"
        try:
            actions.appeal(by=self.fresh(People.writer), action=action, text=words)
        except actions.Conflict:
            assert had  # once only
        except actions.Refused:
            assert not had
        else:
            assert not had
        assert Appeal.objects.filter(action=action).count() <= 1
        self.one_act(verbs=0)

    @rule(which=WHICH, by=WHICH, decision=st.sampled_from([Decision.OVERTURN, Decision.CONFIRM]))
    @precondition(lambda self: Appeal.objects.filter(state=AppealState.OPEN).exists())
    def answer_appeal(self, which, by, decision):
        found = list(ReviewItem.objects.filter(appeal__state=AppealState.OPEN, status=ItemStatus.OPEN))
        item, judge = found[which % len(found)], self.fresh(People.team[by % 3])
        action = item.appeal.action
        fields = {"by": judge, "item": item, "version": item.version, "decision": decision}
        try:
            actions.decide_appeal(**fields, message="We looked again.", idempotency_key=key())
        except PermissionDenied:
            assert action.actor_id == judge.pk
            self.one_act(verbs=0)
            return
        self.one_act()
        if decision == Decision.OVERTURN and action.verb == "sanction_member":
            sanction = Sanction.objects.get(action=action)
            place = (sanction.kind, sanction.board_id)
            if sanction.ended_as == "lifted" and self.limits.get(place) == sanction.ends_at:
                self.limits.pop(place)

    @rule(which=WHICH)
    def take_appeal_back(self, which):
        found = list(Appeal.objects.filter(member=People.writer).order_by("pk"))
        if found:
            one = found[which % len(found)]
            try:
                actions.withdraw_appeal(by=self.fresh(People.writer), appeal=one)
            except actions.Conflict:
                assert one.state in {AppealState.OVERTURNED, AppealState.CONFIRMED}
            self.one_act(verbs=0)

    @invariant()
    def nobody_judges_their_own_decision(self):
        """I6."""
        for one in Appeal.objects.filter(decided_by__isnull=False).select_related("action"):
            assert one.decided_by_id not in {one.action.actor_id, one.member_id}

    @invariant()
    def an_open_appeal_waits_in_the_queue_once(self):
        open_ones = Appeal.objects.filter(state=AppealState.OPEN).values_list("pk", flat=True)
        waiting = ReviewItem.objects.filter(appeal__isnull=False, status=ItemStatus.OPEN)
        assert Counter(waiting.values_list("appeal", flat=True)) == Counter(open_ones)

    @invariant()
    def what_is_in_force_is_what_was_set(self):
        rows = Sanction.objects.filter(member=People.writer).in_force(self.now)
        expected = {place for place, until in self.limits.items() if until > self.now}
        assert Counter(rows.values_list("kind", "board")) == Counter(expected)

    def teardown(self) -> None:
        try:
            self.everybody_leaves()
        finally:
            super().teardown()

    def everybody_leaves(self):
        """I10: author, reporter and moderators; the rows about them stay."""
        counted = {model: model.objects.count() for model in (ModAction, Report, Appeal, Sanction, Post)}
        for member in (People.writer, People.other, *People.team):
            self.fresh(member).user.delete()
        assert {model: model.objects.count() for model in counted} == counted
        assert recount() == []


@pytest.fixture
def people(person, monkeypatch):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    monkeypatch.setattr(rules, "CHANGES_AN_HOUR", 1000)
    People.writer = person("writes-often", trust=1).member
    People.other = person("writes-too", trust=1).member
    Member.objects.filter(pk__in=[People.writer.pk, People.other.pk]).update(trust_locked=True)
    People.team = [person(f"team-{n}", role="moderator").member for n in range(3)]


def test_whatever_the_team_decides_about_a_person_the_limits_and_appeals_hold(people):
    """I4, I6, I7, I8, I9, I10."""
    run_state_machine_as_test(TeamLife, settings=budget())


# --- posts that move ---------------------------------------------------------------------------------------------------


class MovesLife(Machine):
    """Posts of two boards, written, taken down, brought back, moved to and fro, split off."""

    def __init__(self) -> None:
        super().__init__()
        self.boards = [Board.objects.create(slug=f"b{key()[:8]}", name="B", purpose="p") for _n in range(2)]
        for board in self.boards:
            self.topic(People.other, board)
        #: (topic, place) -> the post that ever had it.
        self.had: dict[tuple[int, int], int] = {}

    def _topic(self, which: int) -> Topic:
        found = list(Topic.objects.select_related("board").order_by("pk"))
        return found[which % len(found)]

    def _post(self, which: int, *states: PostState) -> Post | None:
        found = list(Post.objects.filter(state__in=states).order_by("pk"))
        return again(found[which % len(found)]) if found else None

    @rule(which=WHICH)
    def reply_to(self, which):
        topic = self._topic(which)
        if topic.state == "open":
            self.reply(People.writer, topic)

    @rule(which=WHICH)
    def take_down(self, which):
        post = self._post(which, PostState.PUBLISHED)
        if post and not post.is_first:
            actions.hide_post(by=self.fresh(People.team[0]), post=post, reason_code="unkind")

    @rule(which=WHICH)
    def bring_back(self, which):
        post = self._post(which, PostState.HIDDEN, PostState.REMOVED)
        if post:
            actions.restore_post(by=self.fresh(People.team[0]), post=post)

    @rule(which=WHICH)
    def retract(self, which):
        post = self._post(which, PostState.PUBLISHED)
        if post and not post.is_first:
            actions.withdraw_post(by=self.fresh(post.author), post=post)

    @rule(source=WHICH, to=WHICH, chosen=st.sets(WHICH, min_size=1, max_size=4), everything=st.booleans())
    def move(self, source, to, chosen, everything):
        topic = self._topic(source)
        posts = list(topic.posts.filter(position__isnull=False).order_by("position"))
        if not everything:
            posts = [post for place, post in enumerate(posts) if place in chosen]
        self._try(lambda by: actions.move_posts(by=by, posts=posts, to_topic=self._topic(to)))

    @rule(source=WHICH, board=st.sampled_from([0, 1]), chosen=st.sets(WHICH, min_size=1, max_size=4))
    def split(self, source, board, chosen):
        posts = list(self._topic(source).posts.filter(position__isnull=False).order_by("position"))
        posts = [post for place, post in enumerate(posts) if place in chosen]
        self._try(
            lambda by: actions.split_topic(by=by, posts=posts, board=self.boards[board], title="Split off")
        )

    def _try(self, act) -> None:
        before = Post.objects.order_by("pk").values_list("pk", "topic", "position", "state")
        before = list(before)
        try:
            act(self.fresh(People.team[1]))
        except actions.Refused:
            after = list(Post.objects.order_by("pk").values_list("pk", "topic", "position", "state"))
            assert after == before

    @invariant()
    def a_place_belongs_to_one_post_for_ever(self):
        """I2: gapless in each topic, with the markers of those that went; never given to another."""
        now: dict[tuple[int, int], int] = {}
        places = Post.objects.filter(position__isnull=False).values_list("topic", "position", "pk")
        markers = MovedPost.objects.values_list("topic", "position", "post")
        for topic, place, post in (*places, *markers):
            assert (topic, place) not in now
            now[topic, place] = post
        for topic in {topic for topic, _place in now}:
            mine = sorted(place for one, place in now if one == topic)
            assert mine == list(range(1, len(mine) + 1))
        assert {place: now.get(place) for place in self.had} == self.had
        self.had = now

    @invariant()
    def each_topic_shows_its_own_first_post(self):
        for topic in Topic.objects.filter(continued_in__isnull=True).select_related("first_post"):
            assert topic.first_post.topic_id == topic.pk


def test_wherever_posts_move_each_place_stays_one_posts(people):
    """I2, I3, I7, I9."""
    make_board()
    run_state_machine_as_test(MovesLife, settings=budget())
