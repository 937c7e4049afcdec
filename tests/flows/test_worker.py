"""The worker runs jobs that are due, sends messages once or at least once, and says that it lives."""

import os
import signal
import smtplib
import time
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import jobs, mailing, notices, outbox, readiness, seal, upkeep, writing
from accounts.models import Heartbeat, Notice, Outbox, ParkedText, PeriodicJob, User
from accounts.notices import Words
from accounts.states import MailGroup, OutboxState
from tests.cast import make_user

NEWS, PAGE = "tests.news", "tests.on_call"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds():
    """One kind of news, one kind of page to the person on call; subject "secret" can no longer be seen."""
    for kind in (NEWS, PAGE):
        notices.register_resolver(
            kind,
            lambda person, subject: None if subject == "secret" else Words("Private words", "/talk/"),
            mail=MailGroup.DECISIONS,
        )
    outbox.register_on_call(PAGE)
    yield
    for kind in (NEWS, PAGE):
        notices._resolvers.pop(kind)
        mailing._groups.pop(kind)
    outbox._on_call_kinds.discard(PAGE)


@pytest.fixture
def maple() -> User:
    user = make_user("QuietMaple")
    EmailAddress.objects.create(user=user, email=seal.seal("row@example.org"), verified=True, primary=True)
    return user


def tell(user: User, kind: str = NEWS, subject: str = "1", **more) -> Outbox:
    key = f"{kind}:{subject}"
    notices.notify(person=user, kind=kind, subject_id=subject, dedupe_key=key, **more)
    return Outbox.objects.get(dedupe_key=key)


def work() -> None:
    call_command("work", "--once", stdout=StringIO())


def state(row: Outbox) -> str:
    row.refresh_from_db()
    return row.state


# --- messages ---------------------------------------------------------------------------------------------


def test_a_message_is_sent_once_and_is_neutral(maple):
    row = tell(maple)
    work()
    work()
    assert state(row) == OutboxState.SENT
    assert len(mail.outbox) == 1
    message = mail.outbox[0]
    assert message.subject == "A note from your hub"
    assert [seal.unseal(to) for to in message.to] == ["row@example.org"]
    assert "/me/notices/" in message.body
    for telling in ("Private words", "QuietMaple", "Family", "treatment", "addict"):
        assert telling not in message.body + message.subject


def test_who_has_no_confirmed_address_gets_no_mail_but_the_notice(maple):
    EmailAddress.objects.update(verified=False)
    row = tell(maple)
    work()
    assert state(row) == OutboxState.DROPPED
    assert not mail.outbox
    assert len(notices.shown_to(maple)) == 1


def test_what_a_person_may_no_longer_see_is_not_mailed(maple):
    row = tell(maple, subject="secret")
    work()
    assert state(row) == OutboxState.DROPPED
    assert not mail.outbox


def test_a_closed_account_gets_no_mail(maple):
    row = tell(maple)
    User.objects.update(is_active=False)
    work()
    assert state(row) == OutboxState.DROPPED


def test_a_message_waits_for_its_time_and_can_be_taken_back(maple):
    row = tell(maple, not_before=timezone.now() + timedelta(minutes=3))
    work()
    assert state(row) == OutboxState.DUE
    notices.take_back(dedupe_key=row.dedupe_key)
    Outbox.objects.update(not_before=timezone.now())
    work()
    assert state(row) == OutboxState.UNDONE
    assert not mail.outbox


def test_pages_to_the_person_on_call_go_first(maple):
    for number in range(7):
        tell(maple, subject=str(number))
    tell(maple, PAGE)
    outbox.drain()
    assert "/queue/" in mail.outbox[0].body


def test_a_page_that_comes_while_members_mail_is_on_its_way_goes_next(maple, server):
    for number in range(5):
        tell(maple, subject=str(number))
    slow, order = server(), []

    def send(messages):
        if not order:
            tell(maple, PAGE)
        order.append("/queue/" in messages[0].body)

    slow.send_messages = send
    outbox.drain()
    assert order == [False, True, False, False, False, False]


def test_a_slow_server_does_not_keep_the_worker_from_its_heartbeat(maple, server, monkeypatch):
    for number in range(5):
        tell(maple, subject=str(number))
    slow = server()
    now = [0.0]
    monkeypatch.setattr("accounts.outbox.time.monotonic", lambda: now[0])
    slow.open = lambda: now.__setitem__(0, now[0] + 11)
    assert outbox.drain() == 2
    assert Outbox.objects.filter(state=OutboxState.DUE).count() == 3


