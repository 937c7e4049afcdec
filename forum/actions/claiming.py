"""Who has an item of the queue: take it, keep it, pass it on, take it over.

A claim is a lease on one item and runs out by itself: nothing else has to be tidied when somebody leaves.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from forum import rules
from forum.actions import record, shifts
from forum.actions.errors import one, refuse_unless
from forum.models import HouseRules, Member, ModeratorChoice, Post, ReviewItem, ReviewReason, SafetyEscalation
from forum.models.review import ReviewItemQuerySet
from forum.states import ActorRole, ItemStatus
from safety.rulebook import rulebook


def _own_posts(member: Member) -> QuerySet[Post]:
    """Posts in the topics this member began, with their number as the record writes it."""
    return Post.objects.filter(topic__author=member).annotate(recorded=Cast("pk", CharField()))


def in_own_topic(member: Member, items: Iterable[ReviewItem]) -> set[int]:
    """Which of these items are appeals about a post in a topic this member began; at most one query."""
    about = {
        item.pk: item.appeal.action.subject_id
        for item in items
        if item.appeal and item.appeal.action.subject_kind == "post"
    }
    if not about:
        return set()
    own = set(_own_posts(member).filter(recorded__in=set(about.values())).values_list("recorded", flat=True))
    return {pk for pk, post in about.items() if post in own}


def _may_take(by: Member, item: ReviewItem) -> bool:
    return rules.may_take(by.user, item, member_id=by.pk) and not in_own_topic(by, [item])


def _unclaimed(now: dt.datetime) -> Q:
    return Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)


def free_for(member: Member, now: dt.datetime) -> Q:
    """Items that nobody holds, whose lease ran out, or that this member holds."""
    return _unclaimed(now) | Q(claimed_by=member)


@transaction.atomic
def claim_item(*, by: Member, item: ReviewItem) -> bool:
    """Take an open item for the site's minutes, or renew one's own lease. False when a colleague holds it.

    Taking (not renewing) counts in the moderator's own shift. Raises PermissionDenied.
    """
    # Nobody holds back the decision about their own words.
    refuse_unless(_may_take(by, item))
    now = timezone.now()
    until = now + HouseRules.current().claim_lasts
    this = ReviewItem.objects.filter(pk=item.pk, status=ItemStatus.OPEN)
    if this.filter(claimed_by=by).update(claimed_until=until):
        return True
    if not this.filter(_unclaimed(now)).update(claimed_by=by, claimed_until=until):
        return False
    shifts.count_taken(by=by, severity=item.severity, now=now)
    return True


@transaction.atomic
def take_next(*, by: Member) -> ReviewItem | None:
    """Take the most pressing item that is free and meant for this moderator; None when there is none.

    An item a colleague is taking at this moment is skipped, not waited for. Raises PermissionDenied.
    """
    refuse_unless(rules.may_moderate(by.user))
    now = timezone.now()
    # Without row locks (SQLite) the whole transaction holds the only write lock: nobody comes between.
    found = meant_for(by, now=now).select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return None
    found.claimed_by, found.claimed_until = by, now + HouseRules.current().claim_lasts
    one(
        ReviewItem.objects.filter(_unclaimed(now), pk=found.pk, status=ItemStatus.OPEN).update(
            claimed_by=by, claimed_until=found.claimed_until
        )
    )
    shifts.count_taken(by=by, severity=found.severity, now=now)
    return found


def meant_for(member: Member, *, now: dt.datetime) -> ReviewItemQuerySet:
    """What `take_next` may give: free, not too close, not handed on by this moderator or to the clinician.

    What the moderator would rather not read is left to colleagues; it stays in the list for everyone.
    """
    known = list(member.knows.values_list("other_id", flat=True))
    close = [member.pk, *known]
    items = (
        ReviewItem.objects.open()
        .filter(_unclaimed(now))
        .exclude(Q(post__author__in=close) | Q(post__topic__author=member))
        .exclude(Q(topic__author__in=close) | Q(member__in=close))
        .exclude(Q(appeal__member__in=close) | Q(appeal__action__actor_id=member.pk))
        .exclude(
            Q(appeal__action__subject_kind="post")
            & Exists(_own_posts(member).filter(recorded=OuterRef("appeal__action__subject_id")))
        )
        .exclude(asked_by=member)
        .exclude(Exists(SafetyEscalation.objects.filter(item=OuterRef("pk"), closed_at=None)))
    )
    choice = ModeratorChoice.objects.filter(member=member).prefetch_related("boards").first()
    if choice is None:
        return items
    boards = [board.pk for board in choice.boards.all()]
    if boards:
        items = items.exclude(Q(post__topic__board__in=boards) | Q(topic__board__in=boards))
    unwanted = [rule.id for rule in rulebook().rules if rule.group in choice.opted_out]
    if unwanted:
        items = items.exclude(Exists(ReviewReason.objects.filter(item=OuterRef("pk"), rule_id__in=unwanted)))
    return items


def pass_item(*, by: Member, item: ReviewItem) -> None:
    """Give an item back; no reason is asked. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    ReviewItem.objects.filter(pk=item.pk).let_go(by)


@transaction.atomic
def take_over_item(*, by: Member, item: ReviewItem) -> bool:
    """The safety lead takes an open item from the colleague who holds it; that goes on the record.

    One that nobody holds is taken as usual. False when it is decided already, or went on to a third
    person meanwhile. Raises PermissionDenied.
    """
    refuse_unless(rules.may_take_over(by.user) and _may_take(by, item))
    now = timezone.now()
    if not item.is_claimed_by_another(by, now=now):
        return claim_item(by=by, item=item)
    holder = item.claimed_by_id
    held = ReviewItem.objects.filter(pk=item.pk, status=ItemStatus.OPEN, claimed_by=holder)
    if not held.update(claimed_by=by, claimed_until=now + HouseRules.current().claim_lasts):
        return False
    shifts.count_taken(by=by, severity=item.severity, now=now)
    record.append(
        by=by,
        role=ActorRole.SAFETY_LEAD,
        verb="take_over",
        subject_kind="item",
        subject_id=item.pk,
        from_state=f"{holder}",
        to_state=f"{by.pk}",
        item_id=item.pk,
        item_version=item.version,
    )
    return True
