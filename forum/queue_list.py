"""The list of the queue: from items to rows of words and clocks. Nothing is decided here.

Never the text of a post nor its author's name; of what a moderator is too close to not even the reason.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum import rules
from forum.actions.watching import words_of_rule
from forum.clocks import clock, elapsed
from forum.models import Member, Post, ReviewItem, ReviewReason, SafetyEscalation
from forum.states import ItemStatus, PostState, ReasonKind, Severity
from safety.rulebook import Rule, rulebook

#: Severities whose items stand under "Someone may be at risk".
AT_RISK = (Severity.IMMINENT, Severity.CONCERN)
#: An appeal is urgent for fairness; it says that somebody is at risk only when its words do.
MAY_BE_AT_RISK = Q(severity__in=AT_RISK) & (
    Q(appeal__isnull=True) | Exists(ReviewReason.objects.filter(item=OuterRef("pk"), kind=ReasonKind.CRISIS))
)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: The words of a filter, in the order of the chips.
CHIPS: dict[str, Promise] = {
    ReasonKind.CRISIS: gettext_lazy("Danger"),
    ReasonKind.SCAN_ERROR: gettext_lazy("Not checked"),
    ReasonKind.APPEAL: gettext_lazy("Second looks"),
    ReasonKind.REPORT: gettext_lazy("Reports"),
    ReasonKind.PII: gettext_lazy("Private details"),
    ReasonKind.WATCHED: gettext_lazy("Watched phrases"),
    ReasonKind.FIRST_POST: gettext_lazy("First posts"),
    ReasonKind.NEW_MEMBER: gettext_lazy("New members"),
    ReasonKind.EDIT: gettext_lazy("Changes"),
    ReasonKind.LINK: gettext_lazy("Links"),
    ReasonKind.MEMBER_HOLD: gettext_lazy("Members read first"),
    ReasonKind.BOARD: gettext_lazy("Boards read first"),
    ReasonKind.TOPIC_HOLD: gettext_lazy("Topics read first"),
    ReasonKind.MANUAL: gettext_lazy("From the team"),
    ReasonKind.AUDIT_SAMPLE: gettext_lazy("Samples"),
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


@dataclass(frozen=True)
class Row:
    """One line of the queue, as components/queue_item.html takes it; without `url` it cannot be opened."""

    pk: int
    kind: str
    heading: str
    text: str
    wait: str
    due: str
    url: str
    action: str


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


def rows_of(
    items: Iterable[ReviewItem],
    *,
    member: Member,
    now: dt.datetime,
    verbs: Mapping[str, Any],
    escalated: Mapping[int, dt.datetime],
    close: AbstractSet[int] = frozenset(),
) -> list[Row]:
    """The lines of the list. Reads nothing beyond `for_the_list`, `with_reasons` and `escalations_of`.

    `verbs` are the words of acts on the record, for the decision an appeal is about; `close` are items
    this moderator is too close to for a reason that the rows themselves do not show.
    """
    return [
        _not_for_you(item, now=now)
        if item.pk in close or not rules.may_take(member.user, item, member_id=member.pk)
        else _row(item, member=member, now=now, verbs=verbs, escalated=escalated)
        for item in items
    ]


def with_reasons(items: list[ReviewItem]) -> None:
    """Fetch the reasons of all these items at once, with the reports behind them."""
    prefetch_related_objects(items, Prefetch("reasons", ReviewReason.objects.select_related("report")))


def escalations_of(items: list[ReviewItem]) -> dict[int, dt.datetime]:
    """Since when the clinician on call has each of these, for those that were handed on."""
    handed_on = SafetyEscalation.objects.filter(item__in=items, closed_at=None)
    return dict(handed_on.values_list("item_id", "opened_at"))


def _waiting(item: ReviewItem, *, now: dt.datetime) -> str:
    return _("Waiting %(span)s") % {"span": elapsed(item.opened_at, now=now)}


def _not_for_you(item: ReviewItem, *, now: dt.datetime) -> Row:
    """Neither reason, board nor state: together they would tell whom of those one knows it is about."""
    return Row(
        pk=item.pk,
        kind="",
        heading=_("A colleague decides this one"),
        text=_("It is yours, or by someone you know, or about a decision of yours."),
        wait=_waiting(item, now=now),
        due="",
        url="",
        action="",
    )


def _row(
    item: ReviewItem,
    *,
    member: Member,
    now: dt.datetime,
    verbs: Mapping[str, Any],
    escalated: Mapping[int, dt.datetime],
) -> Row:
    mine = is_mine(item, member, now=now)
    due, action = due_of(item, now=now), _("Open")
    if item.claimed_by and item.is_claimed_by_another(member, now=now):
        due, action = _("%(name)s has it") % {"name": item.claimed_by.handle}, _("Look")
    elif mine and item.claimed_until:
        due = _("Yours until %(time)s") % {"time": clock(item.claimed_until, now=now)}
        action = _("Go on")
    elif item.pk in escalated:
        due = _("With the clinician since %(time)s") % {"time": clock(escalated[item.pk], now=now)}
    words = [_what(item, now=now, verbs=verbs), _asked(item, member)]
    return Row(
        pk=item.pk,
        kind="mine" if mine else ("risk" if _may_be_at_risk(item) else ""),
        heading=heading_of(item.reasons.all()),
        text=" ".join(one for one in words if one),
        wait=_waiting(item, now=now),
        due=due,
        url=item.get_absolute_url(),
        action=action,
    )


def _may_be_at_risk(item: ReviewItem) -> bool:
    """MAY_BE_AT_RISK, of an item whose reasons are here."""
    if item.severity not in AT_RISK:
        return False
    return item.appeal is None or any(one.kind == ReasonKind.CRISIS for one in item.reasons.all())


def _what(item: ReviewItem, *, now: dt.datetime, verbs: Mapping[str, Any]) -> str:
    """What it is about, where that stands, and who can see it."""
    if item.post is not None:
        return f"{kind_of(item.post)}. {_length(item.post)}. {state_of(item.post)}"
    if item.appeal is not None:
        action = item.appeal.action
        when = _EPOCH + dt.timedelta(microseconds=action.at_us)
        return _("About a decision of %(day)s: %(decision)s.") % {
            "day": formats.date_format(timezone.localtime(when), "DATE_FORMAT"),
            "decision": verbs.get(action.verb, action.verb),
        }
    if item.topic is not None:
        return _("A whole topic in %(board)s.") % {"board": item.topic.board.name}
    return _("About a member, not about one post.")


def _asked(item: ReviewItem, member: Member) -> str:
    """Who would like a second opinion."""
    if item.asked_by is None:
        return ""
    if item.asked_by_id == member.pk:
        return _("You asked for a second opinion.")
    return _("%(name)s asks for a second opinion.") % {"name": item.asked_by.handle}


def who_has(item: ReviewItem, *, member: Member) -> str:
    """Who has an item and until when, for the page that is open on it."""
    now = timezone.now()
    if item.status != ItemStatus.OPEN:
        return _("This is decided.")
    if not item.claimed_by or not item.claimed_until or item.claimed_until <= now:
        return _("Nobody has taken this.")
    until = {"time": clock(item.claimed_until, now=now), "name": item.claimed_by.handle}
    if item.claimed_by_id == member.pk:
        return _("Yours until %(time)s") % until
    return _("%(name)s has this until %(time)s.") % until


def is_mine(item: ReviewItem, member: Member, *, now: dt.datetime) -> bool:
    """Does this moderator hold the item?"""
    return bool(item.claimed_until and item.claimed_until > now and item.claimed_by_id == member.pk)


def due_of(item: ReviewItem, *, now: dt.datetime) -> str:
    """When the first answer is due, or that this is past."""
    if item.due_at < now:
        return _("Past due by %(span)s") % {"span": elapsed(item.due_at, now=now)}
    if item.appeal_id is not None:
        # Appeals run in working days: the hour would promise more than it means.
        return _("Answer by %(day)s") % {
            "day": formats.date_format(timezone.localtime(item.due_at), _("l, F j"))
        }
    return _("Answer by %(time)s") % {"time": clock(item.due_at, now=now)}


def _rule(rule_id: str) -> Rule | None:
    return next((rule for rule in rulebook().rules if rule.id == rule_id), None) if rule_id else None


def rule_words(rule_id: str) -> str:
    """What the rule that matched looks for, as whoever wrote the rule says it."""
    rule = _rule(rule_id)
    return rule.reason if rule else words_of_rule(rule_id)
