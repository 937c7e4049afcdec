"""Mail when something breaks: a worker is killed in mid-send, the server is away, silent or slow.

News to members goes at most once, a page to the person on call at least once, and no row is lost
(design: recipes 5). Real workers, a real mail server, real commits.
"""

import random
import socket
import time
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Outbox
from accounts.outbox import message_id
from accounts.states import OutboxState
from tests.faults.conftest import ended, kill, wait_until, write_rows
from tests.faults.kinds import NEWS, PAGE
from tests.flows.forum_scene import hidden_fields, page_of, topic_by

pytestmark = pytest.mark.slow


def states(*rows: Outbox) -> list[str]:
    now = dict(Outbox.objects.values_list("pk", "state"))
    return [now[row.pk] for row in rows]


def what_an_operator_reads() -> str:
    out = StringIO()
    call_command("ready", stdout=out)
    return out.getvalue()


def test_workers_killed_in_mid_send_double_no_news_and_lose_no_page(server, start_worker):
    (page,) = write_rows(1, PAGE)
    first, second = write_rows(2, NEWS)
    server.open().holds = {message_id(page), message_id(first)}

    killed_at_the_page = start_worker()
    server.wait_for(message_id(page))
    kill(killed_at_the_page)
    assert server.accepted == [message_id(page)]  # it goes first
    server.holds.discard(message_id(page))

    killed_at_the_news = start_worker()
    server.wait_for(message_id(first))
    kill(killed_at_the_news)

    start_worker()
    wait_until(ended)
    came = server.counted
    assert came[message_id(page)] >= 2
    assert [came[message_id(row)] for row in (first, second)] == [1, 1]
    assert states(page, first, second) == [OutboxState.SENT, OutboxState.UNSURE, OutboxState.SENT]
    assert "1 messages were handed over and never answered for" in what_an_operator_reads()


def test_two_workers_killed_at_any_moment_double_no_news_and_lose_no_page(server, start_worker):
    pages, news = write_rows(12, PAGE), write_rows(12, NEWS)
    server.slow = 0.15
    server.open()
    chance = random.Random(7)  # noqa: S311  which moment, not a secret
    workers = [start_worker(), start_worker()]
    for _kill in range(3):
        before = len(server.accepted)
        wait_until(lambda before=before: ended() or len(server.accepted) >= before + 2)
        time.sleep(chance.random() * 0.3)
        place = chance.randrange(2)
        kill(workers[place])
        workers[place] = start_worker()
    wait_until(ended)
    came = server.counted
    assert set(states(*pages)) == {OutboxState.SENT}
    assert all(came[message_id(row)] >= 1 for row in pages)
    for row, state in zip(news, states(*news), strict=True):
        assert state in {OutboxState.SENT, OutboxState.UNSURE}
        assert came[message_id(row)] <= 1
        assert state == OutboxState.UNSURE or came[message_id(row)] == 1


@pytest.mark.parametrize("silent", [False, True], ids=["away", "silent"])
def test_a_mail_server_that_is_down_loses_no_row_and_all_goes_when_it_is_back(silent, server, start_worker):
    rows = write_rows(1, PAGE) + write_rows(2, NEWS)
    if silent:
        server.silent = True
        server.open()
    start_worker(patience=1)
    wait_until(lambda: not Outbox.objects.filter(attempts=0).exists())
    assert server.accepted == []
    assert Outbox.objects.count() == len(rows)
    assert not Outbox.objects.exclude(state__in=[OutboxState.DUE, OutboxState.SENDING]).exists()
    if silent:
        server.close()
    server.silent = False
    server.open()
    wait_until(ended)
    assert set(states(*rows)) == {OutboxState.SENT}
    assert set(server.counted.values()) == {1}


def test_deciding_asks_nothing_of_the_mail_server(server, settings, monkeypatch, moderator, asks):
    """The mail server is away, and a request that tells people writes rows only."""
    settings.EMAIL_BACKEND = "accounts.mail.SealedBackend"
    settings.EMAIL_DOOR_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = server.port
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address))
    post = topic_by(asks)
    address = page_of(post)
    fields = hidden_fields(moderator.get(address)) | {"decision": "approve"}
    asked = time.monotonic()
    assert moderator.post(address, fields).status_code == 302
    assert time.monotonic() - asked < 2
    assert tried == []
    assert list(Outbox.objects.values_list("kind", "state")) == [("post.published", OutboxState.DUE)]


def test_a_slow_server_does_not_put_members_mail_before_a_page(server, start_worker):
    news = write_rows(5, NEWS)
    server.open().holds = {message_id(news[0])}
    start_worker()
    server.wait_for(message_id(news[0]))
    (page,) = write_rows(1, PAGE)
    server.holds.clear()
    wait_until(ended)
    assert server.accepted[:2] == [message_id(news[0]), message_id(page)]
    assert len(server.accepted) == 6
