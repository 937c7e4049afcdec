"""What this room tidies, and how the worker shows that it lives."""

from datetime import timedelta

from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone

from accounts import digest, jobs, writing
from accounts.models import Heartbeat, Notice, Outbox
from accounts.states import OutboxState

WORKER = "worker"
BEAT_EVERY = timedelta(seconds=10)
SILENT_TOO_LONG = timedelta(seconds=90)
READ_NOTICES_KEPT = timedelta(days=90)
NOTICES_KEPT = timedelta(days=365)
OUTBOX_KEPT = timedelta(days=30)


def beat() -> None:
    """The worker lives."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"beat_at": timezone.now()})


def worker_is_silent() -> str | None:
    """A sentence when no worker has shown itself lately, or a job has not ended well for long."""
    last = Heartbeat.objects.filter(name=WORKER).values_list("beat_at", flat=True).first()
    if last is None:
        return "No worker has ever run. Start `manage.py work`."
    if last < timezone.now() - SILENT_TOO_LONG:
        return f"The worker has been silent since {last:%Y-%m-%d %H:%M:%S %Z}. Start `manage.py work`."
    late = jobs.overdue()
    if late:
        return f"These jobs have not ended well for two periods: {', '.join(late)}."
    return None


def purge_sessions() -> None:
    """Delete sessions that have run out."""
    call_command("clearsessions")


def purge_notices() -> None:
    """Delete notices long read or a year old, and messages that ended a month ago."""
    now = timezone.now()
    Notice.objects.filter(
        Q(read_at__lt=now - READ_NOTICES_KEPT) | Q(created_at__lt=now - NOTICES_KEPT)
    ).delete()
    ended = Outbox.objects.exclude(state__in=[OutboxState.DUE, OutboxState.SENDING])
    ended.filter(created_at__lt=now - OUTBOX_KEPT).delete()


def register() -> None:
    """Give the worker this room's jobs."""
    jobs.register_job("accounts.parked_texts", timedelta(minutes=10), writing.purge_expired)
    jobs.register_job("accounts.sessions", timedelta(days=1), purge_sessions)
    jobs.register_job("accounts.digest", timedelta(minutes=5), digest.digest_job)
    jobs.register_job("accounts.notices", timedelta(days=1), purge_notices)