class Server:
    """A mail server that answers as told."""

    def __init__(self, *, opening: Exception | None = None, sending: Exception | None = None) -> None:
        self.opening, self.sending, self.tried = opening, sending, 0

    def open(self):
        if self.opening:
            raise self.opening

    def send_messages(self, messages):
        self.tried += 1
        if self.sending:
            raise self.sending
        return len(messages)

    def close(self):
        pass


@pytest.fixture
def server(monkeypatch):
    def answer(**answers) -> Server:
        made = Server(**answers)
        monkeypatch.setattr("accounts.outbox.get_connection", lambda: made)
        return made

    return answer


def test_a_server_that_cannot_be_reached_is_tried_again_later_and_later(maple, server):
    server(opening=ConnectionRefusedError())
    row = tell(maple)
    waits = []
    for _try in range(3):
        Outbox.objects.update(not_before=timezone.now())
        work()
        row.refresh_from_db()
        waits.append(row.not_before - timezone.now())
    assert row.state == OutboxState.DUE
    assert row.attempts == 3
    assert row.handed_at is None
    assert waits[0] < waits[1] < waits[2]


def test_a_server_that_is_away_for_days_ends_no_message(maple, server):
    row = tell(maple)
    server(opening=ConnectionRefusedError())
    for _try in range(30):
        Outbox.objects.update(not_before=timezone.now())
        outbox.drain()
    assert state(row) == OutboxState.DUE
    server(sending=smtplib.SMTPDataError(451, b"later"))  # back, and asks for patience
    Outbox.objects.update(not_before=timezone.now())
    outbox.drain()
    assert state(row) == OutboxState.DUE
    assert row.not_before - timezone.now() <= outbox.LONGEST_WAIT


def test_a_server_that_says_later_for_ever_ends_news_but_no_page(maple, server):
    news, page = tell(maple), tell(maple, PAGE)
    server(sending=smtplib.SMTPDataError(451, b"later"))
    for _try in range(13):
        Outbox.objects.update(not_before=timezone.now())
        outbox.drain()
    assert state(news) == OutboxState.REFUSED
    assert state(page) == OutboxState.DUE


def test_a_message_whose_words_cannot_be_made_does_not_stop_the_others(maple, monkeypatch):
    def stops(person, subject):
        raise RuntimeError("a secret")

    monkeypatch.setitem(notices._resolvers, PAGE, stops)
    page, news = tell(maple, PAGE), tell(maple)
    outbox.drain()
    assert state(page) == OutboxState.DUE
    assert page.not_before > timezone.now()
    assert state(news) == OutboxState.SENT


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(maple, server):
    row = tell(maple)
    server(sending=smtplib.SMTPDataError(451, b"later"))
    work()
    assert state(row) == OutboxState.DUE
    Outbox.objects.update(not_before=timezone.now())
    server(sending=smtplib.SMTPRecipientsRefused({"x": (550, b"no")}))
    work()
    assert state(row) == OutboxState.REFUSED


@pytest.mark.parametrize("lost", [smtplib.SMTPServerDisconnected(), TimeoutError(), OSError()])
def test_when_the_answer_is_lost_news_is_unsure_and_an_on_call_page_goes_again(maple, server, lost):
    news, page = tell(maple), tell(maple, PAGE)
    broken = server(sending=lost)
    outbox.drain()
    assert broken.tried == 2
    assert state(news) == OutboxState.UNSURE
    assert state(page) == OutboxState.DUE
    Outbox.objects.update(not_before=timezone.now())
    good = server()
    work()
    assert good.tried == 1
    assert state(page) == OutboxState.SENT
    assert outbox.unsure_count() == 1


@pytest.mark.parametrize(
    ("kind", "handed", "end", "sent"),
    [
        (NEWS, True, OutboxState.UNSURE, 0),
        (NEWS, False, OutboxState.SENT, 1),
        (PAGE, True, OutboxState.SENT, 1),
        (PAGE, False, OutboxState.SENT, 1),
    ],
)
def test_after_a_worker_was_killed_news_goes_at_most_once_and_pages_at_least_once(
    maple, kind, handed, end, sent
):
    row = tell(maple, kind)
    now = timezone.now()
    Outbox.objects.update(
        state=OutboxState.SENDING,
        lease="of-the-dead",
        lease_until=now - timedelta(seconds=1),
        handed_at=now if handed else None,
    )
    work()
    assert state(row) == end
    assert len(mail.outbox) == sent


