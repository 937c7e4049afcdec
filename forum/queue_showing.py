"""From one item to what its page shows: words, clocks, the author as counts. Nothing is decided here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.clocks import clock, elapsed
from forum.models import Member, ModAction, Post, PostRevision, Report, ReviewItem
from forum.queue_list import due_of, heading_of, is_mine, kind_of, post_of, rule_words, state_of, words_of
from forum.states import (
    ActorRole,
    Decision,
    EscalationOutcome,
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
    "decided_act",
    "decision_of",
    "due_of",
    "earlier_items",
    "heading_of",
    "history_of",
    "in_words",
    "is_mine",
    "kind_of",
    "post_of",
    "reasons_of",
    "rule_words",
    "state_of",
    "told_before",
    "what_happened",
    "words_of",
]

ACTS_SHOWN = 20
CONTEXT_POSTS = 3
#: Acts on an item that leave it open.
HANDED_ON = ("escalate", "ask_colleague", "acknowledge_escalation", "close_escalation", "undo")
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
    "redact_post": gettext_lazy("Published with changes"),
    "redact_edit": gettext_lazy("Change published with changes of ours"),
    "undo": gettext_lazy("Decision taken back"),
    "escalate": gettext_lazy("Sent to the clinician on call"),
    "ask_colleague": gettext_lazy("A colleague was asked"),
    "acknowledge_escalation": gettext_lazy("The clinician on call is looking"),
    "close_escalation": gettext_lazy("Answered by the clinician on call"),
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
    limits = author.sanctions.in_force(now).count()
    appeals = author.appeals.count()
    none = _("None")
    rows = [
        (_("Trust"), str(Trust(author.trust).label)),
        (_("Approved"), str(author.approved_count or none)),
        (_("Waiting"), str(posts["waiting"] or none)),
        (_("Sent back"), str(returned or none)),
        (_("Not published"), str(posts["rejected"] or none)),
        (_("Hidden or taken down"), str(posts["taken_down"] or none)),
        (_("Reports upheld"), str(upheld or none)),
        (_("Limits in force"), str(limits or none)),
        (_("Appeals"), str(appeals or none)),
    ]
    if author.user:
        rows.insert(0, (_("Member for"), elapsed(author.user.date_joined, now=now)))
    return [{"name": name, "value": value} for name, value in rows]


def acts_about(post: Post) -> list[Act]:
    """What was done about this post before, newest first. Roles, no names."""
    acts = ModAction.objects.filter(subject_kind="post", subject_id=str(post.pk)).select_related("text")
    return [_act(action) for action in acts.order_by("-seq")[:ACTS_SHOWN]]


def decided_act(item: ReviewItem) -> ModAction | None:
    """The act that resolved this item; none when its author took the post back."""
    acts = ModAction.objects.filter(item_id=item.pk, subject_kind="post").exclude(verb__in=HANDED_ON)
    return acts.select_related("text").order_by("-seq").first()


def in_words(action: ModAction) -> Act:
    """An act with who did it: for the team's eyes."""
    actor = Member.objects.select_related("user").filter(pk=action.actor_id or 0).first()
    return _act(action, who=actor.handle if actor else "")


def decision_of(item: ReviewItem) -> Act | None:
    """How a resolved item ended, in words."""
    action = decided_act(item)
    return in_words(action) if action else None


def _act(action: ModAction, *, who: str = "") -> Act:
    text = getattr(action, "text", None)
    reason = action.reason_code if action.reason_code in ReasonCode.values else ""
    words = str(VERBS.get(action.verb, action.verb))
    if action.verb == "close_escalation" and action.to_state in EscalationOutcome.values:
        ended = {"answered": words, "outcome": EscalationOutcome(action.to_state).label}
        words = _("%(answered)s: %(outcome)s") % ended
    return Act(
        words=words,
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


def told_before(post: Post, *, user: Any) -> list[Post]:
    """Up to three posts that stand before this one, the nearest last; for a first post none."""
    if post.is_first:
        return []
    before = Post.objects.seen_by(user).filter(topic_id=post.topic_id, state=PostState.PUBLISHED)
    if post.position:
        before = before.filter(position__lt=post.position)
    nearest = before.exclude(pk=post.pk).select_related("published_revision", "author__user")
    return list(nearest.order_by("-position")[:CONTEXT_POSTS])[::-1]


def earlier_items(item: ReviewItem) -> list[ReviewItem]:
    """The items about the same post that were decided before, newest first."""
    others = ReviewItem.objects.filter(post=item.post).exclude(pk=item.pk).order_by("-pk")
    return list(others[:ACTS_SHOWN])
