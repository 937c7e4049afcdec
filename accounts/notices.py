"""Telling a person something, in the site and by a neutral mail. Only ids are stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.states import OutboxState

SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Words:
    """What a notice says, and where it leads."""

    text: str
    link: str


@dataclass(frozen=True)
class ShownNotice:
    """A notice with its words, ready for the page."""

    pk: int
    kind: str
    text: str
    link: str
    when: datetime
    is_read: bool


Resolver = Callable[[object, str], Words | None]
_resolvers: dict[str, Resolver] = {}


def register_resolver(kind: str, fn: Resolver) -> None:
    """Name the function that makes words for a kind; None from it: they may not see it any more."""
    _resolvers[kind] = fn


def words_for(person, kind: str, subject_id: str) -> Words | None:
    """The words of a notice for this person now, or None when there is nothing they may be shown."""
    resolver = _resolvers.get(kind)
    return resolver(person, subject_id) if resolver else None


def notify(
    *,
    person,
    kind: str,
    subject_id: str,
    dedupe_key: str,
    mail: bool = False,
    not_before: datetime | None = None,
) -> None:
    """Leave a notice for a person, and a mail when asked; doing it again with the same key does nothing.

    Runs in the caller's transaction. `not_before` keeps both back, so that an undo in time leaves no trace.
    """
    with transaction.atomic():
        common = {
            "person_id": person.pk,
            "kind": kind,
            "subject_id": str(subject_id),
            "dedupe_key": dedupe_key,
            "not_before": not_before or timezone.now(),
        }
        Notice.objects.bulk_create([Notice(**common)], ignore_conflicts=True)
        if mail:
            Outbox.objects.bulk_create([Outbox(**common)], ignore_conflicts=True)


def notify_many(*, person_ids: Iterable[int], kind: str, subject_id: str, dedupe_key: str) -> None:
    """Leave the same notice for several people in one write; `dedupe_key` is completed with each person."""
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=person_id,
                kind=kind,
                subject_id=subject_id,
                dedupe_key=f"{dedupe_key}:{person_id}",
                not_before=now,
            )
            for person_id in person_ids
        ],
        ignore_conflicts=True,
    )


def take_back(*, dedupe_key: str) -> None:
    """Undo a `notify` whose time has not come: no notice, and a mail not yet on its way is not sent."""
    with transaction.atomic():
        Notice.objects.filter(dedupe_key=dedupe_key).delete()
        Outbox.objects.filter(dedupe_key=dedupe_key, state=OutboxState.DUE).update(state=OutboxState.UNDONE)


def shown_to(person) -> list[ShownNotice]:
    """The person's newest notices with their words; those they may no longer see are left out."""
    rows = Notice.objects.filter(person_id=person.pk, not_before__lte=timezone.now())
    shown = []
    for row in rows.order_by("-not_before", "-pk")[:SHOWN_AT_MOST]:
        words = words_for(person, row.kind, row.subject_id)
        if words:
            shown.append(
                ShownNotice(row.pk, row.kind, words.text, words.link, row.not_before, row.read_at is not None)
            )
    return shown


def unread_count(person) -> int:
    """How many notices wait to be read; one query."""
    return _unread(person).count()


def mark_all_read(*, person) -> None:
    """The person has seen their notices, also those that can no longer be shown."""
    _unread(person).update(read_at=timezone.now())


def _unread(person):
    return Notice.objects.filter(person_id=person.pk, read_at=None, not_before__lte=timezone.now())
