"""Real worker processes beside a real database copy; each test ends what it started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection

from accounts import notices, seal
from accounts.models import Outbox
from accounts.states import OutboxState
from tests.cast import make_user
from tests.faults import kinds
from tests.faults.mail_server import MailServer


@pytest.fixture(autouse=True)
def _committed(transactional_db) -> None:
    """Other processes see what the test writes."""


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    kinds.register()
    yield
    kinds.forget()


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that does not listen yet."""
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def start_worker(server) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts a worker, which waits `patience` seconds for an answer of the mail server; whatever still runs at the end of the test is ended."""
    running: list[subprocess.Popen] = []

    def start(*, patience: int = 10) -> subprocess.Popen:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "FAULTS_DATABASE": str(connection.settings_dict["NAME"]),
                "FAULTS_MAIL_PORT": str(server.port),
                "FAULTS_MAIL_TIMEOUT": str(patience),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(worker)
        return worker

    yield start
    for worker in running:
        kill(worker)


def kill(worker: subprocess.Popen) -> None:
    """kill -9: no chance to tidy up."""
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)


def write_rows(number: int, kind: str) -> list[Outbox]:
    """That many messages, each to a person of its own, due now."""
    keys = []
    for n in range(number):
        handle = f"{kind.replace('.', '-').replace('_', '-')}-{Outbox.objects.count()}-{n}"
        user = make_user(handle)
        EmailAddress.objects.create(
            user=user, email=seal.seal(f"{handle}@example.org"), verified=True, primary=True
        )
        keys.append(f"{kind}:{handle}")
        notices.notify(person=user, kind=kind, subject_id="1", dedupe_key=keys[-1])
    return list(Outbox.objects.filter(dedupe_key__in=keys).order_by("pk"))


def wait_until(true: Callable[[], bool], *, seconds: float = 40) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, list(Outbox.objects.values_list("kind", "state", "attempts"))
        time.sleep(0.1)


def ended() -> bool:
    """Is no row of the outbox waiting or on its way?"""
    return not Outbox.objects.filter(state__in=[OutboxState.DUE, OutboxState.SENDING]).exists()
