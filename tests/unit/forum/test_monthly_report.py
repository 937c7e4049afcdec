"""The public report of a month: made once by the system, and no number in it points at anyone."""

import datetime as dt
import itertools

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts import jobs
from forum.actions import record
from forum.actions.reporting_month import make_due_reports, make_report, suppress
from forum.models import (
    Appeal,
    ModAction,
    MonthlyReport,
    Post,
    Report,
    ReviewItem,
    ReviewReason,
    SafetyEscalation,
    Sanction,
)
from forum.states import ActorRole, SanctionKind
from tests.factories import make_board, open_topic, write_reply

OCTOBER = dt.date(2026, 10, 1)
NOVEMBER = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
ADDRESS = "/about/moderation/"

# --- leaving small numbers out -------------------------------------------------------------------------------

COUNTS = st.one_of(st.integers(0, 8), st.integers(0, 500))
TABLES = st.dictionaries(st.sampled_from("abcdef"), COUNTS, min_size=1, max_size=6)


@given(TABLES)
def test_no_part_from_one_to_four_is_shown_and_no_other_is_changed(parts):
    shown = suppress(parts, total="all")
    for name, count in parts.items():
        assert shown[name] == (None if 1 <= count <= 4 else count)


@given(TABLES)
def test_a_left_out_part_stays_unknown_even_to_someone_who_knows_the_rule(parts):
    """For each part that is left out, other tables give the very same page with another number there."""
    for total in ("", "all"):
        shown = suppress(parts, total=total)
        for name in parts:
            if shown[name] is None:
                fits = {n for n in range(12) if suppress(parts | {name: n}, total=total) == shown}
                assert fits == {1, 2, 3, 4}


@given(TABLES)
def test_a_total_is_the_sum_or_is_left_out(parts):
    shown = suppress(parts, total="all")
    left_out = [name for name in parts if shown[name] is None]
    assert shown["all"] == (None if left_out else sum(parts.values()))


def test_no_sum_over_shown_numbers_gives_a_left_out_one_in_any_small_table():
    for counts in itertools.product(range(7), repeat=3):
        parts = dict(zip("abc", counts, strict=True))
        shown = suppress(parts, total="all")
        if None in shown.values():
            assert shown["all"] is None


def test_a_count_below_nothing_is_a_mistake():
    with pytest.raises(ValueError):
        suppress({"a": -1})


# --- making it -------------------------------------------------------------------------------------------------


@pytest.fixture
def in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


@pytest.fixture
def october(db, answers, asks, moderator):
    """A month: 60 texts read first (52 published, 6 sent back, 2 not), reports, appeals, sanctions."""
    when = dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)
    with time_machine.travel(when, tick=False):
        topic = open_topic(answers.member, make_board())
        post = write_reply(answers.member, topic)
        decisions = ["approve"] * 52 + ["return"] * 6 + ["reject"] * 2
        for n, decision in enumerate(decisions):
            item = ReviewItem.objects.create(
                post=post,
                opened_at=when,
                due_at=when,
                first_action_at=when + dt.timedelta(minutes=30),
                resolved_at=when + dt.timedelta(minutes=30),
                status="resolved",
                resolution=decision,
            )
            kind = "crisis" if n < 18 else "first_post"
            ReviewReason.objects.create(item=item, kind=kind, verdict="dismissed")
        for n in range(7):
            act = _act("remove_post", subject_id=str(n), from_state="published", to_state="removed")
            state = "overturned" if n < 5 else "open"
            Appeal.objects.create(
                action=act,
                member=asks.member,
                state=state,
                created_at=when,
                due_at=when,
                decided_by=moderator.member if n < 5 else None,
                decided_at=when if n < 5 else None,
            )
        Sanction.objects.create(
            member=asks.member,
            kind="warn",
            starts_at=when,
            ends_at=when + dt.timedelta(days=1),
            reason_code="unkind",
            action=_act("sanction_member"),
        )
        SafetyEscalation.objects.create(item=item, opened_by=moderator.member, opened_at=when)
        Report.objects.create(
            reporter=asks.member,
            post=post,
            revision_id=post.published_revision_id,
            category="unkind",
            created_at=when,
            state="upheld",
        )


def _act(verb, **fields):
    base = {"by": None, "role": ActorRole.MODERATOR, "subject_kind": "post", "subject_id": "1"}
    return record.append(**base | fields, verb=verb)


def test_the_report_counts_the_month_and_leaves_small_numbers_out(october, in_november):
    assert make_report(month=OCTOBER).figures == {
        "read_first": {"published": 52, "changed": 0, "sent_back": 6, "not_published": None, "all": None},
        "median_wait": 30,
        "afterwards": {"hidden": 0, "taken_down": 7, "brought_back": 0},
        "reports": {
            "acted_on": None,
            "post_stays": 0,
            "already_reported": 0,
            "taken_back": 0,
            "still_open": 0,
            "all": None,
        },
        "appeals": {"changed": 5, "kept": 0, "all": 5},
        "sanctions": {"warn": None, "premoderate": 0, "read_only": 0, "suspend": 0, "all": None},
        "rule_tenths": 3,
        "escalations": {"asked": None},
    }
    assert set(SanctionKind.values) < set(MonthlyReport.objects.get().figures["sanctions"])


