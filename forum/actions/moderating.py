"""What the team does to a post outside the queue: hide, take down, restore, change its text."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, record, redacting, restoring, telling, trusting
from forum.actions.errors import Conflict, Refused, refuse_unless
from forum.actions.wording import Wording
from forum.models import Member, ModAction, Post
from forum.states import ActorRole, PostState, ReasonCode, RevisionState


def hide_post(*, by: Member, post: Post, reason_code: str, message: str = "", note: str = "") -> ModAction:
    """Hide a published post while the team looks at it. Raises PermissionDenied, Refused, Conflict."""
    refuse_unless(rules.may_hide(by.user, post))
    return _take_down(
        by=by,
        post=post,
        to=PostState.HIDDEN,
        verb="hide_post",
        reason_code=reason_code,
        message=message,
        note=note,
    )


def remove_post(*, by: Member, post: Post, reason_code: str, message: str = "", note: str = "") -> ModAction:
    """Take a post down. Raises PermissionDenied, Refused, Conflict."""
    refuse_unless(rules.may_remove(by.user, post))
    return _take_down(
        by=by,
        post=post,
        to=PostState.REMOVED,
        verb="remove_post",
        reason_code=reason_code,
        message=message,
        note=note,
    )


@transaction.atomic
def _take_down(
    *, by: Member, post: Post, to: PostState, verb: str, reason_code: str, message: str, note: str
) -> ModAction:
    if reason_code in {"", ReasonCode.NONE}:
        raise Refused(_("Choose the reason. Its author will read it."))
    before, pending = post.state, post.has_pending_edit
    moving.take_down(post=post, to=to)
    if pending:  # nobody will decide about it any more; its author can send it again
        post.revisions.filter(state=RevisionState.SUBMITTED).update(state=RevisionState.RETURNED)
    trust = trusting.review_trust(member=post.author, upheld=to == PostState.REMOVED, now=timezone.now())
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb=verb,
        subject_kind="post",
        subject_id=post.pk,
        from_state=before,
        to_state=to,
        revision_id=post.published_revision_id,
        reason_code=reason_code,
        message=message,
        note=note,
    )
    trusting.write_down(trust, because=action)
    telling.tell_decided(post=post, action=action)
    return action


@transaction.atomic
def restore_post(*, by: Member, post: Post, note: str = "") -> ModAction:
    """Bring a hidden, removed or refused post back to its place; nobody is notified a second time.

    One whose approval was undone before anybody heard of it is news now.

    Its author sees it in "my posts", and the earlier notice says that it is back.
    Raises PermissionDenied, Conflict.
    """
    refuse_unless(rules.may_restore(by.user, post))
    before, now = post.state, timezone.now()
    last, trust = restoring.put_back(post=post, now=now)
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="restore_post",
        subject_kind="post",
        subject_id=post.pk,
        from_state=before,
        to_state=post.state,
        revision_id=post.published_revision_id,
        note=note,
        reverses_id=last.pk if last else None,
    )
    trusting.write_down(trust, because=action)
    telling.tell_restored(post=post, action=action, not_before=now)
    return action


def amend_post(
    *,
    by: Member,
    post: Post,
    wording: Wording,
    reason_code: str,
    message: str = "",
    revision_id: int | None = None,
) -> ModAction:
    """The team changes a published post's text: it stays published, marked, and is not queued again.

    `revision_id` is the published wording that was read: if another stands there now, that is a Conflict.

    Posts that repeat what was taken out are put into the queue. Raises PermissionDenied, Refused, Conflict.
    """
    if revision_id is not None and revision_id != post.published_revision_id:
        raise Conflict
    action = _amend(by=by, post=post, wording=wording, reason_code=reason_code, message=message)
    if post.published_revision:
        redacting.find_copies(shown=post.published_revision, now=timezone.now())
    return action


@transaction.atomic
def _amend(*, by: Member, post: Post, wording: Wording, reason_code: str, message: str) -> ModAction:
    refuse_unless(rules.may_amend(by.user, post))
    if reason_code in {"", ReasonCode.NONE}:
        raise Refused(_("Choose the reason. Its author will read it."))
    if post.has_pending_edit:
        raise Refused(_("Its author sent a change that waits in the queue. Decide about that first."))
    now = timezone.now()
    revision = redacting.write_revision(by=by, post=post, wording=wording, now=now)
    read = post.latest_revision_id
    moving.show_wording(post=post, shows=revision.pk, read=read, latest=revision.pk)
    post.revisions.filter(pk=post.published_revision_id or 0).update(state=RevisionState.REDACTED)
    post.published_revision = post.latest_revision = revision
    action = record.append(
        by=by,
        role=ActorRole.MODERATOR,
        verb="amend_post",
        subject_kind="post",
        subject_id=post.pk,
        from_state=post.state,
        to_state=post.state,
        revision_id=revision.pk,
        reason_code=reason_code,
        message=message,
    )
    telling.tell_decided(post=post, action=action)
    return action
