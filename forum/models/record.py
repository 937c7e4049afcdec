"""The record: one row an act, chained by keyed hashes, with nothing in it but ids and codes.

Words (note, message to the author) live in `ModActionText`, which can be purged and erased; the chain
covers a salted keyed hash of them. `actor_label` is a role and a number, never a handle.
"""

from django.db import models


class ModAction(models.Model):
    """One act on the record. Rows are only ever added, by `forum.record.append`."""

    seq = models.PositiveBigIntegerField(unique=True)
    at_us = models.BigIntegerField(help_text="microseconds since 1970-01-01 UTC")
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    item_id = models.BigIntegerField(null=True)
    item_version = models.PositiveIntegerField(null=True)
    revision_id = models.BigIntegerField(null=True)
    reason_code = models.CharField(max_length=20, blank=True)
    automated = models.BooleanField(default=False)
    reverses_id = models.BigIntegerField(null=True)
    bulk_parent_id = models.BigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (unique, often none)
    text_hash = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16)
    prev = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "seq"], name="record_of_subject"),
            models.Index(fields=["item_id"], name="record_of_item"),
            models.Index(fields=["at_us"], name="record_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class ModActionText(models.Model):
    """The words of an act: the team's note, and the message its author reads."""

    action = models.OneToOneField(ModAction, on_delete=models.PROTECT, related_name="text")
    note = models.TextField(blank=True)
    message = models.TextField(blank=True)
    salt = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"words of {self.action_id}"


class RecordHead(models.Model):
    """One row: the newest number and hash. Locked last in each transaction that appends."""

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.seq)
