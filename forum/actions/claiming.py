"""Who has an item of the queue: take it, keep it, pass it on. A claim is a lease on the item."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from forum import rules
from forum.actions.errors import refuse_unless
from forum.models import HouseRules, Member, ReviewItem
from forum.states import ItemStatus


def free_for(member: Member, now: dt.datetime) -> Q:
    """Items that nobody holds, whose lease ran out, or that this member holds."""
    return Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=member)


def claim_item(*, by: Member, item: ReviewItem) -> bool:
    """Take an open item for 15 minutes, or renew one's own lease. False when a colleague holds it.

    Raises PermissionDenied.
    """
    refuse_unless(rules.may_moderate(by.user))
    # Nobody holds back the decision about their own words.
    refuse_unless(item.post is None or rules.may_decide_about(by.user, item.post))
    now = timezone.now()
    free = ReviewItem.objects.filter(free_for(by, now), pk=item.pk, status=ItemStatus.OPEN)
    return free.update(claimed_by=by, claimed_until=now + HouseRules.current().claim_lasts) == 1


def pass_item(*, by: Member, item: ReviewItem) -> None:
    """Give an item back; no reason is asked. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    ReviewItem.objects.filter(pk=item.pk, status=ItemStatus.OPEN, claimed_by=by).update(
        claimed_by=None, claimed_until=None
    )
