"""The clocks: routine work runs in staffed hours only, danger runs day and night."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import rules
from forum.states import Severity

NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = {str(day): [["08:00", "22:00"]] for day in range(7)}
WEEKDAYS = {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}
NIGHTS = {str(day): [["00:00", "02:00"], ["20:00", "24:00"]] for day in range(7)}
SUNDAY_NIGHT = {"6": [["01:00", "04:00"]]}
#: In the hour that is left out in spring, and the next one.
IN_THE_GAP = {"6": [["02:00", "02:45"], ["03:00", "04:00"]]}


def at(text: str, zone: ZoneInfo = NEW_YORK) -> dt.datetime:
    """A local moment; 2026-11-20 is a Friday."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def due(opened: str, hours, *, severity=Severity.ROUTINE, target_hours: float = 4) -> str:
    answer = rules.due_at(
        at(opened),
        severity=severity,
        target=dt.timedelta(hours=target_hours),
        hours=hours,
        zone=NEW_YORK,
    )
    return answer.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("opened", "hours", "expected"),
    [
        pytest.param("2026-11-20 09:00", EVERY_DAY, "2026-11-20 13:00", id="within the day"),
        pytest.param("2026-11-20 18:00", EVERY_DAY, "2026-11-20 22:00", id="to the last minute"),
        pytest.param("2026-11-20 20:00", EVERY_DAY, "2026-11-21 10:00", id="over the night"),
        pytest.param("2026-11-20 23:30", EVERY_DAY, "2026-11-21 12:00", id="opened in the night"),
        pytest.param("2026-11-20 07:59", EVERY_DAY, "2026-11-20 12:00", id="opened a minute too soon"),
        pytest.param("2026-11-20 16:00", WEEKDAYS, "2026-11-23 12:00", id="over a weekend"),
        pytest.param("2026-11-21 10:00", WEEKDAYS, "2026-11-23 14:00", id="opened on a Saturday"),
        pytest.param("2026-11-20 11:00", WEEKDAYS, "2026-11-20 16:00", id="over the lunch hour"),
        pytest.param("2026-11-20 12:30", WEEKDAYS, "2026-11-20 17:00", id="opened at lunch"),
        pytest.param("2026-11-20 23:00", NIGHTS, "2026-11-21 21:00", id="through midnight"),
        pytest.param("2026-11-20 12:00", {}, "2026-11-20 16:00", id="never set: every hour counts"),
        pytest.param("2026-11-20 12:00", {"0": []}, "2026-11-20 16:00", id="no staffed minute"),
        pytest.param("2026-11-20 12:00", {"0": [["09:00", "09:00"]]}, "2026-11-20 16:00", id="an empty span"),
    ],
)
def test_routine_work_is_due_after_so_many_staffed_hours(opened, hours, expected):
    assert due(opened, hours) == expected


@pytest.mark.parametrize(("severity", "hours_later"), [(Severity.IMMINENT, 0.25), (Severity.CONCERN, 1)])
def test_danger_runs_day_and_night(severity, hours_later):
    opened = at("2026-11-21 03:00")
    target = dt.timedelta(hours=hours_later)
    assert (
        rules.due_at(opened, severity=severity, target=target, hours=WEEKDAYS, zone=NEW_YORK)
        == opened + target
    )


@pytest.mark.parametrize(
    ("opened", "hours", "target", "expected"),
    [
        # 2026-11-01: at 2:00 it is 1:00 again, so that one to four are four hours.
        pytest.param("2026-11-01 01:00", SUNDAY_NIGHT, 4, "2026-11-01 04:00", id="autumn: an hour more"),
        pytest.param("2026-10-31 23:00", SUNDAY_NIGHT, 3, "2026-11-01 03:00", id="autumn: three of the four"),
        # 2026-03-08: at 2:00 it is 3:00, so that one to four are two hours.
        pytest.param("2026-03-08 01:00", SUNDAY_NIGHT, 2, "2026-03-08 04:00", id="spring: an hour less"),
        pytest.param("2026-03-08 01:00", SUNDAY_NIGHT, 3, "2026-03-15 02:00", id="spring: on to next week"),
        pytest.param(
            "2026-03-08 00:00", IN_THE_GAP, 1.5, "2026-03-15 02:30", id="spring: no hour counts twice"
        ),
        pytest.param("2026-03-07 21:00", EVERY_DAY, 2, "2026-03-08 09:00", id="spring: the day is as usual"),
    ],
)
def test_a_clock_change_neither_gives_nor_takes_a_staffed_hour(opened, hours, target, expected):
    assert due(opened, hours, target_hours=target) == expected


