"""A summary by mail, for who asked for one: how much is new, in numbers, and one link.

The worker leaves a row in the outbox, at most one a person and morning. What it says is made when it is sent,
by the rooms, through the questions of who may see what; when nothing is new, nothing is sent.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import hours, notices
from accounts.models import MailChoices, Outbox
from accounts.notices import Words
from accounts.states import MailGroup

KIND = "digest"
AT_ONCE = 500
#: However long the worker was away, a summary looks no further back.
LOOKS_BACK = dt.timedelta(days=31)

#: (person, since) -> lines of numbers, "3 new replies in topics you follow"; none when nothing is new.
Lines = Callable[[Any, dt.datetime], Sequence[str]]
_lines: dict[str, Lines] = {}


def register_digest(name: str, fn: Lines) -> None:
    """Give a room its share of the summary. Call it in ready()."""
    _lines[name] = fn


def words(person: Any, since: str) -> Words | None:
    """The summary for this person now; None when nothing is new to them."""
    begin = dt.datetime.fromtimestamp(int(since), dt.UTC)
    lines = [line for fn in _lines.values() for line in fn(person, begin)]
    return Words("\n".join(lines), reverse("notices")) if lines else None


def write_due(*, now: dt.datetime | None = None) -> int:
    """Leave a row for each summary that is due; returns how many. Run twice, or by two workers: one row."""
    now = now or timezone.now()
    due = MailChoices.objects.filter(digest_due_at__lte=now, person__is_active=True)
    return sum(_write(row, now) for row in due.order_by("digest_due_at", "pk")[:AT_ONCE])


@transaction.atomic
def _write(row: MailChoices, now: dt.datetime) -> bool:
    where = hours.zone(row.time_zone)
    won = MailChoices.objects.filter(pk=row.pk, digest_due_at=row.digest_due_at).update(
        digest_due_at=hours.next_summary(now, how_often=row.digest, weekday=row.digest_day, where=where),
        digest_since=now,
    )
    if not won or row.digest_due_at is None or row.digest_since is None:
        return False
    day = row.digest_due_at.astimezone(where).date()
    since = max(row.digest_since, now - LOOKS_BACK)
    Outbox.objects.bulk_create(
        [
            Outbox(
                person_id=row.person_id,
                kind=KIND,
                subject_id=str(int(since.timestamp())),
                dedupe_key=f"{KIND}:{row.person_id}:{day.isoformat()}",
                not_before=now,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def digest_job() -> None:
    """What the worker runs every few minutes."""
    write_due()


def register() -> None:
    """Name the words of a summary."""
    notices.register_resolver(KIND, words, mail=MailGroup.DIGEST)
