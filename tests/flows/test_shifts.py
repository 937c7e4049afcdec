"""A moderator's day: being on, what one took, breaks, the note for the next shift, a word after a hard item."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from forum import actions
from forum.models import HandOver, HouseRules, ReviewItem, Shift
from tests.flows.forum_scene import hidden_fields, item_of, opened, page_of, topic_by

#: Late on a Wednesday, where the site is.
LATE = dt.datetime(2026, 3, 4, 22, tzinfo=ZoneInfo(settings.TIME_ZONE))
CRISIS = "I want to kill myself tonight."


def _queue(person, query=""):
    return person.get(f"/queue/{query}").content.decode()


def _hour(person, hour):
    """Begin a shift that many hours from now; the hour as the form takes it."""
    return (timezone.localtime() + dt.timedelta(hours=hour)).strftime("%H:%M")


def _hard_ones(asks, number):
    return [topic_by(asks, text=f"{CRISIS} {n}") for n in range(number)]


def test_who_is_on_stands_in_the_queue_until_they_go(moderator, second_moderator):
    assert "Nobody has said that they are on" in _queue(moderator)
    moderator.post("/queue/shift/", {"until": _hour(moderator, 2)})
    second_moderator.post("/queue/shift/", {"until": ""})
    page = _queue(second_moderator)
    assert "On now: You; moderator until" in page
    moderator.post("/queue/shift/end/")
    assert "moderator until" not in _queue(second_moderator)


def test_a_time_said_again_changes_the_shift_and_begins_no_second(moderator):
    moderator.post("/queue/shift/", {"until": _hour(moderator, 2)})
    moderator.post("/queue/shift/", {"until": _hour(moderator, 3)})
    shift = Shift.objects.get()
    assert shift.until - timezone.now() > dt.timedelta(hours=2, minutes=50)


def test_an_hour_that_passed_today_means_tomorrow(moderator):
    with time_machine.travel(LATE, tick=False):
        moderator.force_login(moderator.user)
        moderator.post("/queue/shift/", {"until": _hour(moderator, 4)})
        assert Shift.objects.get().until == timezone.now() + dt.timedelta(hours=4)


@pytest.mark.parametrize("until", ["soon", "25:00", "-1:00"])
def test_what_is_no_time_is_asked_for_again(moderator, until):
    answer = moderator.post("/queue/shift/", {"until": until})
    assert answer.status_code == 422
    assert "Write a time of day" in answer.content.decode()
    assert not Shift.objects.exists()


def test_a_shift_longer_than_half_a_day_is_not_taken(moderator):
    answer = moderator.post("/queue/shift/", {"until": _hour(moderator, 13)})
    assert answer.status_code == 422
    assert "within the next 12 hours" in answer.content.decode()


def test_taking_an_item_means_being_on_and_counts_for_oneself_alone(moderator, second_moderator, asks):
    hard, routine = topic_by(asks, text=CRISIS), topic_by(asks)
    for post in (hard, routine, hard):  # the last is a renewal
        moderator.post(f"{page_of(post)}take/")
    shift = Shift.objects.get(member=moderator.member)
    assert (shift.taken, shift.hard_taken) == (2, 1)
    assert "You took 2 items this shift. 1 of them was hard." in _queue(moderator)
    for address in ("/queue/", "/queue/shift/"):
        page = second_moderator.get(address).content.decode()
        assert "You took" not in page
        assert "On now: moderator" in page


def test_a_shift_nobody_ended_is_over_after_half_a_day(moderator, second_moderator, asks):
    actions.begin_shift(by=moderator.member)
    Shift.objects.update(started_at=timezone.now() - dt.timedelta(hours=13), hard_taken=9)
    assert "Nobody has said that they are on" in _queue(second_moderator)
    moderator.post(f"{page_of(topic_by(asks))}take/")
    old, new = Shift.objects.order_by("pk")
    assert old.ended_at == old.started_at + dt.timedelta(hours=12)
    assert (new.taken, new.hard_taken, new.ended_at) == (1, 0, None)


def test_after_the_sites_number_of_hard_items_a_break_is_offered_and_gives_them_back(moderator, asks):
    HouseRules.objects.create(pk=1, break_after=2)
    for post in _hard_ones(asks, 2):
        assert "Time for a break" not in _queue(moderator)
        moderator.post(f"{page_of(post)}take/")
    assert "You took 2 hard items since your last break." in _queue(moderator)
    moderator.post("/queue/shift/break/")
    moderator.post("/queue/shift/break/")
    assert not ReviewItem.objects.exclude(claimed_by=None).exists()
    assert "Time for a break" not in _queue(moderator)
    shift = Shift.objects.get()
    assert (shift.hard_taken, shift.hard_at_break, shift.ended_at) == (2, 2, None)
    assert shift.break_at


def test_ending_a_shift_gives_back_what_one_had_and_not_what_a_colleague_has(
    moderator, second_moderator, asks
):
    mine, theirs = topic_by(asks, text="One."), topic_by(asks, text="Two.")
    moderator.post(f"{page_of(mine)}take/")
    second_moderator.post(f"{page_of(theirs)}take/")
    moderator.post("/queue/shift/end/")
    moderator.post("/queue/shift/end/")
    assert item_of(mine).claimed_by_id is None
    assert item_of(theirs).claimed_by_id == second_moderator.member.pk


def test_a_note_for_the_next_shift_stands_until_the_next_one(moderator, second_moderator):
    words = "Two members in Setbacks are grieving.\nBe kind <b>there</b>."
    form = opened(moderator, "/queue/shift/note/")
    for _twice in range(2):
        moderator.post("/queue/shift/note/", form | {"text": words})
    assert HandOver.objects.count() == 1
    page = _queue(second_moderator)
    assert "Two members in Setbacks are grieving." in page
    assert "&lt;b&gt;there&lt;/b&gt;" in page
    assert "moderator, " in page
    second_moderator.post("/queue/shift/note/", {"text": "All quiet."})
    page = _queue(moderator)
    assert "All quiet." in page
    assert "Setbacks" not in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write what the next shift needs to know."),
        (" \u200b ", "Write what the next shift needs to know."),
        ("a" * 2001, "2000 fit"),
    ],
)
def test_a_note_that_does_not_fit_comes_back_with_its_words(moderator, text, words):
    answer = moderator.post("/queue/shift/note/", {"text": text})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert text.strip() in answer.content.decode()
    assert not HandOver.objects.exists()


def test_a_note_written_while_the_session_ended_comes_back(moderator):
    form = opened(moderator, "/queue/shift/note/") | {"text": "Nobody may lose this."}
    moderator.logout()
    assert moderator.post("/queue/shift/note/", form).status_code == 302
    session = moderator.session
    kept = dict(session)
    moderator.force_login(moderator.user)
    session = moderator.session
    session.update({key: value for key, value in kept.items() if not key.startswith("_auth")})
    session.save()
    assert "Nobody may lose this." in moderator.get("/queue/shift/note/").content.decode()


def test_after_danger_the_queue_offers_to_talk_and_after_routine_it_does_not(moderator, asks):
    hard, routine = topic_by(asks, text=CRISIS), topic_by(asks)
    page = {}
    for name, post in (("hard", hard), ("routine", routine)):
        form = hidden_fields(moderator.get(page_of(post))) | {"decision": "approve"}
        page[name] = moderator.post(page_of(post), form, follow=True).content.decode()
    assert "Talk about it" in page["hard"]
    assert 'href="/queue/debrief/"' in page["hard"]
    assert "Talk about it" not in page["routine"]


def test_the_sites_own_place_to_talk_is_linked_instead(moderator):
    HouseRules.objects.create(pk=1, debrief_url="https://talk.example.org/team")
    assert 'href="https://talk.example.org/team"' in _queue(moderator, "?hard")
    assert 'href="https://talk.example.org/team"' in moderator.get("/queue/debrief/").content.decode()


def test_for_members_none_of_this_exists(answers, visitor):
    for address in ("/queue/shift/", "/queue/shift/note/", "/queue/debrief/", "/queue/choices/"):
        assert answers.get(address).status_code == 404
        assert visitor.get(address).status_code == 302
    for address in ("/queue/shift/end/", "/queue/shift/break/", "/queue/choices/people/"):
        assert answers.post(address).status_code == 404
