"""From items to what the queue shows of them: words, clocks, counts. Nothing is decided here.

In the list never the text and never its author's name; on an item's page the author as counts.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum.clocks import clock, elapsed
from forum.models import Member, ModAction, Post, PostRevision, Report, ReviewItem, ReviewReason
from forum.states import (
    ActorRole,
    Decision,
    ItemStatus,
    PostState,
    ReasonCode,
    ReasonKind,
    ReportState,
    RevisionState,
    Severity,
    Trust,
)
from safety.rulebook import Rule, rulebook

#: Severities whose items stand under "Someone may be at risk".
AT_RISK = (Severity.IMMINENT, Severity.CONCERN)
ACTS_SHOWN = 20
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: The words of a filter, in the order of the chips.
CHIPS: dict[str, Promise] = {
    ReasonKind.CRISIS: gettext_lazy("Danger"),
    ReasonKind.SCAN_ERROR: gettext_lazy("Not checked"),
    ReasonKind.REPORT: gettext_lazy("Reports"),
    ReasonKind.FIRST_POST: gettext_lazy("First posts"),
    ReasonKind.NEW_MEMBER: gettext_lazy("New members"),
    ReasonKind.EDIT: gettext_lazy("Changes"),
    ReasonKind.LINK: gettext_lazy("Links"),
    ReasonKind.BOARD: gettext_lazy("Boards read first"),
    ReasonKind.TOPIC_HOLD: gettext_lazy("Topics read first"),
    ReasonKind.MANUAL: gettext_lazy("From the team"),
}

STATES: dict[str, Promise] = {
    PostState.HELD: gettext_lazy("Held."),
    PostState.PUBLISHED: gettext_lazy("Visible to members."),
    PostState.RETURNED: gettext_lazy("Sent back."),
    PostState.REJECTED: gettext_lazy("Not published."),
    PostState.WITHDRAWN: gettext_lazy("Taken back by its author."),
    PostState.HIDDEN: gettext_lazy("Hidden."),
    PostState.REMOVED: gettext_lazy("Taken down."),
    PostState.RETRACTED: gettext_lazy("Taken down by its author."),
}

#: What a safety rule's group is about (safety.rulebook).
GROUP_WORDS: dict[str, Promise] = {
    "A": gettext_lazy("Words that may mean an overdose now"),
    "B": gettext_lazy("Words about suicide, first person"),
    "C": gettext_lazy("Words about violence or a child in danger"),
    "D": gettext_lazy("Words about the suicide of a loved one"),
    "E": gettext_lazy("Words about dangerous withdrawal"),
    "H": gettext_lazy("Words about a death"),
}

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
}


@dataclass(frozen=True)
class Row:
    """One line of the queue, as components/queue_item.html takes it."""

    pk: int
    kind: str
    heading: str
    text: str
    wait: str
    due: str
    url: str
    action: str


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


def words_of(reason: ReviewReason) -> str:
    """One reason: what a report says, what the words seem to be about, or what the rule of the house is."""
    if reason.report_id:
        return _("Report: “%(words)s”") % {"words": reason.words}
    rule = _rule(reason.rule_id)
    return str(GROUP_WORDS[rule.group]) if rule and not rule.loose else reason.words


def heading_of(reasons: Iterable[ReviewReason]) -> str:
    """Why an item is here, the most pressing first, each reason once."""
    order = list(CHIPS)
    ranked = sorted(reasons, key=lambda reason: order.index(reason.kind))
    words = []
    for reason in ranked:
        one = words_of(reason)
        if one not in words:
            words.append(one)
    return " · ".join(words) or _("To be looked at")


def post_of(item: ReviewItem) -> Post:
    """The post an item is about; the queue lists no other items."""
    if item.post is None:
        raise ValueError(f"{item} is not about a post")
    return item.post


def state_of(post: Post) -> str:
    """Who can see it now."""
    if post.has_pending_edit:
        return _("The earlier text is still shown.")
    return str(STATES[post.state])


def kind_of(post: Post) -> str:
    """What it is, with its board: "Reply in Parents"."""
    board = {"board": post.topic.board.name}
    if post.has_pending_edit:
        return _("Change to a post in %(board)s") % board
    return _("Topic in %(board)s") % board if post.is_first else _("Reply in %(board)s") % board


def _length(post: Post) -> str:
    revision = post.latest_revision
    words = len(revision.text_norm.split()) if revision else 0
    return ngettext("%(n)d word", "%(n)d words", words) % {"n": words}


def rows_of(items: Iterable[ReviewItem], *, member: Member, now: dt.datetime) -> list[Row]:
    """The lines of the list. Reads nothing from the database beyond what `for_the_list` fetched."""
    return [_row(item, member=member, now=now) for item in items]


def _row(item: ReviewItem, *, member: Member, now: dt.datetime) -> Row:
    post = post_of(item)
    mine = is_mine(item, member, now=now)
    kind = "mine" if mine else ("risk" if item.severity in AT_RISK else "")
    due, action = due_of(item, now=now), _("Open")
    if post.author_id == member.pk:
        due, action = _("Your own post: a colleague decides"), _("Look")
    elif item.claimed_by and item.is_claimed_by_another(member, now=now):
        due, action = _("%(name)s has it") % {"name": item.claimed_by.handle}, _("Look")
    elif mine and item.claimed_until:
        due = _("Yours until %(time)s") % {"time": clock(item.claimed_until, now=now)}
        action = _("Go on")
    return Row(
        pk=item.pk,
        kind=kind,
        heading=heading_of(item.reasons.all()),
        text=f"{kind_of(post)}. {_length(post)}. {state_of(post)}",
        wait=_("Waiting %(span)s") % {"span": elapsed(item.opened_at, now=now)},
        due=due,
        url=item.get_absolute_url(),
        action=action,
    )


def is_mine(item: ReviewItem, member: Member, *, now: dt.datetime) -> bool:
    """Does this moderator hold the item?"""
    return bool(item.claimed_until and item.claimed_until > now and item.claimed_by_id == member.pk)


def due_of(item: ReviewItem, *, now: dt.datetime) -> str:
    """When the first answer is due, or that this is past."""
    if item.due_at < now:
        return _("Past due by %(span)s") % {"span": elapsed(item.due_at, now=now)}
    return _("Answer by %(time)s") % {"time": clock(item.due_at, now=now)}


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


def _rule(rule_id: str) -> Rule | None:
    return next((rule for rule in rulebook().rules if rule.id == rule_id), None) if rule_id else None


def rule_words(rule_id: str) -> str:
    """What the rule that matched looks for, as whoever wrote the rule says it."""
    rule = _rule(rule_id)
    return rule.reason if rule else ""


def topic_context(post: Post) -> dict[str, str]:
    """The topic a reply stands in."""
    return {"title": post.topic.title, "url": reverse("topic", args=[post.topic.public_id])}
