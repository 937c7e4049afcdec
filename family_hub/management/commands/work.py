"""The worker: jobs that are due, then messages, then tasks; beside the server, in any number."""

import logging
import signal
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from accounts import jobs, outbox, upkeep
from family_hub.upkeep import DATABASE_TASKS

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1
ONCE_AT_MOST = 1000  # rounds; a mail server that stays away must not keep `--once` for ever


class Command(BaseCommand):
    """Steps of one round: heartbeat every ten seconds; periodic jobs; the outbox; the task queue."""

    help = "Runs jobs that are due, sends messages, runs tasks. Stop it with Ctrl+C."

    def add_arguments(self, parser) -> None:
        """--once does all that is due and ends."""
        parser.add_argument("--once", action="store_true", help="Do all that is due, then end (cron, tests).")

    def handle(self, *args, once: bool = False, **options) -> None:
        """Run until told to stop; SIGTERM and Ctrl+C end after the piece of work in hand."""
        self.stop = threading.Event()
        self.last_beat = float("-inf")
        parts: list[tuple[str, Callable[[], int]]] = [
            ("heartbeat", self.beat),
            ("jobs", jobs.tick),
            ("outbox", outbox.drain),
            ("tasks", run_tasks),
        ]
        jobs.write_timetable()
        if once:
            self.work_off(parts)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_received: self.stop.set())
        self.stdout.write("The worker is running.")
        while not self.stop.is_set():
            if not self.one_round(parts):
                self.stop.wait(WAIT_SECONDS)
        self.stdout.write("The worker has ended.")

    def work_off(self, parts: list[tuple[str, Callable[[], int]]]) -> None:
        """Rounds until one of them finds nothing to do."""
        for _round in range(ONCE_AT_MOST):
            if not self.one_round(parts, keep_connections=True):
                return

    def one_round(self, parts: list[tuple[str, Callable[[], int]]], *, keep_connections: bool = False) -> int:
        """Each part once; one that stops is logged and does not stop the others."""
        if not keep_connections:
            close_old_connections()
        busy = 0
        for name, part in parts:
            try:
                busy += part()
            except Exception:
                logger.exception("The worker's part %s stopped", name)
        return busy

    def beat(self) -> int:
        """Say that the worker lives, every ten seconds."""
        if time.monotonic() - self.last_beat >= upkeep.BEAT_EVERY.total_seconds():
            upkeep.beat()
            self.last_beat = time.monotonic()
        return 0


def run_tasks() -> int:
    """Empty the task queue; with an immediate task backend there is none."""
    if settings.TASKS["default"]["BACKEND"] != DATABASE_TASKS:
        return 0
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.run()
    return worker._run_tasks
