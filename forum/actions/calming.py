"""What the team does to a heated topic: read its replies first, slow it, close it; and the end of each.

An act is a comparison and swap on the fields it changes, so a reply that is published at the same moment
survives it, and so does the act (hazard H24). Holding and slowing stop by themselves at their end; a closed
topic is opened again by a periodic job. A topic has one reason, that of the newest act.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum import rules
from forum.actions import moving, record
from forum.actions.errors import Conflict, Refused, refuse_unless
from forum.clocks import span
from forum.models import Member, ModAction, PostRevision, Topic
from forum.states import READABLE_TOPICS, ActorRole, CalmReason, EditorKind, TopicState


def hold_replies(
    *,
    by: Member,
    topic: Topic,
    reason: str,
    until: dt.datetime | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> ModAction | None:
    """Replies are read by a person first, until then or until someone ends it.

    None when it was so already. Raises PermissionDenied, Refused, Conflict.
    """
    return _calm(
        by=by,
        topic=topic,
        verb="hold_replies",
        becomes={"hold_replies": True, "hold_until": until, "calm_reason": _known(reason)},
        until=until,
        note=note,
        idempotency_key=idempotency_key,
    )


def end_hold(
    *, by: Member, topic: Topic, note: str = "", idempotency_key: str | None = None
) -> ModAction | None:
    """Replies are published again as the board's rules say; what waits goes on waiting.

    None when it was so already. Raises PermissionDenied, Refused, Conflict.
    """
    return _calm(
        by=by,
        topic=topic,
        verb="end_hold",
        becomes={"hold_replies": False, "hold_until": None},
        note=note,
        idempotency_key=idempotency_key,
    )


def slow_topic(
    *,
    by: Member,
    topic: Topic,
    seconds: int,
    reason: str,
    until: dt.datetime | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> ModAction | None:
    """A member waits `seconds` between two replies here; the team does not.

    None when it was so already. Raises PermissionDenied, Refused, Conflict.
    """
    if not 0 < seconds <= rules.LONGEST_SLOW_MODE_S:
        raise Refused(_("Choose how long members wait between two replies."))
    return _calm(
        by=by,
        topic=topic,
        verb="slow_topic",
        becomes={"slow_mode_s": seconds, "slow_until": until, "calm_reason": _known(reason)},
        until=until,
        note=note,
        idempotency_key=idempotency_key,
    )


def end_slow(
    *, by: Member, topic: Topic, note: str = "", idempotency_key: str | None = None
) -> ModAction | None:
    """Members reply as often as elsewhere. None when it was so already.

    Raises PermissionDenied, Refused, Conflict.
    """
    return _calm(
        by=by,
        topic=topic,
        verb="end_slow",
        becomes={"slow_mode_s": 0, "slow_until": None},
        note=note,
        idempotency_key=idempotency_key,
    )


def close_topic(
    *,
    by: Member,
    topic: Topic,
    reason: str,
    until: dt.datetime | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> ModAction | None:
    """No new replies; what is there stays, and what waits can still be decided.

    None when it was so already. Raises PermissionDenied, Refused, Conflict.
    """
    return _calm(
        by=by,
        topic=topic,
        verb="close_topic",
        becomes={"state": TopicState.LOCKED, "lock_until": until, "calm_reason": _known(reason)},
        until=until,
        note=note,
        idempotency_key=idempotency_key,
    )


def reopen_topic(
    *, by: Member, topic: Topic, note: str = "", idempotency_key: str | None = None
) -> ModAction | None:
    """Members can reply again. None when it was so already.

    Raises PermissionDenied, Refused (its posts were moved away), Conflict.
    """
    if topic.continued_in_id:
        raise Refused(_("Its posts were moved: it goes on in another topic."))
    return _calm(
        by=by,
        topic=topic,
        verb="reopen_topic",
        becomes={"state": TopicState.OPEN, "lock_until": None},
        note=note,
        idempotency_key=idempotency_key,
    )


def reopen_due() -> int:
    """Open the topics whose time of being closed is over; returns how many."""
    now = timezone.now()
    opened = 0
    for topic in Topic.objects.filter(
        state=TopicState.LOCKED, lock_until__lte=now, continued_in__isnull=True
    ).order_by("pk"):
        becomes: dict[str, Any] = {"state": TopicState.OPEN, "lock_until": None}
        try:
            _swap(by=None, topic=topic, verb="reopen_topic", becomes=becomes, note="", idempotency_key=None)
        except Conflict:
            continue  # the team was faster: it may be closed for longer
        opened += 1
    return opened


def reopen_job() -> None:
    """What the worker runs each minute."""
    reopen_due()


def refuse_too_soon(*, by: Member, topic: Topic, now: dt.datetime) -> None:
    """Raise Refused when slow mode says that this member writes here again too soon; the team is exempt.

    Called inside the transaction that writes. The topic is locked and asked anew, so that of two replies
    sent at once the second sees the first; a topic that is not slow costs nothing.
    """
    if not topic.slow_seconds(now) or rules.may_moderate(by.user):
        return
    seconds = Topic.objects.select_for_update().get(pk=topic.pk).slow_seconds(now)
    mine = PostRevision.objects.filter(
        post__topic=topic, post__author=by, editor=by, editor_kind=EditorKind.AUTHOR
    )
    last = mine.aggregate(last=Max("created_at"))["last"]
    left = seconds - int((now - last).total_seconds()) if last else 0
    if left > 0:
        raise Refused(
            ngettext(
                "This topic is slow for now: one reply every %(every)s. You can send yours in %(n)d second.",
                "This topic is slow for now: one reply every %(every)s. You can send yours in %(n)d seconds.",
                left,
            )
            % {"every": span(dt.timedelta(seconds=seconds)), "n": left}
        )


def _known(reason: str) -> str:
    if reason not in CalmReason.values:
        raise Refused(_("Choose the reason. Members will read it."))
    return reason


def _calm(
    *,
    by: Member,
    topic: Topic,
    verb: str,
    becomes: dict[str, Any],
    until: dt.datetime | None = None,
    note: str,
    idempotency_key: str | None,
) -> ModAction | None:
    refuse_unless(rules.may_calm(by.user, topic))
    earlier = done_with(idempotency_key, by)
    if earlier:
        return earlier
    if topic.state not in READABLE_TOPICS:
        raise Refused(_("Members cannot read this topic now. There is nothing to calm."))
    if until is not None and until <= timezone.now():
        raise Refused(_("Choose an end that is still to come."))
    if all(getattr(topic, name) == value for name, value in becomes.items()):
        return None
    try:
        return _swap(
            by=by, topic=topic, verb=verb, becomes=becomes, note=note, idempotency_key=idempotency_key
        )
    except (Conflict, IntegrityError):
        # It may be the second copy of one form, sent at the same moment.
        earlier = done_with(idempotency_key, by)
        if earlier is None:
            raise
        return earlier


def done_with(key: str | None, by: Member) -> ModAction | None:
    """The act this form did before, if it was sent before."""
    return ModAction.objects.filter(idempotency_key=key, actor_id=by.pk).first() if key else None


@transaction.atomic
def _swap(
    *,
    by: Member | None,
    topic: Topic,
    verb: str,
    becomes: dict[str, Any],
    note: str,
    idempotency_key: str | None,
) -> ModAction:
    before = topic.state
    after = becomes.get("state", before)
    moving.calm(topic=topic, becomes=becomes)
    return record.append(
        by=by,
        role=ActorRole.MODERATOR if by else ActorRole.SYSTEM,
        verb=verb,
        subject_kind="topic",
        subject_id=topic.pk,
        from_state=before,
        to_state=after,
        reason_code=becomes.get("calm_reason", ""),
        note=note,
        automated=by is None,
        idempotency_key=idempotency_key,
    )
