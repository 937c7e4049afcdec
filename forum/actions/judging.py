"""Somebody else than the first decider answers an appeal: the decision changes, or stays with a why (I6)."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import overturning, record, telling, trusting
from forum.actions.appealing import stands, subject_of
from forum.actions.claiming import free_for
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.models import Appeal, Member, ModAction, Post, ReviewItem, ReviewReason, Sanction
from forum.states import ActorRole, AppealState, Decision, ItemStatus, Verdict


def may_decide(by: Member, appeal: Appeal) -> bool:
    """May this moderator judge it? Not the first decider, the person themselves, nor anyone close (I6)."""
    action, user = appeal.action, by.user
    if not rules.may_decide_appeal(
        user, member=appeal.member, first_decider_id=action.actor_id, decider_id=by.pk
    ):
        return False
    if rules.knows(user, appeal.member_id):
        return False
    return action.subject_kind != "post" or not rules.is_too_close(user, subject_of(action))


def decide_appeal(
    *,
    by: Member,
    item: ReviewItem,
    version: int,
    decision: Decision,
    message: str = "",
    note: str = "",
    idempotency_key: str,
) -> ModAction:
    """Change the appealed decision (OVERTURN) or keep it (CONFIRM), by compare-and-swap on the item.

    `message` is for the person and must not be empty when the decision stays; `note` is for the team. The
    same key again gives the first answer.

    Raises PermissionDenied, Refused, Conflict (decided, withdrawn, or held by a colleague).
    """
    appeal = _of(item)
    refuse_unless(may_decide(by, appeal))
    earlier = _decided_with(idempotency_key, by=by, item=item)
    if earlier:
        return earlier
    if decision not in {Decision.OVERTURN, Decision.CONFIRM}:
        raise Refused(_("Choose what to do."))
    if decision == Decision.CONFIRM and not message.strip():
        raise Refused(_("Say why it stays: the person reads this."))
    try:
        return _decide_appeal(
            by=by,
            item=item,
            appeal=appeal,
            version=version,
            decision=decision,
            message=message,
            note=note,
            idempotency_key=idempotency_key,
        )
    except (Conflict, IntegrityError) as error:
        earlier = _decided_with(idempotency_key, by=by, item=item)
        if earlier:
            return earlier
        if ModAction.objects.filter(idempotency_key=idempotency_key).exists():
            raise Conflict from error  # a key that belongs to another act
        raise


def _of(item: ReviewItem) -> Appeal:
    return Appeal.objects.select_related("action", "member__user").get(pk=item.appeal_id)


def _decided_with(key: str, *, by: Member, item: ReviewItem) -> ModAction | None:
    return ModAction.objects.filter(idempotency_key=key, actor_id=by.pk, item_id=item.pk).first()


@transaction.atomic
def _decide_appeal(
    *,
    by: Member,
    item: ReviewItem,
    appeal: Appeal,
    version: int,
    decision: Decision,
    message: str,
    note: str,
    idempotency_key: str,
) -> ModAction:
    now = timezone.now()
    overturned = decision == Decision.OVERTURN
    # The item first: whoever changes this row decides, everyone else gets a conflict.
    one(
        ReviewItem.objects.filter(
            free_for(by, now), pk=item.pk, version=version, status=ItemStatus.OPEN
        ).update(
            status=ItemStatus.RESOLVED,
            version=F("version") + 1,
            resolved_at=now,
            first_action_at=Coalesce("first_action_at", now),
            resolution=decision.value,
        )
    )
    state = AppealState.OVERTURNED if overturned else AppealState.CONFIRMED
    one(
        Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN).update(
            state=state, decided_by=by, decided_at=now
        )
    )
    verdict = Verdict.UPHELD if overturned else Verdict.DISMISSED
    ReviewReason.objects.filter(item=item).update(verdict=verdict)
    action, subject = appeal.action, subject_of(appeal.action)
    before, after, trust = AppealState.OPEN.value, state.value, None
    if overturned and isinstance(subject, Post):
        before = subject.state
        if stands(action, subject):
            overturning.reverse_about_post(action=action, post=subject, now=now)
        after = subject.state
        trust = trusting.undo_trust(member=appeal.member, act=action)
    elif overturned and isinstance(subject, Sanction):
        overturning.reverse_sanction(sanction=subject, by=by)
    written = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb=f"{decision.value}_{'post' if isinstance(subject, Post) else 'sanction'}",
        subject_kind=action.subject_kind,
        subject_id=action.subject_id,
        from_state=before,
        to_state=after,
        item_id=item.pk,
        item_version=version,
        revision_id=action.revision_id,
        # A decision that stays keeps its reason: its author goes on reading it, with the newer message.
        reason_code="" if overturned else action.reason_code,
        message=message,
        note=note,
        reverses_id=action.pk if overturned else None,
        idempotency_key=idempotency_key,
    )
    trusting.write_down(trust, because=written)
    appeal.state = state
    telling.tell_appeal_decided(appeal)
    return written