def test_a_page_sent_twice_carries_the_same_message_id(maple):
    row = tell(maple, PAGE)
    work()
    Outbox.objects.update(state=OutboxState.DUE)
    work()
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert row.dedupe_key not in first.extra_headers["Message-ID"]


def test_a_message_another_worker_holds_is_left_alone(maple):
    row = tell(maple)
    Outbox.objects.update(
        state=OutboxState.SENDING, lease="another", lease_until=timezone.now() + timedelta(seconds=30)
    )
    assert outbox.drain() == 0
    assert not mail.outbox
    assert state(row) == OutboxState.SENDING


def test_a_worker_that_lost_its_lease_does_not_send(maple, server, monkeypatch):
    row = tell(maple)
    lost = server()
    monkeypatch.setattr(lost, "open", lambda: Outbox.objects.filter(pk=row.pk).update(lease="someone-else"))
    outbox.drain()
    assert lost.tried == 0


# --- jobs -------------------------------------------------------------------------------------------------


@pytest.fixture
def job(monkeypatch):
    """A job of this test alone; `ran` counts its runs."""
    monkeypatch.setattr(jobs, "_jobs", {})
    ran: list[int] = []
    jobs.register_job("tests.job", timedelta(hours=1), lambda: ran.append(1))
    jobs.write_timetable()
    return ran


def test_a_job_runs_when_it_is_due_and_not_before(job):
    assert jobs.tick() == 1
    assert jobs.tick() == 0
    PeriodicJob.objects.update(due_at=timezone.now())
    jobs.tick()
    assert len(job) == 2
    row = PeriodicJob.objects.get()
    assert row.last_ok_at is not None
    assert row.leased_until is None


def test_of_two_workers_one_runs_the_job(job, monkeypatch):
    seen = list(PeriodicJob.objects.all())
    jobs.tick()
    due = PeriodicJob.objects.filter(pk=seen[0].pk, due_at=seen[0].due_at)
    assert due.update(due_at=timezone.now()) == 0
    assert len(job) == 1


def test_a_job_that_stops_is_tried_at_its_next_turn_and_does_not_stop_the_others(job):
    def stops():
        raise RuntimeError

    jobs.register_job("tests.stops", timedelta(hours=1), stops)
    jobs.write_timetable()
    assert jobs.tick() == 2
    assert len(job) == 1
    row = PeriodicJob.objects.get(name="tests.stops")
    assert row.last_ok_at is None
    assert row.due_at > timezone.now()


def test_a_changed_rhythm_is_taken_over(job):
    jobs.register_job("tests.job", timedelta(minutes=5), lambda: None)
    jobs.write_timetable()
    assert PeriodicJob.objects.get().every == timedelta(minutes=5)


def test_a_job_without_a_good_end_for_two_periods_is_overdue(job):
    PeriodicJob.objects.update(last_ok_at=timezone.now() - timedelta(hours=2, minutes=11))
    assert jobs.overdue() == ["tests.job"]
    PeriodicJob.objects.update(last_ok_at=timezone.now() - timedelta(hours=1))
    assert jobs.overdue() == []


def test_one_run_does_every_registered_job(maple):
    work()
    assert not PeriodicJob.objects.filter(last_ok_at=None).exists()
    assert {"accounts.sessions", "hub.cache"} <= set(PeriodicJob.objects.values_list("name", flat=True))


def test_old_things_are_tidied_and_new_ones_kept(maple):
    now = timezone.now()
    tell(maple, subject="old")
    tell(maple, subject="new")
    Notice.objects.filter(subject_id="old").update(read_at=now - timedelta(days=91))
    Outbox.objects.filter(subject_id="old").update(state="sent", created_at=now - timedelta(days=31))
    writing.park(token=writing.make_token(user=maple, place="/x/"), data={"body": "a"})
    ParkedText.objects.update(expires_at=now)
    work()
    assert list(Notice.objects.values_list("subject_id", flat=True)) == ["new"]
    assert list(Outbox.objects.values_list("subject_id", flat=True)) == ["new"]
    assert not ParkedText.objects.exists()


# --- health -----------------------------------------------------------------------------------------------


def test_the_site_is_ready_while_a_worker_lives(visitor):
    work()
    response = visitor.get("/health/ready")
    assert (response.status_code, response.content) == (200, b"ready\n")
    out = StringIO()
    call_command("ready", stdout=out)
    assert "Ready." in out.getvalue()


