"""The list of the queue: from items to rows of words and clocks. Nothing is decided here.

Never the text of a post and never its author's name.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum.clocks import clock, elapsed
from forum.models import Member, Post, ReviewItem, ReviewReason
from forum.states import PostState, ReasonKind, Severity
from safety.rulebook import Rule, rulebook

#: Severities whose items stand under "Someone may be at risk".
AT_RISK = (Severity.IMMINENT, Severity.CONCERN)

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


def _rule(rule_id: str) -> Rule | None:
    return next((rule for rule in rulebook().rules if rule.id == rule_id), None) if rule_id else None


def rule_words(rule_id: str) -> str:
    """What the rule that matched looks for, as whoever wrote the rule says it."""
    rule = _rule(rule_id)
    return rule.reason if rule else ""
