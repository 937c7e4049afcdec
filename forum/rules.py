"""Who may see, say and change what: the one home of each rule (docs/safety.md prints the matrix).

Field names only, no models: `Q` builders for querysets, predicates for actions and templates.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.rules import has_role
from accounts.states import Role
from forum.states import (
    READABLE_TOPICS,
    Audience,
    Decision,
    PostState,
    Premoderation,
    ReasonKind,
    ReportCategory,
    Severity,
    TopicState,
    Trust,
)

if TYPE_CHECKING:
    from safety.screening import Screening

#: First human action is due this long after an item opened (design: forum 2.2).
TARGETS: dict[Severity, timedelta] = {
    Severity.IMMINENT: timedelta(minutes=15),
    Severity.CONCERN: timedelta(hours=1),
    Severity.ROUTINE: timedelta(hours=4),
    Severity.SAMPLE: timedelta(hours=24),
}
CLAIM_LASTS = timedelta(minutes=15)
TRUST_NEEDS_POSTS = 3
TRUST_NEEDS_DAYS = 2
UPHELD_REPORT_COUNTS_FOR = timedelta(days=30)
REPORTERS_THAT_LIFT = 3
REPORTS_A_DAY = 20
POSTS_AN_HOUR = 20
#: Each change bumps the item's version: without a limit nobody could ever decide about the post.
CHANGES_AN_HOUR = 30


# --- seeing -------------------------------------------------------------------------------


def may_moderate(user: Any) -> bool:
    """Does this person read what waits and decide about it?"""
    return has_role(user, Role.MODERATOR, Role.SAFETY_LEAD)


def boards_seen_by(user: Any) -> Q:
    """Which boards a person may open; visitors only public ones."""
    return Q() if user.is_authenticated else Q(audience=Audience.PUBLIC)


def _readable(user: Any, topic: str) -> Q:
    """The topics whose published posts this person may read, seen from `topic` (a prefix)."""
    seen = Q(**{f"{topic}state__in": list(READABLE_TOPICS)})
    if not user.is_authenticated:
        seen &= Q(**{f"{topic}board__audience": Audience.PUBLIC})
    return seen


def topics_seen_by(user: Any) -> Q:
    """Which topics a person may open: readable ones, one's own, and all for moderators."""
    if may_moderate(user):
        return Q()
    seen = _readable(user, "")
    return seen | Q(author__user=user) if user.is_authenticated else seen


def topics_listed_for(user: Any) -> Q:
    """Which topics stand in a board's list. Nobody's list or count holds what others cannot see."""
    return _readable(user, "")


def posts_seen_by(user: Any) -> Q:
    """Which posts a person may read. Every list, count, page, feed and search starts here.

    Published posts of readable topics; one's own in every state; all of them for moderators.
    """
    if may_moderate(user):
        return Q()
    seen = Q(state=PostState.PUBLISHED) & _readable(user, "topic__")
    return seen | Q(author__user=user) if user.is_authenticated else seen


# --- writing ------------------------------------------------------------------------------


def may_write(user: Any) -> bool:
    """May this person post, report or reply at all?"""
    return bool(user.is_authenticated and user.is_active)


def may_reply(user: Any, topic: Any) -> bool:
    """Replies go to open topics only."""
    return may_write(user) and topic.state == TopicState.OPEN


def is_author(user: Any, post: Any) -> bool:
    return bool(user.is_authenticated and post.author.user_id == user.pk)


def may_edit(user: Any, post: Any) -> bool:
    """Authors change what waits, was sent back, or is published."""
    return is_author(user, post) and post.state in {
        PostState.HELD,
        PostState.RETURNED,
        PostState.PUBLISHED,
    }


def may_withdraw(user: Any, post: Any) -> bool:
    """Authors take back what waits, was sent back, or is published."""
    return may_edit(user, post)


def may_report(user: Any, post: Any) -> bool:
    """Members report published posts of other people."""
    return may_write(user) and post.state == PostState.PUBLISHED and not is_author(user, post)


def may_decide_about(user: Any, post: Any) -> bool:
    """A moderator decides about other people's posts, never about their own."""
    return may_moderate(user) and not is_author(user, post)


def may_hide(user: Any, post: Any) -> bool:
    return may_decide_about(user, post) and post.state == PostState.PUBLISHED


def may_remove(user: Any, post: Any) -> bool:
    return may_decide_about(user, post) and post.state in {PostState.PUBLISHED, PostState.HIDDEN}


def may_restore(user: Any, post: Any) -> bool:
    return may_decide_about(user, post) and post.state in {
        PostState.HIDDEN,
        PostState.REMOVED,
        PostState.REJECTED,
    }


