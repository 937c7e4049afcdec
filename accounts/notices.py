"""Telling a person something, in the site and by a neutral mail. Only ids are stored."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.states import OutboxState

logger = logging.getLogger(__name__)

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
#: (person, subject ids) -> words by subject id; what is left out, they may not see any more.
ManyResolver = Callable[[object, Sequence[str]], Mapping[str, Words]]
_resolvers: dict[str, ManyResolver] = {}


def register_many(kind: str, fn: ManyResolver) -> None:
    """Name the function that makes words for many notices of a kind, in a fixed number of queries."""
    _resolvers[kind] = fn


def register_resolver(kind: str, fn: Resolver) -> None:
    """The same for a kind that comes one by one; None from `fn`: they may not see it any more."""

    def each(person: object, subject_ids: Sequence[str]) -> dict[str, Words]:
        found = {subject_id: fn(person, subject_id) for subject_id in subject_ids}
        return {subject_id: words for subject_id, words in found.items() if words}

    register_many(kind, each)


def words_for(person, kind: str, subject_id: str) -> Words | None:
    """The words of a notice for this person now, or None when there is nothing they may be shown.

    Passes on what the resolver raises: whoever sends tries again later.
    """
    resolver = _resolvers.get(kind)
    return resolver(person, [subject_id]).get(subject_id) if resolver else None


def _words_for_many(person, rows: Iterable[Notice]) -> dict[tuple[str, str], Words]:
    """Words by kind and subject; a resolver that fails leaves out its own notices only."""
    wanted: dict[str, list[str]] = {}
    for row in rows:
        wanted.setdefault(row.kind, []).append(row.subject_id)
    said: dict[tuple[str, str], Words] = {}
    for kind, subject_ids in wanted.items():
        resolver = _resolvers.get(kind)
        if resolver is None:
            continue
        try:
            found = resolver(person, subject_ids)
        except Exception:
            logger.exception("No words for notices of the kind %s", kind)
            continue
        said |= {(kind, subject_id): words for subject_id, words in found.items()}
    return said


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


def notify_many(
    *,
    person_ids: Iterable[int],
    kind: str,
    subject_id: str,
    dedupe_key: str,
    not_before: datetime | None = None,
) -> None:
    """Leave the same notice for several people in one write; `dedupe_key` is completed with each person."""
    when = not_before or timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=person_id,
                kind=kind,
                subject_id=subject_id,
                dedupe_key=f"{dedupe_key}:{person_id}",
                not_before=when,
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


def take_back_many(*, dedupe_key: str) -> None:
    """Undo a `notify_many` whose time has not come."""
    Notice.objects.filter(dedupe_key__startswith=f"{dedupe_key}:", not_before__gt=timezone.now()).delete()


def recent(*, person: str, kind: str, since: datetime) -> Coalesce:
    """How many notices of a kind a person was left since then, as a column of another query.

    `person` names the account's id there, seen from the rows of that query.
    """
    told = Notice.objects.filter(person_id=OuterRef(person), kind=kind, created_at__gte=since)
    counted = told.order_by().values("person_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def was_left(*, person_id: int, kind: str, subject: str) -> Exists:
    """Was this person left a notice of a kind, as part of another query? `subject` names its id there."""
    return Exists(Notice.objects.filter(person_id=person_id, kind=kind, subject_id=OuterRef(subject)))


def was_told(*, kind: str, subject_id: str) -> bool:
    """Was anybody told this about the subject, or will be? What was taken back was not."""
    return Notice.objects.filter(kind=kind, subject_id=subject_id).exists()


def shown_to(person) -> list[ShownNotice]:
    """The person's newest notices with their words; those they may no longer see are left out."""
    due = Notice.objects.filter(person_id=person.pk, not_before__lte=timezone.now())
    rows = list(due.order_by("-not_before", "-pk")[:SHOWN_AT_MOST])
    said = _words_for_many(person, rows)
    shown = []
    for row in rows:
        words = said.get((row.kind, row.subject_id))
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