def test_an_undone_decision_is_not_counted(october, in_november):
    returned = ReviewItem.objects.filter(resolution="return").first()
    with time_machine.travel(dt.datetime(2026, 10, 15, 9, 1, tzinfo=dt.UTC), tick=False):
        sent_back = _act("return_post", item_id=returned.pk)
        _act("undo", reverses_id=sent_back.pk, from_state="published", to_state="hidden")
    figures = make_report(month=OCTOBER).figures
    assert figures["read_first"]["sent_back"] == 5
    assert figures["afterwards"]["hidden"] == 0


def test_the_report_is_made_once_and_stays_as_it_was_made(october, in_november):
    made = make_report(month=OCTOBER)
    acts = ModAction.objects.filter(verb="publish_report")
    act = acts.get()
    assert (act.automated, act.role, act.actor_id, act.subject_id) == (True, "system", None, "2026-10")
    Sanction.objects.update(kind="suspend")
    assert make_report(month=OCTOBER).pk == made.pk
    assert make_due_reports() == []
    assert MonthlyReport.objects.get().figures == made.figures
    assert acts.count() == 1


def test_a_month_that_is_not_over_has_no_report(october):
    with time_machine.travel(dt.datetime(2026, 11, 1, 3, 59, tzinfo=dt.UTC), tick=False):
        assert make_report(month=dt.date(2026, 11, 1)) is None
    with time_machine.travel(dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC), tick=False):
        assert make_report(month=OCTOBER) is None
    assert not MonthlyReport.objects.exists()


def test_a_month_begins_and_ends_at_midnight_where_the_site_is(october, settings):
    settings.TIME_ZONE = "America/New_York"  # four hours behind: October ends there at 04:00 UTC
    late = dt.datetime(2026, 11, 1, 3, 30, tzinfo=dt.UTC)
    Sanction.objects.update(starts_at=late, ends_at=late + dt.timedelta(days=1))
    with time_machine.travel(late, tick=False):
        assert make_report(month=OCTOBER) is None
    with time_machine.travel(NOVEMBER, tick=False):
        assert make_report(month=OCTOBER).figures["sanctions"]["warn"] is None


def test_a_month_before_anyone_wrote_has_no_report(october, in_november):
    assert make_report(month=dt.date(2026, 9, 1)) is None


def test_only_a_first_day_names_a_month():
    with pytest.raises(ValueError):
        make_report(month=dt.date(2026, 10, 2))


def test_the_worker_makes_it_and_makes_up_for_months_it_slept_through(october):
    assert "forum.monthly_report" in jobs._jobs
    with time_machine.travel(NOVEMBER, tick=False):
        assert [report.month for report in make_due_reports()] == [OCTOBER]
    with time_machine.travel(dt.datetime(2027, 2, 3, tzinfo=dt.UTC), tick=False):
        made = [report.month for report in make_due_reports()]
    assert made == [dt.date(2026, 11, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1)]


# --- reading it ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_before_the_first_month_is_over_the_page_says_so(visitor):
    page = visitor.get(ADDRESS)
    assert page.status_code == 200
    assert "There is no report yet." in page.content.decode()


def test_everyone_reads_the_newest_month_and_finds_the_others(october, in_november, visitor):
    make_report(month=OCTOBER)
    MonthlyReport.objects.create(
        month=dt.date(2026, 9, 1), figures=MonthlyReport.objects.get().figures, made_at=NOVEMBER
    )
    page = visitor.get(ADDRESS).content.decode()
    for words in ("October 2026", "fewer than 5", "at least 59", "within 30\xa0min", "about 3 in 10"):
        assert words in page, words
    assert 'href="/about/moderation/?month=2026-09"' in page
    assert "September 2026</h2>" in visitor.get(ADDRESS, {"month": "2026-09"}).content.decode()
    assert visitor.get(ADDRESS, {"month": "2026-08"}).status_code == 404
    assert visitor.post(ADDRESS).status_code == 405


def test_the_page_names_no_person_no_board_and_no_post(october, in_november, visitor):
    make_report(month=OCTOBER)
    page = visitor.get(ADDRESS).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    names = ["asks", "answers", "moderator ", "Parents", "First week home", "We had a silent month"]
    for name in [*names, *Post.objects.values_list("public_id", flat=True)]:
        assert name not in main, name


@pytest.mark.django_db
def test_the_rules_and_the_about_page_lead_there(visitor):
    for page in ("/talk/guidelines/", "/about/"):
        assert 'href="/about/moderation/"' in visitor.get(page).content.decode()
    assert "You can appeal" in visitor.get("/talk/guidelines/").content.decode()
