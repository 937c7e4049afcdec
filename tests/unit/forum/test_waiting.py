"""What is said about the wait: nothing measured from few decisions, else the figures, reckoned by hand."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from forum.clocks import hours_in_words
from forum.models import HouseRules, ReviewItem
from forum.waiting import Wait, measured_wait
from tests.flows.forum_scene import topic_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(answers):
    """A post about which no item is open."""
    return topic_by(answers)


def waited(post, *minutes: float, days_ago: float = 1, resolution: str = "approve") -> None:
    """Items about this post that were decided after so many minutes."""
    end = timezone.now() - dt.timedelta(days=days_ago)
    ReviewItem.objects.bulk_create(
        ReviewItem(
            post=post,
            status="resolved",
            due_at=end,
            opened_at=end - dt.timedelta(minutes=wait),
            resolved_at=end,
            resolution=resolution,
        )
        for wait in minutes
    )


def test_no_decisions_give_no_figure(post):
    assert measured_wait() is None


def test_nineteen_decisions_are_too_few_and_twenty_are_enough(post):
    waited(post, *[10] * 19)
    assert measured_wait() is None
    waited(post, 10)
    assert measured_wait() == Wait(median=10, p95=10)


def test_the_median_and_the_95th_are_as_reckoned_by_hand(post):
    """Of 1, 2 ... 21 minutes the 11th is 11, and 95 of 100 is the 20th."""
    waited(post, *range(1, 22))
    assert measured_wait() == Wait(median=11, p95=20)


def test_an_even_number_lies_between_two(post):
    """Of 10, 20 ... 200: between 100 and 110; the 95th at rank 19.05, so 190.5, said as 190 whole minutes."""
    waited(post, *range(10, 201, 10))
    assert measured_wait() == Wait(median=105, p95=190)


def test_one_long_night_shows_in_the_95th_and_not_in_the_median(post):
    waited(post, *[5] * 18, 600, 600)
    assert measured_wait() == Wait(median=5, p95=600)


def test_less_than_a_minute_is_said_as_one(post):
    waited(post, *[0.1] * 20)
    assert measured_wait() == Wait(median=1, p95=1)


def test_only_the_last_seven_days_count(post):
    waited(post, *[10] * 20, days_ago=7.01)
    assert measured_wait() is None
    waited(post, *[30] * 20, days_ago=6.99)
    assert measured_wait() == Wait(median=30, p95=30)


@pytest.mark.parametrize("resolution", ["withdrawn", "keep", "hide", "remove"])
def test_only_decisions_about_a_waiting_text_count(post, resolution):
    """What authors took back, and reports, did not make anyone wait."""
    waited(post, *[1] * 50, resolution=resolution)
    assert measured_wait() is None


@pytest.mark.parametrize("resolution", ["approve", "return", "reject"])
def test_each_of_the_three_counts(post, resolution):
    waited(post, *[8] * 20, resolution=resolution)
    assert measured_wait() == Wait(median=8, p95=8)


def test_what_still_waits_does_not_count(asks):
    for _n in range(3):
        topic_by(asks)
    assert measured_wait() is None


def test_the_words_say_what_is_known_and_no_more():
    said = render_to_string("forum/_wait.html", {"wait": None})
    assert "We cannot yet say how long that takes." in said
    assert not any(letter.isdigit() for letter in said)
    said = " ".join(render_to_string("forum/_wait.html", {"wait": Wait(median=12, p95=95)}).split())
    assert "half of all posts waited less than 12 minutes" in said
    assert "Nearly all waited less than 95 minutes." in said
    said = render_to_string("forum/_wait.html", {"wait": Wait(median=1, p95=1)})
    assert "less than a minute" in said


EVERY_DAY = {str(day): [["08:00", "22:00"]] for day in range(7)}


def test_an_author_who_waits_reads_the_figures_and_the_hours(asks, post):
    HouseRules.objects.create(pk=1, staffed_hours=EVERY_DAY)
    waited(post, *range(1, 22))
    page = asks.get("/talk/mine/").content.decode()
    assert "half of all posts waited less than 11 minutes" in page
    assert "Nearly all waited less than 20 minutes." in page
    assert "every day, 8:00 AM to 10:00 PM" in page


@pytest.fixture
def at_night(db, monkeypatch):
    """Friday, November 20, 2026, 11 pm in New York."""
    HouseRules.objects.create(pk=1, staffed_hours=EVERY_DAY)
    moment = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_outside_the_hours_the_page_says_when_they_begin_and_where_help_is(at_night):
    said = " ".join(render_to_string("forum/_wait.html", {"wait": None}).split())
    assert "Nobody is on duty right now. Their next hours begin: November 21, 8:00 AM." in said
    assert '<a href="/help/now/">Help now</a> is there day and night.' in said


def test_within_the_hours_nothing_is_said_of_the_next_ones(at_night, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    said = render_to_string("forum/_wait.html", {"wait": None})
    assert "Moderators are here" in said
    assert "Nobody is on duty" not in said


def test_everyone_reads_the_hours_above_the_boards(visitor, at_night):
    assert "every day, 8:00 AM to 10:00 PM" in visitor.get("/talk/").content.decode()


def _days(*days, spans=(("09:00", "17:00"),)):
    return {str(day): [list(span) for span in spans] for day in days}


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        ({}, "", ""),
        ({"0": []}, "", ""),
        (EVERY_DAY, "every day, 8:00 AM to 10:00 PM", "08:00"),
        (_days(0, 1, 2, 3, 4), "Monday to Friday, 9:00 AM to 5:00 PM", "lunes"),
        (_days(5, 6), "Saturday and Sunday, 9:00 AM to 5:00 PM", "sábado"),
        (_days(2), "Wednesday, 9:00 AM to 5:00 PM", "miércoles"),
        (_days(0, 2), "Monday, 9:00 AM to 5:00 PM; Wednesday, 9:00 AM to 5:00 PM", "; miércoles"),
        (_days(*range(7), spans=[("00:00", "24:00")]), "every day, all day", ""),
        (_days(6, spans=[("20:00", "24:00")]), "Sunday, 8:00 PM to midnight", "domingo"),
        (
            _days(0, spans=[("09:00", "12:00"), ("13:30", "17:00")]) | _days(5, spans=[("10:00", "12:00")]),
            "Monday, 9:00 AM to 12:00 PM and 1:30 PM to 5:00 PM; Saturday, 10:00 AM to 12:00 PM",
            "17:00",
        ),
    ],
)
def test_hours_are_said_as_people_say_them(hours, english, spanish):
    assert hours_in_words(hours) == english
    with translation.override("es"):
        assert spanish in hours_in_words(hours)
        assert "AM" not in hours_in_words(hours)
