"""Races with real connections, on PostgreSQL (scenarios A06, A35)."""

import threading
import uuid
from collections import Counter

import pytest
from django.db import connection

from accounts.models import Notice
from forum import actions
from forum.actions.counting import recount
from forum.models import Member, ModAction, Post, ReviewItem, Topic
from forum.states import Decision, ItemStatus, PostState, Severity
from tests.flows.forum_scene import again, hidden_fields, item_of, page_of, reply_by, the_board, topic_by

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def at_once(calls):
    """Run all calls at the same moment, each with a connection of its own; their answers in order."""
    start = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(place, call):
        try:
            start.wait(timeout=30)
            answers[place] = call()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def test_of_twenty_approvals_at_once_one_counts_and_nineteen_are_told(moderator, second_moderator, asks):
    """A06, through the pages."""
    post = topic_by(asks)
    address = page_of(post)
    calls = []
    for number in range(20):
        browser = (moderator, second_moderator)[number % 2].anew()
        fields = hidden_fields(browser.get(address)) | {"decision": "approve", "note": f"Note {number}"}
        calls.append(lambda browser=browser, fields=fields: browser.post(address, fields))
    answers = at_once(calls)
    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: 19}
    late = [(n, answer) for n, answer in enumerate(answers) if answer.status_code == 409]
    assert all(f"Note {n}" in answer.content.decode() for n, answer in late)
    assert all("(moderator) decided at" in answer.content.decode() for _n, answer in late)
    topic = Topic.objects.get(pk=post.topic_id)
    assert (again(post).state, topic.published_count, topic.next_position) == (PostState.PUBLISHED, 1, 2)
    assert topic.board.topic_count == 1
    assert ModAction.objects.filter(item_id=item_of(post).pk).count() == 1
    assert Notice.objects.filter(person=asks.user).count() == 1
    assert asks.member.approved_count == 1


def test_the_same_decision_sent_eight_times_at_once_is_one_act_with_one_answer(moderator, asks):
    """A09."""
    post = topic_by(asks)
    address = page_of(post)
    fields = hidden_fields(moderator.get(address)) | {"decision": "approve"}
    browsers = [moderator.anew() for _n in range(8)]
    answers = at_once([lambda browser=browser: browser.post(address, fields) for browser in browsers])
    decided = f"/queue/?decided={ModAction.objects.get(verb='approve_post').pk}"
    assert {(answer.status_code, answer.get("Location")) for answer in answers} == {(302, decided)}
    assert ModAction.objects.filter(item_id=item_of(post).pk).count() == 1
    assert Notice.objects.filter(person=asks.user).count() == 1


