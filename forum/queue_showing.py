"""From one item to what its page shows: words, clocks, the author as counts. Nothing is decided here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.clocks import clock, elapsed
from forum.models import Member, ModAction, Post, PostRevision, Report, ReviewItem
from forum.queue_list import due_of, heading_of, is_mine, kind_of, post_of, rule_words, state_of, words_of
from forum.states import (
    ActorRole,
    Decision,
    ItemStatus,
    PostState,
    ReasonCode,
    ReportState,
    RevisionState,
    Trust,
)

__all__ = [
    "VERBS",
    "Act",
    "acts_about",
    "decision_of",
    "due_of",
    "heading_of",
    "history_of",
    "is_mine",
    "kind_of",
    "post_of",
    "reasons_of",
    "rule_words",
    "state_of",
    "topic_context",
    "what_happened",
    "words_of",
]

ACTS_SHOWN = 20
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: Acts on the record about a post, as the team reads them.
VERBS: dict[str, Promise] = {
    "approve_post": gettext_lazy("Published"),
    "approve_edit": gettext_lazy("Change published"),
    "return_post": gettext_lazy("Sent back"),
    "return_edit": gettext_lazy("Change sent back"),
    "reject_post": gettext_lazy("Not published"),
    "reject_edit": gettext_lazy("Change not published"),
    "hide_post": gettext_lazy("Hidden"),
    "remove_post": gettext_lazy("Taken down"),
    "keep_post": gettext_lazy("Left as it is"),
    "restore_post": gettext_lazy("Brought back"),
    "amend_post": gettext_lazy("Changed by the team"),
    "withdraw_post": gettext_lazy("Taken back by its author"),
    "overturn_post": gettext_lazy("Decision changed after a second look"),
    "confirm_post": gettext_lazy("Decision kept after a second look"),
    "sanction_member": gettext_lazy("A limit on a person"),
    "move_post": gettext_lazy("Moved to another topic"),
    "hide_reported": gettext_lazy("Hidden by the rule about reports"),
    "take_over": gettext_lazy("Taken over from a colleague"),
}


@dataclass(frozen=True)
class Act:
    """One act on the record, in words."""

    words: str
    role: str
    when: dt.datetime
    reason: str
    message: str
    note: str
    who: str = ""


def history_of(author: Member, *, now: dt.datetime) -> list[dict[str, str]]:
    """The author so far, as counts: never a list of what they wrote."""
    posts = Post.objects.filter(author=author).aggregate(
        waiting=Count("pk", filter=Q(state=PostState.HELD)),
        taken_down=Count("pk", filter=Q(state__in=[PostState.HIDDEN, PostState.REMOVED])),
        rejected=Count("pk", filter=Q(state=PostState.REJECTED)),
    )
    returned = PostRevision.objects.filter(post__author=author, state=RevisionState.RETURNED).count()
    upheld = Report.objects.filter(post__author=author, state=ReportState.UPHELD).count()
    none = _("None")
    rows = [
        (_("Trust"), str(Trust(author.trust).label)),
        (_("Approved"), str(author.approved_count or none)),
        (_("Waiting"), str(posts["waiting"] or none)),
        (_("Sent back"), str(returned or none)),
        (_("Not published"), str(posts["rejected"] or none)),
        (_("Hidden or taken down"), str(posts["taken_down"] or none)),
        (_("Reports upheld"), str(upheld or none)),
    ]
    if author.user:
        rows.insert(0, (_("Member for"), elapsed(author.user.date_joined, now=now)))
    return [{"name": name, "value": value} for name, value in rows]


def acts_about(post: Post) -> list[Act]:
    """What was done about this post before, newest first. Roles, no names."""
    acts = ModAction.objects.filter(subject_kind="post", subject_id=str(post.pk)).select_related("text")
    return [_act(action) for action in acts.order_by("-seq")[:ACTS_SHOWN]]


def decision_of(item: ReviewItem) -> Act | None:
    """How a resolved item ended, with who decided: for the team's eyes."""
    action = (
        ModAction.objects.filter(item_id=item.pk, subject_kind="post")
        .select_related("text")
        .order_by("-seq")
        .first()
    )
    if action is None:
        return None
    actor = Member.objects.select_related("user").filter(pk=action.actor_id or 0).first()
    return _act(action, who=actor.handle if actor else "")


def _act(action: ModAction, *, who: str = "") -> Act:
    text = getattr(action, "text", None)
    reason = action.reason_code if action.reason_code in ReasonCode.values else ""
    return Act(
        words=str(VERBS.get(action.verb, action.verb)),
        role=str(ActorRole(action.role).label) if action.role in ActorRole.values else action.role,
        when=_EPOCH + dt.timedelta(microseconds=action.at_us),
        reason=str(ReasonCode(reason).label) if reason and reason != ReasonCode.NONE else "",
        message=text.message if text else "",
        note=text.note if text else "",
        who=who,
    )


def what_happened(item: ReviewItem, *, member: Member) -> str:
    """Why a decision came too late, in a sentence. The item is as it is now."""
    if item.status == ItemStatus.OPEN:
        if item.is_claimed_by_another(member) and item.claimed_by and item.claimed_until:
            return _("%(name)s has this until %(time)s.") % {
                "name": item.claimed_by.handle,
                "time": clock(item.claimed_until),
            }
        return _("The text or the reasons changed since you read them. Read again, then decide.")
    act = decision_of(item)
    if act is None or item.resolution not in Decision.values:
        return _("Its author took it back.")
    return _("%(who)s (%(role)s) decided at %(time)s: %(decision)s.") % {
        "who": act.who,
        "role": act.role,
        "time": clock(act.when),
        "decision": act.words,
    }


def reasons_of(item: ReviewItem) -> list[dict[str, Any]]:
    """Each reason with its words and, for a report, what the reporter added; who reported is not shown."""
    return [
        {
            "words": words_of(reason),
            "note": reason.report.note if reason.report else "",
            "rule": rule_words(reason.rule_id),
        }
        for reason in item.reasons.all()
    ]


def topic_context(post: Post) -> dict[str, str]:
    """The topic a reply stands in."""
    return {"title": post.topic.title, "url": reverse("topic", args=[post.topic.public_id])}
