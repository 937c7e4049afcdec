"""Work that comes back: rooms register what to run and how often, the worker runs what is due.

A row is claimed by a conditional update of its due time: whoever changes the row they saw has won, so any
number of workers is safe. A run that is killed waits for its next turn; jobs are written so that running
twice is harmless.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import PeriodicJob

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Job:
    """What to run, and how often."""

    name: str
    every: timedelta
    run: Callable[[], None]


_jobs: dict[str, Job] = {}


def register_job(name: str, every: timedelta, run: Callable[[], None]) -> None:
    """Add a job to the worker's list. Call it in ready()."""
    _jobs[name] = Job(name, every, run)


def write_timetable() -> None:
    """Give every registered job a row, and take over a changed rhythm; for the worker's start."""
    known = dict(PeriodicJob.objects.values_list("name", "every"))
    missing = [PeriodicJob(name=job.name, every=job.every) for job in _jobs.values() if job.name not in known]
    PeriodicJob.objects.bulk_create(missing, ignore_conflicts=True)
    for job in _jobs.values():
        if job.name in known and known[job.name] != job.every:
            PeriodicJob.objects.filter(name=job.name).update(every=job.every)


def tick() -> int:
    """Run every job that is due and free; returns how many ran. One that raises is logged."""
    ran = 0
    now = timezone.now()
    for row in PeriodicJob.objects.filter(due_at__lte=now, name__in=list(_jobs)).order_by("due_at"):
        if row.leased_until and row.leased_until > now:
            continue
        won = PeriodicJob.objects.filter(pk=row.pk, due_at=row.due_at).update(
            due_at=now + row.every, leased_until=now + LEASE
        )
        if not won:
            continue
        ran += 1
        done: dict = {"leased_until": None}
        try:
            _jobs[row.name].run()
            done["last_ok_at"] = timezone.now()
        except Exception:
            logger.exception("Job %s stopped", row.name)
        PeriodicJob.objects.filter(pk=row.pk).update(**done)
    return ran


def overdue() -> list[str]:
    """Names of jobs that have not ended well for more than two periods (and ten minutes)."""
    now = timezone.now()
    late = []
    for row in PeriodicJob.objects.filter(name__in=list(_jobs)):
        if (row.last_ok_at or row.due_at) + 2 * row.every + timedelta(minutes=10) < now:
            late.append(row.name)
    return late
