"""Counting what leaves no row behind."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from forum.models import QueueConflict


def count_conflict() -> None:
    """One more decision that came second today. Call it after the transaction that lost has ended.

    The row holds a day and a number: who came second is nobody's business.
    """
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    today = QueueConflict.objects.filter(day=day)
    if today.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            QueueConflict.objects.create(day=day, count=1)
    except IntegrityError:  # the day's first two came at the same moment
        today.update(count=F("count") + 1)