def may_amend(user: Any, post: Any) -> bool:
    """The team may change a published post's text; it stays published and is marked."""
    return may_decide_about(user, post) and post.state == PostState.PUBLISHED


# --- what must wait -------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """Why a person must look, before it is a row."""

    kind: ReasonKind
    severity: Severity
    holds: bool
    rule_id: str = ""
    spans: tuple[tuple[str, int, int], ...] = ()


def effective_trust(*, trust: int, user: Any) -> int:
    """The team's own posts are not held for being new."""
    if has_role(user, Role.MODERATOR, Role.SAFETY_LEAD, Role.WELCOMER):
        return max(trust, Trust.KNOWN)
    return trust


def reasons_to_look(
    *,
    trust: int,
    approved_count: int,
    premoderation: str,
    hold_replies: bool,
    has_link: bool,
    is_edit: bool,
    screening: "Screening",
) -> list[Reason]:
    """Every reason a submitted text has to be seen by a person; those with `holds` keep it back.

    A safety rule never blocks and never drops: it orders the queue (design: forum 0.6, 2.1).
    """
    new = trust < Trust.KNOWN
    reasons: list[Reason] = []
    if screening.failed:
        reasons.append(Reason(ReasonKind.SCAN_ERROR, Severity.CONCERN, holds=True))
    if screening.severity is not None:
        severity = Severity(screening.severity)
        holds = new or severity == Severity.IMMINENT
        reasons += [  # a failed check keeps what it had found
            Reason(
                ReasonKind.CRISIS,
                Severity(hit.severity),
                holds=holds,
                rule_id=hit.rule_id,
                spans=tuple((span.field, span.start, span.end) for span in hit.spans),
            )
            for hit in screening.hits
            if hit.severity is not None
        ]
        if not reasons:
            reasons.append(Reason(ReasonKind.CRISIS, severity, holds=holds))
    if is_edit:
        reasons.append(Reason(ReasonKind.EDIT, Severity.ROUTINE, holds=True))
    if premoderation == Premoderation.ALL:
        reasons.append(Reason(ReasonKind.BOARD, Severity.ROUTINE, holds=True))
    if hold_replies:
        reasons.append(Reason(ReasonKind.TOPIC_HOLD, Severity.ROUTINE, holds=True))
    if new:
        kind = ReasonKind.NEW_MEMBER if approved_count else ReasonKind.FIRST_POST
        reasons.append(Reason(kind, Severity.ROUTINE, holds=True))
    if new and has_link:
        reasons.append(Reason(ReasonKind.LINK, Severity.ROUTINE, holds=True))
    return reasons


def edited_while_waiting() -> Reason:
    """A text that waits, or was sent back, waits again once changed, whatever the trust."""
    return Reason(ReasonKind.EDIT, Severity.ROUTINE, holds=True)


def report_severity(*, category: str, reporters: int) -> Severity:
    """Worry about a person comes first; three separate reporters lift a report one level."""
    level = Severity.CONCERN if category == ReportCategory.WORRIED else Severity.ROUTINE
    if reporters >= REPORTERS_THAT_LIFT:
        level = Severity(max(Severity.CONCERN, level - 1))
    return level


def trust_after(*, trust: int, locked: bool, approved: int, days: int, upheld_recently: bool) -> int:
    """Trust grows from people's approval alone: 3 approved posts on 2 days, no upheld report in 30 days."""
    if locked:
        return trust
    if upheld_recently:
        return Trust.NEW
    if trust == Trust.NEW and approved >= TRUST_NEEDS_POSTS and days >= TRUST_NEEDS_DAYS:
        return Trust.KNOWN
    return trust


# --- deciding ---------------------------------------------------------------------------------


def decisions_for(*, state: str, pending_edit: bool) -> tuple[Decision, ...]:
    """What a moderator can decide about a post in this state.

    Held: publish, send back, refuse. Published with a changed text waiting: the same about the change, or
    take the whole post down. Published and reported: leave it, hide it, take it down.
    """
    if state == PostState.HELD:
        return (Decision.APPROVE, Decision.RETURN, Decision.REJECT)
    if state == PostState.PUBLISHED and pending_edit:
        return (Decision.APPROVE, Decision.RETURN, Decision.REJECT, Decision.HIDE, Decision.REMOVE)
    if state == PostState.PUBLISHED:
        return (Decision.KEEP, Decision.HIDE, Decision.REMOVE)
    if state == PostState.HIDDEN:
        return (Decision.KEEP, Decision.REMOVE)
    return (Decision.KEEP,)


#: Decisions that need a reason its author can read.
NEEDS_REASON = frozenset({Decision.RETURN, Decision.REJECT, Decision.HIDE, Decision.REMOVE})
