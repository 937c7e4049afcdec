"""Trust follows from people's decisions about a member's posts, and from nothing else."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import TruncDate

from forum import rules
from forum.actions import record
from forum.actions.errors import refuse_unless
from forum.models import HouseRules, Member, ModAction, Post
from forum.states import ActorRole, PostState, Trust


@dataclass(frozen=True)
class TrustMoved:
    """A change of trust, still to be written down."""

    member: Member
    before: int
    after: int


def review_trust(*, member: Member, upheld: bool, now: dt.datetime) -> TrustMoved | None:
    """Move trust up or down after a decision; `upheld` when a post was taken down for cause."""
    member.refresh_from_db(fields=["trust", "trust_locked", "approved_count"])
    if member.trust != Trust.NEW and not upheld:
        return None
    published = Post.objects.filter(author=member, state=PostState.PUBLISHED)
    days = published.annotate(day=TruncDate("submitted_at")).values("day").distinct().count()
    house = HouseRules.current()
    trust = rules.trust_after(
        trust=member.trust,
        locked=member.trust_locked,
        approved=member.approved_count,
        days=days,
        upheld_recently=upheld or _was_taken_down_lately(member, now),
        needs_posts=house.trust_posts,
        needs_days=house.trust_days,
    )
    return _set_trust(member, trust) if trust != member.trust else None


def _was_taken_down_lately(member: Member, now: dt.datetime) -> bool:
    """Did the team take down a post of theirs in the last 30 days, reported or not, that is still down?"""
    down = Post.objects.filter(author=member, state=PostState.REMOVED).values_list("pk", flat=True)
    since = now - rules.UPHELD_REPORT_COUNTS_FOR
    acts = ModAction.objects.filter(
        subject_kind="post",
        subject_id__in=[str(pk) for pk in down],
        to_state=PostState.REMOVED,
        at_us__gte=int(since.timestamp() * 1_000_000),
    )
    return bool(acts.exists())


def _set_trust(member: Member, trust: int) -> TrustMoved:
    moved = TrustMoved(member, before=member.trust, after=trust)
    Member.objects.filter(pk=member.pk).update(trust=trust)
    member.trust = trust
    return moved


@transaction.atomic
def grant_trust(*, by: Member, member: Member, trust: int) -> None:
    """A moderator says that a member is known or established; on the record. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user) and by.pk != member.pk)
    before = member.trust
    if before == trust:
        return
    _set_trust(member, Trust(trust))
    record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="grant_trust",
        subject_kind="member",
        subject_id=member.pk,
        from_state=str(before),
        to_state=str(int(trust)),
    )


def write_down(moved: TrustMoved | None, *, because: ModAction) -> None:
    """Put a change of trust on the record, beside the act that caused it."""
    if moved:
        record.append(
            by=None,
            role=ActorRole.SYSTEM,
            verb="set_trust",
            subject_kind="member",
            subject_id=moved.member.pk,
            from_state=str(moved.before),
            to_state=str(moved.after),
            automated=True,
            bulk_parent_id=because.pk,
        )


def undo_trust(*, member: Member, act: ModAction | None) -> TrustMoved | None:
    """Give back the trust an act took, when that act is reversed."""
    if act is None:
        return None
    cost = ModAction.objects.filter(
        verb="set_trust", bulk_parent_id=act.pk, subject_id=str(member.pk)
    ).first()
    member.refresh_from_db(fields=["trust", "trust_locked"])
    if cost is None or member.trust_locked or member.trust != int(cost.to_state):
        return None
    return _set_trust(member, int(cost.from_state))