def test_when_publish_and_refuse_race_one_wins_and_the_other_reads_which(moderator, second_moderator, asks):
    """A07."""
    for round_number in range(4):
        post = topic_by(asks, text=f"Evening {round_number}.")
        address = page_of(post)
        first = hidden_fields(moderator.get(address)) | {"decision": "approve", "message": "First words"}
        second = hidden_fields(second_moderator.get(address)) | {
            "decision": "reject",
            "reason_code": "spam",
            "message": "Second words",
        }
        answers = at_once(
            [
                lambda person=moderator, fields=first, to=address: person.post(to, fields),
                lambda person=second_moderator, fields=second, to=address: person.post(to, fields),
            ]
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        late = next(n for n, answer in enumerate(answers) if answer.status_code == 409)
        page = answers[late].content.decode()
        assert ("First words", "Second words")[late] in page
        assert ("Not published" if late == 0 else "Published") in page
        assert again(post).state == (PostState.REJECTED if late == 0 else PostState.PUBLISHED)


def test_eight_moderators_who_take_the_next_one_get_eight_items(person, asks):
    for number in range(8):
        topic_by(asks, text=f"Evening {number}.")
    team = [person(f"mod-{number}", role="moderator") for number in range(8)]
    answers = at_once([lambda one=one: one.post("/queue/next/") for one in team])
    assert len({answer["Location"] for answer in answers}) == 8
    assert ReviewItem.objects.filter(status=ItemStatus.OPEN, claimed_by__isnull=False).count() == 8


def test_the_same_form_sent_eight_times_at_once_gives_one_post(answers):
    """A35, a topic and a reply, for someone whose posts do not wait."""
    topic = topic_by(answers).topic
    before = Post.objects.count()
    for send in (
        lambda key: actions.submit_reply(
            by=Member.objects.for_user(answers.user),
            topic=Topic.objects.get(pk=topic.pk),
            wording=actions.prepare(source="Thank you."),
            client_token=key,
        ),
        lambda key: actions.submit_topic(
            by=Member.objects.for_user(answers.user),
            board=the_board(),
            wording=actions.prepare(title="A title", source="A text."),
            client_token=key,
        ),
    ):
        key = uuid.uuid4().hex
        sent = at_once([lambda send=send, key=key: send(key)] * 8)
        assert len({one.post.pk for one in sent}) == 1
        assert sum(not one.repeated for one in sent) == 1
    assert Post.objects.count() == before + 2
    topic.refresh_from_db()
    assert (topic.published_count, topic.next_position, topic.last_position) == (2, 3, 2)
    assert the_board().topic_count == 2


def test_replies_sent_at_once_each_get_a_place_of_their_own(person, answers):
    topic = topic_by(answers).topic
    people = [person(f"reply-{number}", trust=1) for number in range(8)]
    sent = at_once([lambda one=one: reply_by(one, Topic.objects.get(pk=topic.pk)) for one in people])
    assert sorted(post.position for post in sent) == list(range(2, 10))
    topic.refresh_from_db()
    assert (topic.published_count, topic.next_position) == (9, 10)


def test_one_report_however_often_the_form_is_sent_at_once(answers, stranger):
    post = topic_by(answers)
    address = f"/talk/p/{post.public_id}/report/"
    fields = {"category": "worried", "note": "She wrote goodbye."}
    browsers = [stranger.anew() for _n in range(8)]
    sent = at_once([lambda browser=browser: browser.post(address, fields) for browser in browsers])
    assert {answer.status_code for answer in sent} == {302}
    assert post.reports.count() == 1
    assert item_of(post).reasons.count() == 1


def test_the_first_reports_of_eight_members_at_once_are_one_item(person, answers):
    post = topic_by(answers)
    people = [person(f"reporter-{number}", trust=1) for number in range(8)]
    address = f"/talk/p/{post.public_id}/report/"
    sent = at_once([lambda one=one: one.post(address, {"category": "spam"}) for one in people])
    assert Counter(answer.status_code for answer in sent) == {302: 8}
    assert ReviewItem.objects.filter(post=post, status=ItemStatus.OPEN).count() == 1
    assert item_of(post).reasons.count() == 8
    assert item_of(post).severity == Severity.CONCERN  # three reporters or more lift it


def test_publishing_and_hiding_at_once_leave_counters_that_add_up(moderator, second_moderator, asks, answers):
    topic = topic_by(answers).topic
    held = reply_by(asks, topic)
    item = item_of(held)
    at_once(
        [
            lambda: actions.decide(
                by=moderator.member,
                item=item,
                version=item.version,
                revision_id=held.latest_revision_id,
                decision=Decision.APPROVE,
                idempotency_key=uuid.uuid4().hex,
            ),
            lambda: actions.hide_post(
                by=second_moderator.member, post=again(topic.first_post), reason_code="spam"
            ),
        ]
    )
    topic.refresh_from_db()
    shown = Post.objects.filter(topic=topic, state=PostState.PUBLISHED).count()
    assert topic.published_count == shown


def test_replies_go_on_while_posts_move_and_every_place_is_right(person, moderator, answers, stranger):
    """Moves in both directions while members write in both topics: nothing is lost, places are gapless."""
    first, second = topic_by(answers).topic, topic_by(stranger).topic
    there = [reply_by(answers, first, text=f"There {n}") for n in range(3)]
    here = [reply_by(stranger, second, text=f"Here {n}") for n in range(3)]
    people = [person(f"writes-{n}", trust=1) for n in range(3)]

    def write(one, topic):
        return [reply_by(one, Topic.objects.get(pk=topic.pk), text=f"Reply {n}") for n in range(3)]

    def move(posts, to):
        return actions.move_posts(by=moderator.member, posts=posts, to_topic=to)

    calls = [lambda one=one, topic=topic: write(one, topic) for one in people for topic in (first, second)]
    answered = at_once([*calls, lambda: move(there, second), lambda: move(here, first)])
    assert not [answer for answer in answered if isinstance(answer, Exception)]
    assert recount() == []
    assert Post.objects.filter(state=PostState.PUBLISHED).count() == 8 + 18
    assert {post.topic_id for post in Post.objects.filter(pk__in=[one.pk for one in there])} == {second.pk}


def test_the_same_posts_moved_at_once_by_two_are_moved_once(moderator, second_moderator, answers, stranger):
    source = topic_by(answers).topic
    posts = [reply_by(stranger, source, text=f"Reply {n}") for n in range(3)]
    targets = [topic_by(stranger, title=f"Target {n}").topic for n in range(2)]
    answered = at_once(
        [
            lambda: actions.move_posts(by=moderator.member, posts=posts, to_topic=targets[0]),
            lambda: actions.move_posts(by=second_moderator.member, posts=posts, to_topic=targets[1]),
        ]
    )
    assert sorted(type(answer).__name__ for answer in answered) == ["Conflict", "Topic"]
    assert ModAction.objects.filter(verb="move_posts").count() == 1
    assert recount() == []


def test_of_replies_sent_at_once_in_a_slow_topic_one_is_accepted(moderator, answers, stranger):
    """A37."""
    topic = topic_by(answers).topic
    actions.slow_topic(by=moderator.member, topic=topic, seconds=600, reason="heated")
    answered = at_once([lambda n=n: reply_by(stranger, topic, text=f"Reply {n}") for n in range(6)])
    assert Counter(type(answer).__name__ for answer in answered) == {"Post": 1, "Refused": 5}
    assert topic.posts.filter(author=stranger.member).count() == 1


def test_a_topic_closed_while_replies_are_published_stays_closed(person, moderator, answers):
    """H24."""
    topic = topic_by(answers).topic
    people = [person(f"writes-{n}", trust=1) for n in range(4)]
    read_before = Topic.objects.select_related("board").get(pk=topic.pk)
    answered = at_once(
        [
            *[lambda one=one: reply_by(one, read_before) for one in people],
            lambda: actions.close_topic(by=moderator.member, topic=topic, reason="heated"),
        ]
    )
    assert not [answer for answer in answered if isinstance(answer, Exception)]
    topic.refresh_from_db()
    assert (topic.state, topic.published_count) == ("locked", 5)
    assert recount() == []
