"""What is said about the wait: nothing measured from few decisions, else the figures, reckoned by hand."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from forum.models import ReviewItem
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


def test_an_author_who_waits_reads_the_figures_and_the_hours(asks, post):
    from wagtail.models import Site

    from education.models import SiteFacts

    SiteFacts.objects.create(site=Site.objects.get(), staffed_hours_en="every day, 8 am to 10 pm")
    waited(post, *range(1, 22))
    page = asks.get("/talk/mine/").content.decode()
    assert "half of all posts waited less than 11 minutes" in page
    assert "Nearly all waited less than 20 minutes." in page
    assert "every day, 8 am to 10 pm" in page
