"""What moderators do with an item of the queue: decide it once."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, record, redacting, restoring, telling, trusting
from forum.actions.claiming import free_for
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.actions.queueing import put_in_queue, report_reason
from forum.actions.wording import Wording
from forum.models import (
    Member,
    ModAction,
    Post,
    PostRevision,
    Report,
    ReviewItem,
    ReviewReason,
    SafetyEscalation,
)
from forum.states import (
    ActorRole,
    Decision,
    ItemStatus,
    PostState,
    ReasonCode,
    ReportState,
    RevisionState,
    Severity,
    Verdict,
)

#: Decisions about a text that waits, not about one that is public.
ABOUT_THE_TEXT = frozenset({Decision.APPROVE, Decision.REDACT, Decision.RETURN, Decision.REJECT})
PUBLISHES = frozenset({Decision.APPROVE, Decision.REDACT})


@dataclass(frozen=True)
class Decided:
    """What was decided; `repeated` when the same form was sent again."""

    action: ModAction
    repeated: bool = False


def decide(
    *,
    by: Member,
    item: ReviewItem,
    version: int,
    revision_id: int,
    decision: Decision,
    reason_code: str = "",
    message: str = "",
    note: str = "",
    idempotency_key: str,
    wording: Wording | None = None,
    rules_missed: bool = False,
) -> Decided:
    """Decide an item by compare-and-swap on its version and the revision that was read.

    `message` is for the author, `note` for the team; `wording` is what REDACT publishes; `rules_missed` says
    that a safety rule should have seen it. Sent again with the same key, the first answer is given again and
    nothing more happens. Raises PermissionDenied, Refused (a reason is missing, or the decision does not fit
    the post), Conflict (someone else decided, holds it, or the text changed).
    """
    refuse_unless(rules.may_moderate(by.user))
    earlier = _decided_with(idempotency_key, by, item)
    if earlier:
        return earlier
    try:
        action = _decide(
            by=by,
            item=item,
            version=version,
            revision_id=revision_id,
            decision=decision,
            reason_code=reason_code,
            message=message,
            note=note,
            idempotency_key=idempotency_key,
            wording=wording,
            rules_missed=rules_missed,
        )
    except (Conflict, IntegrityError) as error:
        # Both may be the second copy of one form, sent at the same moment.
        earlier = _decided_with(idempotency_key, by, item)
        if earlier:
            return earlier
        if ModAction.objects.filter(idempotency_key=idempotency_key).exists():
            raise Conflict from error  # a key that belongs to another act
        raise
    if decision == Decision.REDACT:
        redacting.find_copies(shown=PostRevision.objects.get(pk=action.revision_id), now=timezone.now())
    return Decided(action)


def _decided_with(key: str, by: Member, item: ReviewItem) -> Decided | None:
    action = ModAction.objects.filter(idempotency_key=key, actor_id=by.pk, item_id=item.pk).first()
    return Decided(action, repeated=True) if action else None


@transaction.atomic
def _decide(
    *,
    by: Member,
    item: ReviewItem,
    version: int,
    revision_id: int,
    decision: Decision,
    reason_code: str,
    message: str,
    note: str,
    idempotency_key: str,
    wording: Wording | None,
    rules_missed: bool,
) -> ModAction:
    now = timezone.now()
    if item.post_id is None:
        raise Refused(_("This item is not about a post."))
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
            rules_missed=rules_missed,
        )
    )
    _refuse_escalated(item)
    post = Post.objects.select_related(
        "topic__board", "topic__author", "author__user", "latest_revision"
    ).get(pk=item.post_id)
    refuse_unless(rules.may_decide_about(by.user, post))
    if post.latest_revision_id != revision_id:
        raise Conflict
    pending = post.has_pending_edit
    fitting = rules.decisions_for(state=post.state, pending_edit=pending)
    if decision not in fitting or decision in rules.KEEPS_OPEN:  # those are forum.actions.escalating
        raise Refused(_("That decision does not fit this post any more."))
    if decision in rules.NEEDS_REASON and reason_code in {"", ReasonCode.NONE}:
        raise Refused(_("Choose the reason. Its author will read it."))
    before, read = post.state, post.latest_revision
    reverses, given_back = None, None
    if decision == Decision.RESTORE:
        reverses, given_back = restoring.put_back(post=post, now=now)
    elif decision == Decision.REDACT:
        if wording is None or (read and wording.sha256 == read.sha256):
            raise Refused(_("Nothing is taken out: approve it as it is, or change the text."))
        shown = redacting.publish_redacted(
            by=by, post=post, revision_id=revision_id, wording=wording, now=now
        )
        revision_id = shown.pk
    else:
        _carry_out(decision, post=post, revision_id=revision_id, pending=pending, now=now)
    about_edit = pending and decision in ABOUT_THE_TEXT
    _close_reasons(item=item, post=post, decision=decision, about_edit=about_edit, now=now)
    trust = given_back or trusting.review_trust(
        member=post.author, upheld=decision == Decision.REMOVE, now=now
    )
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb=f"{decision.value}_edit" if about_edit else f"{decision.value}_post",
        subject_kind="post",
        subject_id=post.pk,
        from_state=before,
        to_state=post.state,
        item_id=item.pk,
        item_version=version,
        revision_id=revision_id,
        reason_code=reason_code,
        note=note,
        message=message,
        reverses_id=reverses.pk if reverses else None,
        idempotency_key=idempotency_key,
    )
    trusting.write_down(trust, because=action)
    _tell(decision, post=post, action=action, about_edit=about_edit, item=item, now=now)
    return action


def _refuse_escalated(item: ReviewItem) -> None:
    """What a clinician was asked about is not decided over their head; a public post can still be hidden."""
    if SafetyEscalation.objects.filter(item=item, closed_at=None).exists():
        raise Refused(
            _("The clinician on call has this. Decide once they answered; hide the post from its page.")
        )


def _tell(
    decision: Decision,
    *,
    post: Post,
    action: ModAction,
    about_edit: bool,
    item: ReviewItem,
    now: dt.datetime,
) -> None:
    """Author, watchers and reporters hear of it once it can no longer be undone."""
    later = telling.after_undo(now)
    if decision == Decision.APPROVE and not about_edit:
        telling.tell_published(post=post, action=action, not_before=later)
    elif decision == Decision.RESTORE:
        telling.tell_restored(post=post, action=action, not_before=later)
    elif decision != Decision.KEEP:
        telling.tell_decided(post=post, action=action, not_before=later)
    if decision in PUBLISHES and not about_edit:
        telling.tell_of_post(post, not_before=later)
    answered = Report.objects.filter(
        reasons__item=item, state__in=[ReportState.UPHELD, ReportState.NOT_UPHELD]
    )
    for report in answered.select_related("reporter__user").distinct():
        telling.tell_reporter(reporter=report.reporter, report_id=report.pk, not_before=later)


def _carry_out(decision: Decision, *, post: Post, revision_id: int, pending: bool, now: dt.datetime) -> None:
    """The change of state a decision asks for."""
    if decision in {Decision.HIDE, Decision.REMOVE}:
        moving.take_down(post=post, to=PostState.HIDDEN if decision == Decision.HIDE else PostState.REMOVED)
        if pending:  # nobody will decide about it any more; its author can send it again
            PostRevision.objects.filter(pk=revision_id).update(state=RevisionState.RETURNED)
    elif decision == Decision.APPROVE and pending:
        _show_edit(post=post, revision_id=revision_id)
    elif decision == Decision.APPROVE:
        moving.publish(post=post, revision_id=revision_id, counts_for_trust=True, now=now)
    elif decision in {Decision.RETURN, Decision.REJECT} and pending:
        # The published text stays; only the change is turned down.
        state = RevisionState.RETURNED if decision == Decision.RETURN else RevisionState.REJECTED
        one(PostRevision.objects.filter(pk=revision_id, state=RevisionState.SUBMITTED).update(state=state))
    elif decision == Decision.RETURN:
        moving.turn_down(
            post=post,
            to=PostState.RETURNED,
            revision_id=revision_id,
            revision_to=RevisionState.RETURNED,
        )
    elif decision == Decision.REJECT:
        moving.turn_down(
            post=post,
            to=PostState.REJECTED,
            revision_id=revision_id,
            revision_to=RevisionState.REJECTED,
        )


def _show_edit(*, post: Post, revision_id: int) -> None:
    """The changed text takes the place of the published one."""
    old = post.published_revision_id or 0
    moving.show_wording(post=post, shows=revision_id, read=revision_id)
    post.revisions.filter(pk=old).update(state=RevisionState.SUPERSEDED)
    post.revisions.filter(pk=revision_id).update(state=RevisionState.APPROVED)


def _close_reasons(
    *, item: ReviewItem, post: Post, decision: Decision, about_edit: bool, now: dt.datetime
) -> None:
    """Give each reason its verdict and each report its outcome.

    A changed text that was turned down says nothing about reports of the published one: those go on in a
    new item that points back to this one.
    """
    reports = list(
        Report.objects.filter(reasons__item=item, state=ReportState.OPEN).select_related("reporter__user")
    )
    upheld = decision == Decision.REJECT or post.state in {PostState.HIDDEN, PostState.REMOVED}
    ReviewReason.objects.filter(item=item).update(verdict=Verdict.UPHELD if upheld else Verdict.DISMISSED)
    if not reports:
        return
    if about_edit:
        for report in reports:
            severity = rules.report_severity(category=report.category, reporters=len(reports))
            put_in_queue(
                post=post,
                reasons=[report_reason(Severity(severity))],
                report=report,
                previous=item,
                now=now,
            )
        return
    state = ReportState.UPHELD if upheld else ReportState.NOT_UPHELD
    Report.objects.filter(pk__in=[report.pk for report in reports]).update(state=state)
