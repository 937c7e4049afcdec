"""At night no note comes but what a life may depend on; the night is the person's own (A46)."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings

from accounts.models import Outbox
from forum.states import SanctionKind
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import decided, news_goes_out, topic_by
from tests.flows.mail_scene import chooses, gives_address, mails_of, waiting_hours
from tests.flows.test_sanctions import set_limit

pytestmark = pytest.mark.django_db

#: Half past eleven in the evening in New York, half past five in the morning in Madrid.
LATE = dt.datetime(2026, 11, 24, 4, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATE, tick=False) as travel:
        yield travel


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


def test_a_note_waits_for_the_end_of_the_quiet_hours(answers, stranger, topic, clock):
    gives_address(answers)
    chooses(answers, answers=True, quiet_from=22, quiet_until=7, time_zone="America/New_York")
    write_reply(stranger.member, topic)
    row = Outbox.objects.get()
    assert mails_of(answers) == []
    assert waiting_hours(row) == 7.5
    assert (row.state, row.attempts, row.handed_at) == ("due", 0, None)
    clock.shift(dt.timedelta(hours=7, minutes=29))
    assert mails_of(answers) == []
    clock.shift(dt.timedelta(minutes=1))
    assert len(mails_of(answers)) == 1


def test_the_night_is_where_the_person_is(answers, stranger, topic):
    gives_address(answers)
    chooses(answers, answers=True, quiet_from=0, quiet_until=7, time_zone="Europe/Madrid")
    write_reply(stranger.member, topic)
    assert mails_of(answers) == []
    assert waiting_hours(Outbox.objects.get()) == 1.5


def test_without_a_zone_of_their_own_the_site_s_holds(answers, stranger, topic):
    assert settings.TIME_ZONE == "America/New_York"
    gives_address(answers)
    chooses(answers, answers=True, quiet_from=23, quiet_until=6)
    write_reply(stranger.member, topic)
    assert mails_of(answers) == []
    assert waiting_hours(Outbox.objects.get()) == 6.5


def test_outside_of_them_it_goes_at_once(answers, stranger, topic):
    gives_address(answers)
    chooses(answers, answers=True, quiet_from=0, quiet_until=7, time_zone="America/New_York")
    write_reply(stranger.member, topic)
    assert len(mails_of(answers)) == 1


def test_mail_for_a_person_s_safety_waits_for_no_morning(answers, moderator, topic):
    gives_address(answers)
    chooses(answers, quiet_from=22, quiet_until=7, time_zone="America/New_York")
    set_limit(moderator, answers, SanctionKind.READ_ONLY)
    assert len(mails_of(answers)) == 1


def test_a_page_to_the_clinician_on_call_waits_for_no_morning(answers):
    gives_address(answers)
    chooses(answers, quiet_from=22, quiet_until=7, time_zone="America/New_York")
    from accounts import notices

    notices._resolvers["escalation.opened"], kept = (
        lambda person, ids: dict.fromkeys(ids, notices.Words("Now", "/queue/")),
        notices._resolvers["escalation.opened"],
    )
    try:
        notices.notify(person=answers.user, kind="escalation.opened", subject_id="1", dedupe_key="page")
        assert len(mails_of(answers)) == 1
    finally:
        notices._resolvers["escalation.opened"] = kept


def test_quiet_hours_that_were_turned_off_hold_nothing_back_any_more(answers, stranger, topic):
    gives_address(answers)
    chooses(answers, answers=True, quiet_from=22, quiet_until=7, time_zone="America/New_York")
    write_reply(stranger.member, topic)
    assert mails_of(answers) == []
    chooses(answers, answers=True, time_zone="America/New_York")
    assert len(mails_of(answers)) == 1


def test_changing_the_hours_sends_nothing_before_its_time(asks, moderator):
    """A decision that can still be undone waits on, whatever its author changes about their mail."""
    gives_address(asks)
    decided(moderator, topic_by(asks))
    chooses(asks)
    assert mails_of(asks) == []
    news_goes_out()
    assert len(mails_of(asks)) == 1
