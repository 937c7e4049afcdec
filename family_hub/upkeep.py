"""Jobs and readiness checks of the whole site."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import jobs, readiness
from accounts.models import Heartbeat

# A task whose worker was killed stays "running" for ever; after this time it is tried again.
TASK_LOST_AFTER = timedelta(minutes=15)
DATABASE_TASKS = "django_tasks_db.DatabaseBackend"


def register() -> None:
    """Give the worker its jobs and the health page its checks."""
    jobs.register_job("hub.lost_tasks", timedelta(hours=1), retry_lost_tasks)
    jobs.register_job("hub.old_tasks", timedelta(days=1), prune_tasks)
    jobs.register_job("hub.cache", timedelta(hours=1), purge_cache)
    readiness.register_check("migrations", unapplied_migrations)
    readiness.register_check("database", database_refuses_writes)
    readiness.register_check("cache", cache_forgets)


def retry_lost_tasks() -> None:
    """Set tasks back to ready whose worker died."""
    DBTaskResult.objects.filter(status="RUNNING", started_at__lt=timezone.now() - TASK_LOST_AFTER).update(
        status="READY", started_at=None
    )


def prune_tasks() -> None:
    """Delete results of tasks after a day: their errors may hold more than they should."""
    if settings.TASKS["default"]["BACKEND"] != DATABASE_TASKS:
        return
    call_command("prune_db_task_results", min_age_days=1, failed_min_age_days=1, verbosity=0)


def purge_cache() -> None:
    """Delete what ran out in the cache table, so that no trace of a visit outlives its limit's window."""
    backend = caches["default"]
    if isinstance(backend, DatabaseCache):
        table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE expires < %s",  # noqa: S608  the table's name is a setting
                [connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))],
            )


def unapplied_migrations() -> str | None:
    """A sentence when the database is behind the code."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations are not applied. Run `manage.py migrate`." if plan else None


def database_refuses_writes() -> str | None:
    """A sentence when nothing can be written; any error is reported by its kind."""
    with transaction.atomic():
        Heartbeat.objects.update_or_create(name="readiness", defaults={"beat_at": timezone.now()})
    return None


def cache_forgets() -> str | None:
    """A sentence when the cache, which the limits live in, does not keep what it is given."""
    cache.set("readiness", "kept", 30)
    if cache.get("readiness") != "kept":
        return f"The cache ({settings.CACHES['default']['BACKEND']}) keeps nothing. See `createcachetable`."
    return None