def test_a_silent_worker_is_noticed_without_telling_figures(visitor):
    work()
    Heartbeat.objects.filter(name=upkeep.WORKER).update(beat_at=timezone.now() - timedelta(minutes=2))
    response = visitor.get("/health/ready")
    assert (response.status_code, response.content) == (503, b"not ready\n")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("ready", stdout=out)
    assert "silent since" in out.getvalue()


def test_a_site_whose_worker_never_ran_is_not_ready(visitor):
    assert visitor.get("/health/ready").status_code == 503


def test_a_check_that_stops_counts_as_not_fine(visitor, monkeypatch):
    def stops():
        raise RuntimeError("a secret")

    work()
    monkeypatch.setitem(readiness._checks, "tests", stops)
    assert visitor.get("/health/ready").status_code == 503
    assert "a secret" not in visitor.get("/health/ready").content.decode()
    assert "RuntimeError" in readiness.what_is_wrong()["tests"]


def test_a_broken_cache_and_open_migrations_are_noticed(visitor, monkeypatch):
    work()
    monkeypatch.setattr("family_hub.upkeep.cache.get", lambda key: None)
    assert set(readiness.what_is_wrong()) == {"cache"}
    monkeypatch.undo()
    monkeypatch.setattr("family_hub.upkeep.MigrationExecutor.migration_plan", lambda self, targets: [1, 2])
    assert "2 migrations" in readiness.what_is_wrong()["migrations"]


def test_live_asks_nothing_of_the_database(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = visitor.get("/health/live")
    assert (response.status_code, response.content) == (200, b"live\n")


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_is_read_only_and_sets_no_cookie(address):
    assert Client().post(address).status_code == 405
    assert not Client().get(address).cookies


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_works_round_after_round_until_it_is_told_to_end(maple, monkeypatch, number):
    rounds = []

    def told_after_the_third(seconds):
        rounds.append(1)
        if len(rounds) == 3:
            os.kill(os.getpid(), number)

    row = tell(maple)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("family_hub.management.commands.work.close_old_connections", lambda: None)
    monkeypatch.setattr(
        "family_hub.management.commands.work.threading.Event", lambda: Stop(told_after_the_third)
    )
    out = StringIO()
    try:
        call_command("work", stdout=out)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert "has ended" in out.getvalue()
    assert len(rounds) == 3
    assert state(row) == OutboxState.SENT


class Stop:
    """An event whose waiting takes no time."""

    def __init__(self, on_wait) -> None:
        self.on_wait, self.told = on_wait, False

    def is_set(self) -> bool:
        return self.told

    def set(self) -> None:
        self.told = True

    def wait(self, seconds: float) -> None:
        self.on_wait(seconds)


def test_a_part_that_stops_does_not_stop_the_others(maple, monkeypatch, caplog):
    def stops():
        raise RuntimeError

    row = tell(maple)
    monkeypatch.setattr("family_hub.management.commands.work.jobs.tick", stops)
    work()
    assert state(row) == OutboxState.SENT
    assert "part jobs stopped" in caplog.text


def test_a_task_whose_worker_died_is_tried_again():
    from django_tasks_db.models import DBTaskResult

    from family_hub.upkeep import retry_lost_tasks

    common = {
        "args_kwargs": {"args": [], "kwargs": {}},
        "priority": 0,
        "task_path": "tests.task",
        "queue_name": "default",
        "backend_name": "default",
        "run_after": timezone.now(),
        "status": "RUNNING",
    }
    lost = DBTaskResult.objects.create(started_at=timezone.now() - timedelta(minutes=16), **common)
    running = DBTaskResult.objects.create(started_at=timezone.now(), **common)
    retry_lost_tasks()
    lost.refresh_from_db()
    running.refresh_from_db()
    assert (lost.status, running.status) == ("READY", "RUNNING")


def test_what_ran_out_leaves_the_cache_table(settings):
    from django.core.cache import caches
    from django.db import connection

    from family_hub.upkeep import purge_cache

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tests_cache"}
    }
    call_command("createcachetable", verbosity=0)
    caches["default"].set("short", 1, timeout=1)
    caches["default"].set("long", 1, timeout=1000)
    time.sleep(2.1)
    purge_cache()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM tests_cache")
        kept = [key for (key,) in cursor.fetchall()]
        cursor.execute("DROP TABLE tests_cache")
    assert [key.rpartition(":")[2] for key in kept] == ["long"]
