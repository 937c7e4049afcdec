"""Nobody who writes is left alone: who hears of a topic that nobody answered, when, and until when."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts import actions as accounts_actions
from accounts.jobs import _jobs
from accounts.models import Notice, User
from accounts.notices import shown_to
from accounts.states import Role
from forum import actions
from forum.actions.welcoming import AT_ONCE, TEAM, WAITING, first_replies_job, tell_of_unanswered
from forum.models import BoardMember, Distance, HouseRules, Post, PostRevision, TopicMember
from forum.states import DistanceKind, Level
from tests.cast import make_first_operator
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, topic_by
from tests.flows.test_house_settings import NUMBERS_PAGE, numbers_form
from tests.flows.test_sanctions import set_limit
from tests.unit.test_query_counts import _get, _within, _writes

pytestmark = pytest.mark.django_db

PAGE = "/talk/unanswered/"
WORDS = "Someone wrote and nobody answered yet."
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def welcomer(person):
    return person("heron", trust=1, role="welcomer")


@pytest.fixture
def board(db):
    return make_board()


@pytest.fixture
def topic(answers, board):
    return open_topic(answers.member, board, title="Is anybody awake")


def later(topic, hours):
    """The topic began so many hours ago."""
    then = timezone.now() - hours * HOUR
    Post.objects.filter(pk=topic.first_post_id).update(published_at=then)


def kinds(person) -> list[str]:
    """The kinds of notices about it that this person was left."""
    left = Notice.objects.filter(person=person.user, kind__startswith="welcome.")
    return sorted(left.values_list("kind", flat=True))


def heard(person) -> list[str]:
    """What this person reads among their notices, of this."""
    return [one.link for one in shown_to(User.objects.get(pk=person.user.pk)) if one.text == WORDS]


# --- The order -----------------------------------------------------------------------------------------


def test_first_the_welcomers_hear_of_it_then_the_team(topic, welcomer, moderator, safety_lead, answers, asks):
    everyone = (welcomer, moderator, safety_lead, answers, asks)
    later(topic, 3.9)
    assert tell_of_unanswered() == 0
    later(topic, 4.1)
    assert tell_of_unanswered() == 1
    assert [kinds(one) for one in everyone] == [[WAITING], [], [], [], []]
    assert heard(welcomer) == [topic.get_absolute_url()]
    later(topic, 11.9)
    assert tell_of_unanswered() == 0
    later(topic, 12.1)
    assert tell_of_unanswered() == 2
    assert [kinds(one) for one in everyone] == [[WAITING], [TEAM], [TEAM], [], []]
    assert heard(moderator) == [topic.get_absolute_url()]


def test_run_again_it_tells_nobody_twice(topic, welcomer, moderator):
    later(topic, 13)
    assert tell_of_unanswered() == 2
    for _run in range(3):
        first_replies_job()
    assert (kinds(welcomer), kinds(moderator)) == ([WAITING], [TEAM])


def test_the_worker_runs_it_every_ten_minutes():
    job = _jobs["forum.first_replies"]
    assert (job.every, job.run) == (dt.timedelta(minutes=10), first_replies_job)


def test_the_house_says_after_how_many_hours(topic, welcomer, moderator):
    HouseRules.objects.create(welcome_after_hours=1, team_after_hours=2)
    later(topic, 1.5)
    tell_of_unanswered()
    assert (kinds(welcomer), kinds(moderator)) == ([WAITING], [])


def test_after_two_weeks_nobody_hears_of_it(topic, welcomer, moderator):
    later(topic, 14 * 24 + 1)
    assert tell_of_unanswered() == 0
    assert topic.get_absolute_url() not in welcomer.get(PAGE).content.decode()


def test_of_many_the_longest_wait_first_and_the_others_at_the_next_run(answers, board, welcomer, monkeypatch):
    monkeypatch.setattr("forum.rules.POSTS_AN_HOUR", 1000)
    topics = [open_topic(answers.member, board) for _n in range(AT_ONCE + 2)]
    for n, topic in enumerate(topics):
        later(topic, 5 + n)
    assert tell_of_unanswered() == AT_ONCE
    youngest = {topics[0].public_id, topics[1].public_id}
    assert not Notice.objects.filter(subject_id__in=youngest).exists()
    assert tell_of_unanswered() == 2
    assert tell_of_unanswered() == 0


# --- What stops it -------------------------------------------------------------------------------------


def test_an_answer_stops_it_and_the_notice_says_nothing_more(topic, welcomer, moderator, stranger):
    later(topic, 5)
    tell_of_unanswered()
    assert heard(welcomer)
    write_reply(stranger.member, topic)
    later(topic, 13)
    assert tell_of_unanswered() == 0
    assert heard(welcomer) == []
    assert topic.get_absolute_url() not in welcomer.get(PAGE).content.decode()


def test_an_author_who_answers_themself_still_waits(topic, answers, welcomer):
    write_reply(answers.member, topic)
    later(topic, 5)
    assert tell_of_unanswered() == 1
    assert heard(welcomer)


def test_a_reply_that_waits_for_a_person_is_no_answer_until_it_is_published(topic, asks, welcomer, moderator):
    reply = write_reply(asks.member, topic)
    later(topic, 5)
    tell_of_unanswered()
    assert heard(welcomer)
    decided(moderator, again(reply))
    assert heard(welcomer) == []


@pytest.mark.parametrize("state", ["hidden", "removed", "retracted"])
def test_a_reply_that_is_gone_does_not_count(topic, stranger, moderator, welcomer, state):
    reply = write_reply(stranger.member, topic)
    bring_to(state, post=reply, author=stranger.member, moderator=moderator.member)
    later(topic, 5)
    tell_of_unanswered()
    assert heard(welcomer) == [topic.get_absolute_url()]


def test_a_topic_that_waits_or_is_closed_held_or_taken_down_calls_nobody(
    topic, asks, board, answers, welcomer, moderator
):
    waiting = topic_by(asks).topic
    later(waiting, 5)
    closed, held, gone = (open_topic(answers.member, board) for _n in range(3))
    actions.close_topic(by=moderator.member, topic=closed, reason="heated")
    actions.hold_replies(by=moderator.member, topic=held, reason="heated")
    actions.hide_post(by=moderator.member, post=again(gone.first_post), reason_code="unkind")
    for one in (closed, held, gone):
        later(one, 5)
    assert tell_of_unanswered() == 0
    page = welcomer.get(PAGE).content.decode()
    assert [one.public_id for one in (waiting, closed, held, gone) if one.public_id in page] == []
    later(topic, 5)
    tell_of_unanswered()
    assert heard(welcomer) == [topic.get_absolute_url()]
    actions.close_topic(by=moderator.member, topic=topic, reason="heated")
    assert heard(welcomer) == []


def test_a_board_at_rest_wakes_nobody(topic, board, welcomer):
    later(topic, 5)
    now = timezone.localtime()
    board.rests_from, board.rests_until = (now - HOUR).time(), (now + HOUR).time()
    board.save()
    assert tell_of_unanswered() == 0
    page = welcomer.get(PAGE).content.decode()
    assert "This board rests until" in page
    assert f"{topic.get_absolute_url()}reply/" not in page
    board.rests_from = board.rests_until = None
    board.save()
    assert tell_of_unanswered() == 1


# --- Whom it calls -------------------------------------------------------------------------------------


def test_nobody_hears_of_their_own_topic(board, welcomer, person):
    other = person("wren", trust=1, role="welcomer")
    own = open_topic(welcomer.member, board)
    later(own, 5)
    tell_of_unanswered()
    assert (kinds(welcomer), kinds(other)) == ([], [WAITING])
    assert own.get_absolute_url() not in welcomer.get(PAGE).content.decode()


@pytest.mark.parametrize("kind", [DistanceKind.MUTE, DistanceKind.BLOCK])
def test_people_who_are_kept_apart_are_not_brought_together(topic, answers, welcomer, kind):
    later(topic, 5)
    apart = Distance.objects.create(member=welcomer.member, other=answers.member, kind=kind)
    assert tell_of_unanswered() == 0
    assert topic.get_absolute_url() not in welcomer.get(PAGE).content.decode()
    apart.delete()
    assert tell_of_unanswered() == 1
    Distance.objects.create(member=answers.member, other=welcomer.member, kind=DistanceKind.BLOCK)
    assert heard(welcomer) == []


def test_what_a_welcomer_muted_calls_them_no_more(topic, board, welcomer):
    later(topic, 5)
    tell_of_unanswered()
    TopicMember.objects.create(member=welcomer.member, topic=topic, level=Level.MUTED)
    assert heard(welcomer) == []
    TopicMember.objects.all().delete()
    assert heard(welcomer)
    BoardMember.objects.create(member=welcomer.member, board=board, level=Level.MUTED)
    assert heard(welcomer) == []


def test_who_lost_the_role_hears_nothing_more(topic, welcomer):
    later(topic, 5)
    tell_of_unanswered()
    accounts_actions.revoke_role(to=welcomer.user, role=Role.WELCOMER, by=make_first_operator())
    assert heard(welcomer) == []
    assert welcomer.anew().get(PAGE).status_code == 404


def test_a_welcomer_who_may_not_write_is_not_called(topic, welcomer, moderator):
    set_limit(moderator, welcomer)
    later(topic, 5)
    assert tell_of_unanswered() == 0


def test_the_topic_of_a_person_who_left_calls_nobody(topic, answers, welcomer):
    later(topic, 5)
    member = answers.member
    member.user = None
    member.save()
    assert tell_of_unanswered() == 0


def test_who_holds_both_roles_hears_at_each_stage_once(topic, welcomer):
    accounts_actions.grant_role(to=welcomer.user, role=Role.MODERATOR, by=make_first_operator())
    later(topic, 5)
    tell_of_unanswered()
    assert kinds(welcomer) == [WAITING]
    later(topic, 13)
    tell_of_unanswered()
    tell_of_unanswered()
    assert kinds(welcomer) == [TEAM, WAITING]


# --- The page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asks", "answers", "author", "operator"])
def test_for_members_who_welcome_nobody_the_page_is_not_there(who, topic, request):
    person = request.getfixturevalue(who)
    assert person.get(PAGE).status_code == 404
    assert PAGE not in person.get("/talk/").content.decode()
    assert PAGE not in person.get("/me/").content.decode()


def test_a_visitor_meets_the_sign_in_page(visitor):
    assert visitor.get(PAGE)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["welcomer", "moderator", "safety_lead"])
def test_who_answers_finds_the_longest_wait_first(who, request, topic, board, answers):
    person = request.getfixturevalue(who)
    older = open_topic(answers.member, board, title="Since yesterday")
    later(older, 20)
    later(topic, 2)
    PostRevision.objects.filter(post=older.first_post_id).update(asks_for=["listen", "made up"])
    page = person.get(PAGE).content.decode()
    assert page.index("Since yesterday") < page.index("Is anybody awake")
    assert "waiting for 20 hours" in page
    assert "Just listen" in page
    assert "made up" not in page
    assert f'href="{older.get_absolute_url()}reply/"' in page
    assert "Parents" in page
    for place in ("/talk/", "/me/"):
        assert PAGE in person.get(place).content.decode()


def test_nobody_waiting_is_said(welcomer):
    assert "Everyone has an answer" in welcomer.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_one_and_for_twenty(welcomer, board, person):
    open_topic(person("wren", trust=1).member, board)
    one = _get(welcomer, PAGE)
    for n in range(19):
        open_topic(person(f"reader-{n}", trust=1).member, board)
    twenty = _get(welcomer, PAGE)
    _within(twenty, 6)
    assert len(twenty) == len(one)
    assert _writes(twenty) == []


def test_talk_costs_a_welcomer_no_more_than_a_member(welcomer, stranger, topic):
    _within(_get(welcomer, "/talk/"), 6)
    _within(_get(stranger, "/talk/"), 6)


# --- Settings ------------------------------------------------------------------------------------------


def test_the_team_sets_the_hours_and_the_team_never_comes_before_the_welcomers(moderator):
    form = numbers_form(moderator, welcome_after_hours=6, team_after_hours=5)
    response = moderator.post(NUMBERS_PAGE, form)
    assert response.status_code == 422
    assert "The welcomers come first" in response.content.decode()
    form = numbers_form(moderator, welcome_after_hours=6, team_after_hours=6)
    assert moderator.post(NUMBERS_PAGE, form).status_code == 302
    assert (HouseRules.current().welcome_after_hours, HouseRules.current().team_after_hours) == (6, 6)
