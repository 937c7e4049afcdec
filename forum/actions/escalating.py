"""Handing an item on: to the clinician on call, or to a colleague for a second opinion. It stays open.

Only the clinician (or the safety lead) closes what was sent to them; the team decides about the post.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.states import Role
from forum import rules
from forum.actions import record, telling
from forum.actions.claiming import free_for
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.models import ItemNote, Member, ModAction, Post, ReviewItem, SafetyEscalation
from forum.states import ActorRole, EscalationOutcome, ItemStatus


def escalate(*, by: Member, item: ReviewItem, version: int, note: str, idempotency_key: str) -> ModAction:
    """Ask the clinician on call about an open item: they are paged at once, nobody outside is called.

    The same key again gives the first answer. Raises PermissionDenied, Refused (a clinician was asked
    already, or nobody is on call), Conflict (decided, held by a colleague, or changed since it was read).
    """
    return _hand_on(
        by=by, item=item, version=version, note=note, idempotency_key=idempotency_key, verb="escalate"
    )


def ask_colleague(
    *, by: Member, item: ReviewItem, version: int, note: str, idempotency_key: str
) -> ModAction:
    """Hand an item on for a second opinion, with a note that says what is asked; somebody else decides.

    The same key again gives the first answer. Raises PermissionDenied, Refused (no note), Conflict.
    """
    if not note.strip():
        raise Refused(_("Say in the note what you would like a colleague to look at."))
    return _hand_on(
        by=by, item=item, version=version, note=note, idempotency_key=idempotency_key, verb="ask_colleague"
    )


def _hand_on(
    *, by: Member, item: ReviewItem, version: int, note: str, idempotency_key: str, verb: str
) -> ModAction:
    refuse_unless(rules.may_moderate(by.user))
    mine = ModAction.objects.filter(idempotency_key=idempotency_key, actor_id=by.pk, item_id=item.pk)
    earlier = mine.first()
    if earlier:
        return earlier
    try:
        return _write(by=by, item=item, version=version, note=note, key=idempotency_key, verb=verb)
    except (Conflict, IntegrityError) as error:
        earlier = mine.first()  # the second copy of one form, sent at the same moment
        if earlier is None:
            raise Conflict from error
        return earlier


@transaction.atomic
def _write(*, by: Member, item: ReviewItem, version: int, note: str, key: str, verb: str) -> ModAction:
    now = timezone.now()
    if item.post_id is None:
        raise Refused(_("This item is not about a post."))
    fields: dict[str, object] = {"first_action_at": Coalesce("first_action_at", now)}
    if verb == "ask_colleague":
        fields = {"asked_by": by}  # not an answer yet: the clock of the first action runs on
    one(
        ReviewItem.objects.filter(
            free_for(by, now), pk=item.pk, version=version, status=ItemStatus.OPEN
        ).update(claimed_by=None, claimed_until=None, version=F("version") + 1, **fields)
    )
    post = Post.objects.select_related("topic__author", "author__user").get(pk=item.post_id)
    refuse_unless(rules.may_decide_about(by.user, post))
    escalation, on_call = None, list[User]()
    if verb == "escalate":
        if SafetyEscalation.objects.filter(item=item, closed_at=None).exists():
            raise Refused(_("The clinician on call was asked already."))
        on_call = _on_call(post)
        if not on_call:  # an item that waits for nobody would wait for ever
            raise Refused(_("Nobody is on call. Decide with the team, and hide what others must not read."))
        escalation = SafetyEscalation.objects.create(item=item, opened_by=by, opened_at=now)
    if note.strip():
        ItemNote.objects.create(item=item, by=by, text=note, created_at=now)
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb=verb,
        subject_kind="post",
        subject_id=post.pk,
        from_state=post.state,
        to_state=post.state,
        item_id=item.pk,
        item_version=version,
        revision_id=post.latest_revision_id,
        note=note,
        idempotency_key=key,
    )
    if escalation:
        telling.page_on_call(escalation, people=on_call)
    return action


def _on_call(post: Post) -> list[User]:
    """The clinicians on call who are not too close to the post; the safety leads when there is none."""
    for role in (Role.ON_CALL_CLINICIAN, Role.SAFETY_LEAD):
        held = RoleGrant.objects.filter(role=role, ended_at=None, person__is_active=True)
        people = [
            grant.person
            for grant in held.select_related("person")
            if not rules.is_too_close(grant.person, post)
        ]
        if people:
            return people
    return []


@transaction.atomic
def acknowledge(*, by: Member, escalation: SafetyEscalation) -> None:
    """The clinician says that they are looking; doing it twice, or after a colleague, changes nothing.

    Raises PermissionDenied.
    """
    _refuse_too_close(by, escalation)
    seen = SafetyEscalation.objects.filter(pk=escalation.pk, closed_at=None, acknowledged_at=None)
    if seen.update(acknowledged_by=by, acknowledged_at=timezone.now()):
        _on_record(escalation, by=by, verb="acknowledge_escalation")


def close_escalation(
    *,
    by: Member,
    escalation: SafetyEscalation,
    outcome: EscalationOutcome,
    message: str = "",
    note: str = "",
    idempotency_key: str | None = None,
) -> ModAction:
    """End it with an outcome. `note` is for the team; `message` is all that the author reads of it.

    The item stays open: the team decides about the post. The same key again gives the first answer.
    Raises PermissionDenied, Conflict (closed already).
    """
    _refuse_too_close(by, escalation)
    try:
        return _close(escalation, by=by, outcome=outcome, message=message, note=note, key=idempotency_key)
    except (Conflict, IntegrityError) as error:
        mine = ModAction.objects.filter(actor_id=by.pk, item_id=escalation.item_id)
        earlier = mine.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if earlier is None:
            raise Conflict from error
        return earlier


@transaction.atomic
def _close(
    escalation: SafetyEscalation,
    *,
    by: Member,
    outcome: EscalationOutcome,
    message: str,
    note: str,
    key: str | None,
) -> ModAction:
    now: dt.datetime = timezone.now()
    ReviewItem.objects.filter(pk=escalation.item_id, status=ItemStatus.OPEN).update(version=F("version") + 1)
    one(
        SafetyEscalation.objects.filter(pk=escalation.pk, closed_at=None).update(
            closed_by=by,
            closed_at=now,
            outcome=outcome.value,
            acknowledged_by=Coalesce("acknowledged_by", by.pk),
            acknowledged_at=Coalesce("acknowledged_at", now),
        )
    )
    if note.strip():
        ItemNote.objects.create(item_id=escalation.item_id, by=by, text=note, created_at=now)
    action = _on_record(
        escalation,
        by=by,
        verb="close_escalation",
        outcome=outcome.value,
        note=note,
        message=message,
        key=key,
    )
    if message.strip():
        telling.tell_from_clinician(escalation=escalation, action=action)
    return action


def _refuse_too_close(by: Member, escalation: SafetyEscalation) -> None:
    post = escalation.item.post
    refuse_unless(rules.may_answer_escalations(by.user))
    refuse_unless(post is not None and not rules.is_too_close(by.user, post))


def _on_record(
    escalation: SafetyEscalation,
    *,
    by: Member,
    verb: str,
    outcome: str = "",
    note: str = "",
    message: str = "",
    key: str | None = None,
) -> ModAction:
    return record.append(
        by=by,
        role=ActorRole.CLINICIAN,
        verb=verb,
        subject_kind="post",
        subject_id=escalation.item.post_id or 0,
        to_state=outcome,
        item_id=escalation.item_id,
        note=note,
        message=message,
        idempotency_key=key,
    )