def test_few_staffed_hours_do_not_put_the_answer_off_for_ever():
    opened = at("2026-11-20 12:00")
    answer = rules.due_at(
        opened,
        severity=Severity.ROUTINE,
        target=dt.timedelta(hours=10),
        hours={"0": [["09:00", "09:01"]]},
        zone=NEW_YORK,
    )
    assert answer == opened + rules.LONGEST_WAIT


@pytest.mark.parametrize(
    ("when", "hours", "here"),
    [
        ("2026-11-20 08:00", EVERY_DAY, True),
        ("2026-11-20 21:59", EVERY_DAY, True),
        ("2026-11-20 22:00", EVERY_DAY, False),
        ("2026-11-20 12:30", WEEKDAYS, False),
        ("2026-11-21 10:00", WEEKDAYS, False),
        ("2026-11-20 23:59", NIGHTS, True),
        ("2026-11-21 00:00", NIGHTS, True),
        ("2026-11-20 12:00", {}, False),
    ],
)
def test_someone_is_here_from_the_first_minute_to_before_the_last(when, hours, here):
    assert rules.is_staffed(at(when), hours=hours, zone=NEW_YORK) is here


@pytest.mark.parametrize(
    ("when", "hours", "begins"),
    [
        ("2026-11-20 07:00", EVERY_DAY, "2026-11-20 08:00"),
        ("2026-11-20 08:00", EVERY_DAY, "2026-11-21 08:00"),
        ("2026-11-20 12:10", WEEKDAYS, "2026-11-20 13:00"),
        ("2026-11-20 17:00", WEEKDAYS, "2026-11-23 09:00"),
        ("2026-11-22 05:00", {"6": [["02:00", "03:00"]]}, "2026-11-29 02:00"),
        ("2026-03-07 12:00", {"6": [["02:00", "03:00"]]}, "2026-03-15 02:00"),
    ],
)
def test_the_next_staffed_hours_begin_when_the_site_says(when, hours, begins):
    assert rules.next_staffed(at(when), hours=hours, zone=NEW_YORK) == at(begins)


def test_where_hours_were_never_set_none_begin():
    assert rules.next_staffed(at("2026-11-20 12:00"), hours={}, zone=NEW_YORK) is None


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-20 10:00", 3, "2026-11-25 10:00"),
        ("2026-11-21 10:00", 1, "2026-11-23 10:00"),
        ("2026-11-20 10:00", 0, "2026-11-20 10:00"),
        ("2026-10-30 10:00", 1, "2026-11-02 10:00"),
    ],
)
def test_working_days_leave_out_the_weekend_and_keep_the_hour(start, days, end):
    assert rules.add_working_days(at(start), days, zone=NEW_YORK) == at(end)


clock = st.integers(0, 24 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
span = st.tuples(clock, clock).map(sorted)
week = st.dictionaries(st.integers(0, 6).map(str), st.lists(span, max_size=3), max_size=7)
#: Around both clock changes of 2026, and an ordinary week.
moment = st.sampled_from(["2026-03-06", "2026-10-30", "2026-06-10"]).flatmap(
    lambda day: st.integers(0, 5 * 24 * 60).map(
        lambda minutes: dt.datetime.fromisoformat(f"{day}T00:00+00:00") + dt.timedelta(minutes=minutes)
    )
)


@given(hours=week, first=moment, later=st.integers(0, 3000), target=st.integers(1, 2000))
def test_a_clock_is_never_due_too_soon_and_never_overtakes_an_earlier_one(hours, first, later, target):
    length = dt.timedelta(minutes=target)

    def due_of(opened):
        return rules.due_at(opened, severity=Severity.ROUTINE, target=length, hours=hours, zone=NEW_YORK)

    second = first + dt.timedelta(minutes=later)
    assert due_of(first) >= first + length
    assert due_of(first) <= due_of(second)
    assert due_of(first) <= first + max(length, rules.LONGEST_WAIT)
