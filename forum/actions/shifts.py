"""The team's working day: shifts, breaks, and the note for whoever comes next.

Counts serve the person they count, and nobody else reads them.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions.errors import Refused, refuse_unless
from forum.models import HandOver, Member, ReviewItem, Shift
from forum.states import Severity

#: A shift that nobody ended is over after this.
LASTS_AT_MOST = dt.timedelta(hours=12)


def open_shifts(now: dt.datetime) -> QuerySet[Shift]:
    """Shifts that go on, the first to begin first; forgotten ones are left out."""
    shifts = Shift.objects.filter(ended_at=None, started_at__gt=now - LASTS_AT_MOST)
    return shifts.select_related("member__user").order_by("started_at", "pk")


def _mine(member: Member, now: dt.datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(member=member, ended_at=None, started_at__gt=now - LASTS_AT_MOST)


def _begin(member: Member, *, until: dt.datetime | None, now: dt.datetime) -> None:
    for forgotten in Shift.objects.filter(member=member, ended_at=None, started_at__lte=now - LASTS_AT_MOST):
        ended_at = forgotten.until or forgotten.started_at + LASTS_AT_MOST
        Shift.objects.filter(pk=forgotten.pk, ended_at=None).update(ended_at=ended_at)
    try:
        with transaction.atomic():
            Shift.objects.create(member=member, started_at=now, until=until)
    except IntegrityError:
        # Begun at the same moment in another window: that one counts.
        _mine(member, now).update(until=until)


@transaction.atomic
def begin_shift(*, by: Member, until: dt.datetime | None = None, now: dt.datetime | None = None) -> None:
    """Say that one is on, and until when one means to stay; said again, it changes the time.

    `until` is aware, in the future and within 12 hours. Raises PermissionDenied, Refused.
    """
    refuse_unless(rules.may_moderate(by.user))
    now = now or timezone.now()
    if until is not None and not now < until <= now + LASTS_AT_MOST:
        raise Refused(_("Choose a time within the next 12 hours."))
    if not _mine(by, now).update(until=until):
        _begin(by, until=until, now=now)


@transaction.atomic
def end_shift(*, by: Member) -> None:
    """Say that one is off; what one had goes back to the queue. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    ReviewItem.objects.let_go(by)
    Shift.objects.filter(member=by, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def take_break(*, by: Member) -> None:
    """Rest: what one had goes back to the queue, and hard items are counted anew. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    now = timezone.now()
    ReviewItem.objects.let_go(by)
    _mine(by, now).update(break_at=now, hard_at_break=F("hard_taken"))


def count_taken(*, by: Member, severity: int, now: dt.datetime) -> None:
    """One item more in one's own shift; who takes one without having said so is on from now."""
    hard = int(severity <= Severity.CONCERN)
    counted = {"taken": F("taken") + 1, "hard_taken": F("hard_taken") + hard}
    if not _mine(by, now).update(**counted):
        _begin(by, until=None, now=now)
        _mine(by, now).update(**counted)


@transaction.atomic
def leave_note(*, by: Member, text: str) -> HandOver:
    """Leave word for whoever comes next; it takes the place of the last note. Sent twice it is one note.

    Raises PermissionDenied, Refused when nothing is written.
    """
    refuse_unless(rules.may_moderate(by.user))
    if not text.strip():
        raise Refused(_("Write what the next shift needs to know."))
    newest = HandOver.objects.first()
    if newest and newest.by_id == by.pk and newest.text == text:
        return newest
    return HandOver.objects.create(by=by, text=text)
