"""The record: append one act to the chain, and verify the chain.

hash = HMAC-SHA-256(key, prev and every field, joined by the unit separator). The keys are RECORD_KEYS in
the environment, newest first; each row names its key by the first 12 hex digits of the key's SHA-256, so
that old rows verify after a new key was added.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from forum.actions.errors import one, refuse_unless
from forum.models import Member, ModAction, ModActionText, RecordHead, Sanction
from forum.states import TEAM_ROLES, ActorRole, SanctionKind

GENESIS = "0" * 64
_SEPARATOR = "\x1f"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _keys() -> dict[str, bytes]:
    keys = {hashlib.sha256(key.encode()).hexdigest()[:12]: key.encode() for key in settings.RECORD_KEYS}
    if not keys:
        raise ImproperlyConfigured("RECORD_KEYS is empty: the record cannot be kept.")
    return keys


def _text_hash(key: bytes, salt: str, note: str, message: str) -> str:
    return hmac.new(key, _SEPARATOR.join((salt, note, message)).encode(), hashlib.sha256).hexdigest()


def _row_hash(key: bytes, row: ModAction) -> str:
    fields = (
        row.prev,
        row.seq,
        row.at_us,
        row.actor_id,
        row.actor_label,
        row.role,
        row.verb,
        row.subject_kind,
        row.subject_id,
        row.from_state,
        row.to_state,
        row.item_id,
        row.item_version,
        row.revision_id,
        row.reason_code,
        row.automated,
        row.reverses_id,
        row.bulk_parent_id,
        row.idempotency_key,
        row.text_hash,
        row.key_id,
    )
    text = _SEPARATOR.join("" if field is None else str(field) for field in fields)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def append(
    *,
    by: Member | None,
    role: ActorRole,
    verb: str,
    subject_kind: str,
    subject_id: str | int,
    from_state: str = "",
    to_state: str = "",
    item_id: int | None = None,
    item_version: int | None = None,
    revision_id: int | None = None,
    reason_code: str = "",
    note: str = "",
    message: str = "",
    automated: bool = False,
    reverses_id: int | None = None,
    bulk_parent_id: int | None = None,
    idempotency_key: str | None = None,
) -> ModAction:
    """Add one act to the record. Must be the last write of the caller's transaction.

    The head row is locked until the caller commits, so every act of the site passes here one by one.
    Raises PermissionDenied when a limit keeps this member of the team from writing, Conflict when the head
    moved meanwhile (cannot happen while the lock holds).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("append belongs inside the transaction of the act it records")
    if by is not None and role in TEAM_ROLES:
        refuse_unless(not _is_held_back(by))
    key_id, key = next(iter(_keys().items()))
    head = RecordHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        head, _created = RecordHead.objects.get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})
        head = RecordHead.objects.select_for_update().get(pk=1)
    salt = secrets.token_hex(16) if note or message else ""
    row = ModAction(
        seq=head.seq + 1,
        at_us=(timezone.now() - _EPOCH) // dt.timedelta(microseconds=1),
        actor_id=by.pk if by else None,
        actor_label=f"{role.value} {by.pk}" if by else role.value,
        role=role.value,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        from_state=from_state,
        to_state=to_state,
        item_id=item_id,
        item_version=item_version,
        revision_id=revision_id,
        reason_code=reason_code,
        automated=automated,
        reverses_id=reverses_id,
        bulk_parent_id=bulk_parent_id,
        idempotency_key=idempotency_key or None,
        text_hash=_text_hash(key, salt, note, message) if salt else "",
        key_id=key_id,
        prev=head.hash,
    )
    row.hash = _row_hash(key, row)
    row.save(force_insert=True)
    if salt:
        ModActionText.objects.create(action=row, note=note, message=message, salt=salt)
    one(RecordHead.objects.filter(pk=1, seq=head.seq, hash=head.hash).update(seq=row.seq, hash=row.hash))
    return row


def _is_held_back(member: Member) -> bool:
    """Nobody acts for the team while a limit keeps them from writing: asked here, where every act passes."""
    stopping = (SanctionKind.READ_ONLY, SanctionKind.SUSPEND)
    return Sanction.objects.in_force().filter(member=member, board=None, kind__in=stopping).exists()


def moment_of(row: ModAction) -> dt.datetime:
    """When an act on the record happened."""
    return _EPOCH + dt.timedelta(microseconds=row.at_us)


def _words_were_changed(key: bytes, row: ModAction) -> bool:
    """Do the note and message stand there otherwise than they were written? Gone is no fault: the purge."""
    text = getattr(row, "text", None)
    if text is None or not (text.note or text.message):
        return False
    return not hmac.compare_digest(row.text_hash, _text_hash(key, text.salt, text.note, text.message))


def faults() -> Iterator[str]:
    """Walk the whole chain; yield a sentence for each row that does not verify, and for a cut tail."""
    keys = _keys()
    prev, seq = GENESIS, 0
    for row in ModAction.objects.select_related("text").order_by("seq").iterator(chunk_size=2000):
        seq += 1
        key = keys.get(row.key_id)
        if row.seq != seq:
            yield f"number {seq} is missing; the next row is number {row.seq}"
            seq = row.seq
        if row.prev != prev:
            yield f"number {row.seq} does not follow the row before it"
        if key is None:
            yield f"number {row.seq} names a key that is not in RECORD_KEYS"
        elif not hmac.compare_digest(row.hash, _row_hash(key, row)):
            yield f"number {row.seq} was changed"
        elif _words_were_changed(key, row):
            yield f"the words of number {row.seq} were changed"
        prev = row.hash
    head = RecordHead.objects.filter(pk=1).first()
    if (head.seq, head.hash) != (seq, prev) if head else seq:
        yield "the newest rows are missing"
