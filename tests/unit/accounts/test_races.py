"""Two at once, with real connections: one wins, nobody gets a 500."""

import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import close_old_connections, connection
from django.test import Client

from accounts import jobs, notices, outbox, seal
from accounts.models import Outbox, User
from accounts.notices import Words
from accounts.states import MailGroup

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("postgresql_only"),
]


def at_once(*acts) -> list:
    """Run each act in a thread with its own connection, all let go at the same moment; their answers."""
    gate, answers = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            answers.append(act())
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_who_want_the_same_name_one_gets_it_and_the_other_is_told():
    def join(handle):
        sent = {"username": handle, "password1": "three kettles on a porch", "agrees": "on", "of_age": "on"}
        return lambda: Client().post("/join/", sent).status_code

    assert sorted(at_once(join("QuietMaple"), join("quiet-maple"))) == [200, 302]
    assert User.objects.count() == 1


def test_of_four_workers_one_runs_the_job(monkeypatch):
    ran: list[int] = []
    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.register_job("tests.race", timedelta(hours=1), lambda: ran.append(1))
    jobs.write_timetable()
    at_once(*[jobs.tick] * 4)
    assert ran == [1]


def test_four_workers_send_each_message_once():
    person = User.objects.create_user("maple")
    EmailAddress.objects.create(user=person, email=seal.seal("a@example.org"), verified=True, primary=True)
    notices.register_resolver(
        "tests.race", lambda person, subject: Words("words", "/"), mail=MailGroup.DECISIONS
    )
    for number in range(20):
        notices.notify(person=person, kind="tests.race", subject_id=str(number), dedupe_key=f"race:{number}")

    def drain_all() -> None:
        while outbox.drain():
            pass

    at_once(*[drain_all] * 4)
    assert set(Outbox.objects.values_list("state", flat=True)) == {"sent"}
    assert len(mail.outbox) == 20


def test_telling_the_same_news_at_once_leaves_one_notice():
    person = User.objects.create_user("maple")

    def tell() -> None:
        notices.notify(person=person, kind="post.decided", subject_id="1", dedupe_key="once")

    at_once(*[tell] * 4)
    assert person.notices.count() == 1
    assert person.outbox.count() == 1
