"""What a person chooses to get by mail, and the end of it."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import hours
from accounts.models import MailChoices, Notice, Outbox, User
from accounts.states import Digest, OutboxState


@dataclass(frozen=True)
class Wishes:
    """What a person asks for on the page of their mail."""

    decisions: bool
    answers: bool
    replies: bool
    digest: str
    digest_day: int
    quiet_from: int | None
    quiet_until: int | None
    time_zone: str


@transaction.atomic
def choose_mail(*, by: User, wishes: Wishes, now: dt.datetime | None = None) -> None:
    """Keep what the person chose. A summary begins with what is new from now on. Safe to repeat.

    Messages that waited for the end of quiet hours are looked at anew: hours that are gone hold nothing back.
    """
    now = now or timezone.now()
    MailChoices.objects.get_or_create(person=by)
    kept = MailChoices.objects.select_for_update().get(person=by)
    for name, value in vars(wishes).items():
        setattr(kept, name, value)
    kept.digest_due_at = hours.next_summary(
        now, how_often=wishes.digest, weekday=wishes.digest_day, where=hours.zone(wishes.time_zone)
    )
    kept.digest_since = (kept.digest_since or now) if kept.digest_due_at else None
    kept.save()
    told = Notice.objects.filter(dedupe_key=OuterRef("dedupe_key")).values("not_before")[:1]
    Outbox.objects.filter(person=by, state=OutboxState.DUE, attempts=0).update(
        not_before=Coalesce(Subquery(told), F("created_at"))
    )


def stop_optional_mail(*, stop_token: str) -> None:
    """No mail but that for the person's safety from now on; what waits is dropped when its turn comes."""
    MailChoices.objects.filter(stop_token=stop_token).update(
        decisions=False,
        answers=False,
        replies=False,
        digest=Digest.NONE,
        digest_due_at=None,
        digest_since=None,
    )
