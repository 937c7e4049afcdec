"""Quiet hours and summaries by the clock on the wall, also where that clock jumps."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts import hours
from accounts.states import Digest

NEW_YORK = ZoneInfo("America/New_York")


def ny(*parts: int, fold: int = 0) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=NEW_YORK, fold=fold).astimezone(dt.UTC)


def ends(now, begin, end, where=NEW_YORK):
    return hours.quiet_ends(now, quiet_from=begin, quiet_until=end, where=where)


@pytest.mark.parametrize(
    ("now", "begin", "end", "over"),
    [
        (ny(2026, 11, 24, 23, 30), 22, 7, ny(2026, 11, 25, 7)),
        (ny(2026, 11, 24, 22), 22, 7, ny(2026, 11, 25, 7)),
        (ny(2026, 11, 24, 6, 59), 22, 7, ny(2026, 11, 24, 7)),
        (ny(2026, 11, 24, 7), 22, 7, None),
        (ny(2026, 11, 24, 21, 59), 22, 7, None),
        (ny(2026, 11, 24, 13, 15), 13, 15, ny(2026, 11, 24, 15)),
        (ny(2026, 11, 24, 12, 59), 13, 15, None),
        (ny(2026, 12, 31, 23, 0), 23, 0, ny(2027, 1, 1, 0)),
        (ny(2026, 11, 24, 3), 5, 5, None),
        (ny(2026, 11, 24, 3), None, None, None),
    ],
)
def test_quiet_hours_end_when_the_clock_says_so(now, begin, end, over):
    assert ends(now, begin, end) == over


def test_the_night_in_which_the_clock_goes_forward_is_an_hour_shorter():
    evening = ny(2026, 3, 7, 22)
    assert ends(evening, 22, 7) - evening == dt.timedelta(hours=8)


def test_the_night_in_which_the_clock_goes_back_is_an_hour_longer():
    evening = ny(2026, 10, 31, 22)
    assert ends(evening, 22, 7) - evening == dt.timedelta(hours=10)


def test_an_end_that_the_clock_leaves_out_is_the_moment_of_the_change():
    over = ends(ny(2026, 3, 8, 1, 30), 22, 2)
    assert over == dt.datetime(2026, 3, 8, 7, tzinfo=dt.UTC)
    assert ends(over, 22, 2) is None


def test_an_end_that_comes_twice_is_the_first():
    over = ends(ny(2026, 11, 1, 0, 30), 22, 1)
    assert over == ny(2026, 11, 1, 1, fold=0)
    assert ends(over, 22, 1) is None
    assert ends(ny(2026, 11, 1, 1, 30, fold=1), 22, 1) is None


@pytest.mark.parametrize("day", [dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2026, 6, 1)])
def test_no_quiet_hours_end_before_they_hold_nor_hold_at_their_end(day):
    """Each quarter of an hour, each pair of hours: the end lies ahead, and there it is not quiet.

    Only where the clock leaves out the one hour between an end and the next beginning do the two meet.
    """
    start = dt.datetime.combine(day, dt.time(), tzinfo=NEW_YORK).astimezone(dt.UTC)
    for quarter in range(0, 30 * 4):
        now = start + quarter * dt.timedelta(minutes=15)
        for begin in range(0, 24, 1):
            for end in (0, 1, 2, 3, 7):
                over = ends(now, begin, end)
                if over is not None:
                    assert now < over <= now + dt.timedelta(hours=26)
                    if over.astimezone(NEW_YORK).hour != begin:
                        assert ends(over, begin, end) is None


@pytest.mark.parametrize(
    ("now", "how_often", "weekday", "due"),
    [
        (ny(2026, 11, 24, 7, 59), Digest.DAILY, 0, ny(2026, 11, 24, 8)),
        (ny(2026, 11, 24, 8), Digest.DAILY, 0, ny(2026, 11, 25, 8)),
        (ny(2026, 11, 24, 9), Digest.WEEKLY, 0, ny(2026, 11, 30, 8)),  # a Tuesday; the next Monday
        (ny(2026, 11, 23, 7), Digest.WEEKLY, 0, ny(2026, 11, 23, 8)),
        (ny(2026, 11, 23, 8), Digest.WEEKLY, 0, ny(2026, 11, 30, 8)),
        (ny(2026, 11, 24, 9), Digest.WEEKLY, 4, ny(2026, 11, 27, 8)),
        (ny(2026, 3, 7, 9), Digest.DAILY, 0, ny(2026, 3, 8, 8)),
        (ny(2026, 11, 24, 9), Digest.NONE, 0, None),
    ],
)
def test_a_summary_is_due_at_eight_by_the_person_s_clock(now, how_often, weekday, due):
    assert hours.next_summary(now, how_often=how_often, weekday=weekday, where=NEW_YORK) == due


def test_every_zone_that_is_offered_exists_and_an_unknown_one_is_the_site_s():
    for name, _label in hours.ZONES:
        assert hours.zone(name).key == name
    assert hours.zone("").key == hours.zone("Nowhere/Land").key == "America/New_York"
    assert hours.zone("../etc/passwd").key == "America/New_York"
