"""The hours in which a board rests: local time, over midnight, over a clock change."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from forum import rules

ZONE = ZoneInfo("America/New_York")


def at(text: str) -> dt.datetime:
    """A local moment, "2026-10-14 23:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def board(starts: str | None, ends: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        rests_from=dt.time.fromisoformat(starts) if starts else None,
        rests_until=dt.time.fromisoformat(ends) if ends else None,
    )


def rest(starts, ends, now):
    return rules.rest_ends_at(board(starts, ends), now=at(now), zone=ZONE)


@pytest.mark.parametrize(
    ("starts", "ends", "now", "until"),
    [
        ("22:00", "07:00", "2026-10-14 21:59:59", None),
        ("22:00", "07:00", "2026-10-14 22:00", "2026-10-15 07:00"),
        ("22:00", "07:00", "2026-10-15 03:00", "2026-10-15 07:00"),
        ("22:00", "07:00", "2026-10-15 06:59:59", "2026-10-15 07:00"),
        ("22:00", "07:00", "2026-10-15 07:00", None),
        ("13:00", "15:30", "2026-10-14 14:00", "2026-10-14 15:30"),
        ("13:00", "15:30", "2026-10-14 12:59", None),
        ("22:00", "00:00", "2026-10-14 23:30", "2026-10-15 00:00"),
        ("22:00", "00:00", "2026-10-15 00:00", None),
        ("00:00", "06:00", "2026-10-14 00:00", "2026-10-14 06:00"),
    ],
)
def test_a_board_rests_from_its_hour_until_its_hour(starts, ends, now, until):
    expected = at(until).astimezone(dt.UTC) if until else None
    assert rest(starts, ends, now) == expected
    assert rules.board_rests(board(starts, ends), now=at(now), zone=ZONE) is (expected is not None)


@pytest.mark.parametrize(("starts", "ends"), [(None, None), ("22:00", "22:00")])
def test_without_hours_a_board_never_rests(starts, ends):
    for hour in range(24):
        assert rest(starts, ends, f"2026-10-14 {hour:02}:00") is None


def test_the_rest_ends_at_the_local_hour_on_the_night_the_clocks_change():
    # On 1 November 2026 the clocks go back at 2:00: that night has an hour more, and still ends at 7:00.
    begins, ends = at("2026-10-31 22:00"), at("2026-11-01 07:00")
    assert rest("22:00", "07:00", "2026-10-31 22:00") == ends.astimezone(dt.UTC)
    assert ends.astimezone(dt.UTC) - begins.astimezone(dt.UTC) == dt.timedelta(hours=10)
    # On 8 March 2026 they go forward: an hour less.
    begins, ends = at("2026-03-07 22:00"), at("2026-03-08 07:00")
    assert rest("22:00", "07:00", "2026-03-08 05:00") == ends.astimezone(dt.UTC)
    assert ends.astimezone(dt.UTC) - begins.astimezone(dt.UTC) == dt.timedelta(hours=8)
