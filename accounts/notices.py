"""Telling a person something, in the site and, if they chose so, by a neutral mail. Only ids are stored."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Count, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from accounts import mailing
from accounts.models import Notice, Outbox
from accounts.states import MailGroup, OutboxState

logger = logging.getLogger(__name__)

SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Words:
    """What a notice says, and where it leads; in the site a second line, and the picture of who wrote.

    None of it is ever mailed, but for the numbers of a summary.
    """

    text: str
    link: str
    detail: str = ""
    seed: int | None = None


@dataclass(frozen=True)
class ShownNotice:
    """A notice with its words, ready for the page."""

    pk: int
    kind: str
    text: str
    link: str
    when: datetime
    is_read: bool
    detail: str = ""
    seed: int | None = None


Resolver = Callable[[object, str], Words | None]
#: (person, subject ids) -> words by subject id; what is left out, they may not see any more.
ManyResolver = Callable[[object, Sequence[str]], Mapping[str, Words]]
_resolvers: dict[str, ManyResolver] = {}


def register_many(kind: str, fn: ManyResolver, *, mail: MailGroup) -> None:
    """Name the function that makes words for many notices of a kind, in a fixed number of queries.

    `mail` says to which choice of a person the kind belongs, or that it is never mailed.
    """
    _resolvers[kind] = fn
    mailing.put_in_group(kind, mail)


def register_resolver(kind: str, fn: Resolver, *, mail: MailGroup) -> None:
    """The same for a kind that comes one by one; None from `fn`: they may not see it any more."""

    def each(person: object, subject_ids: Sequence[str]) -> dict[str, Words]:
        found = {subject_id: fn(person, subject_id) for subject_id in subject_ids}
        return {subject_id: words for subject_id, words in found.items() if words}

    register_many(kind, each, mail=mail)


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
    *, person, kind: str, subject_id: str, dedupe_key: str, not_before: datetime | None = None
) -> None:
    """Leave a notice for a person, and a mail when they want one; the same key again does nothing.

    Runs in the caller's transaction. `not_before` keeps both back, so that an undo in time leaves no trace.
    """
    by_mail = mailing.group_of(kind) == MailGroup.SAFETY or (
        mailing.group_of(kind) != MailGroup.NEVER and mailing.wants(mailing.choices_of(person), kind)
    )
    with transaction.atomic():
        common = {
            "person_id": person.pk,
            "kind": kind,
            "subject_id": str(subject_id),
            "dedupe_key": dedupe_key,
            "not_before": not_before or timezone.now(),
        }
        Notice.objects.bulk_create([Notice(**common)], ignore_conflicts=True)
        if by_mail:
            Outbox.objects.bulk_create([Outbox(**common)], ignore_conflicts=True)


def notify_many(
    *,
    kinds: Mapping[int, str],
    subject_id: str,
    dedupe_key: str,
    mail_to: Collection[int] = (),
    not_before: datetime | None = None,
) -> None:
    """Leave notices of one subject for several people: `kinds` by the account's id.

    One write, and a second for mails where somebody wants one. `dedupe_key` is completed with each person.
    """
    when = not_before or timezone.now()

    def row(person_id: int) -> dict[str, object]:
        return {
            "person_id": person_id,
            "kind": kinds[person_id],
            "subject_id": subject_id,
            "dedupe_key": f"{dedupe_key}:{person_id}",
            "not_before": when,
        }

    with transaction.atomic():
        Notice.objects.bulk_create([Notice(**row(one)) for one in kinds], ignore_conflicts=True)
        if mail_to:
            Outbox.objects.bulk_create([Outbox(**row(one)) for one in mail_to], ignore_conflicts=True)


def notify_until_read(*, person_id: int, kind: str, subject_id: str) -> None:
    """Leave a notice that stands for all of its kind and subject until it is read; then the next is news."""
    read = Notice.objects.filter(person_id=person_id, kind=kind, subject_id=subject_id, read_at__isnull=False)
    last = read.order_by("-pk").values_list("pk", flat=True).first() or 0
    notify_many(kinds={person_id: kind}, subject_id=subject_id, dedupe_key=f"{kind}:{subject_id}:{last}")


def take_back(*, dedupe_key: str) -> None:
    """Undo a `notify` whose time has not come: no notice, and a mail not yet on its way is not sent."""
    with transaction.atomic():
        Notice.objects.filter(dedupe_key=dedupe_key).delete()
        _take_back_mails(Outbox.objects.filter(dedupe_key=dedupe_key))


def take_back_many(*, dedupe_key: str) -> None:
    """Undo a `notify_many` whose time has not come."""
    with transaction.atomic():
        told = Notice.objects.filter(dedupe_key__startswith=f"{dedupe_key}:", not_before__gt=timezone.now())
        told.delete()
        _take_back_mails(Outbox.objects.filter(dedupe_key__startswith=f"{dedupe_key}:", handed_at=None))


def _take_back_mails(rows) -> None:
    """Mails that nobody took up yet end here, and give their key free: told again, they go after all."""
    free = Concat(F("dedupe_key"), Value(":undone:"), Cast("pk", CharField()))
    rows.filter(state=OutboxState.DUE).update(state=OutboxState.UNDONE, dedupe_key=free)


def recent(*, person: str, kinds: Collection[str], since: datetime) -> Coalesce:
    """How many notices of these kinds a person was left since then, as a column of another query.

    `person` names the account's id there, seen from the rows of that query.
    """
    # Nothing is due before it was written: the second condition says the same to the index.
    told = Notice.objects.filter(
        person_id=OuterRef(person), kind__in=kinds, created_at__gte=since, not_before__gte=since
    )
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
                ShownNotice(
                    pk=row.pk,
                    kind=row.kind,
                    text=words.text,
                    link=words.link,
                    when=row.not_before,
                    is_read=row.read_at is not None,
                    detail=words.detail,
                    seed=words.seed,
                )
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
