"""What must wait for a person, how soon that person must look, and whom we know."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.rules import has_role
from accounts.states import Role
from forum.rules import limits
from forum.states import Premoderation, ReasonKind, ReportCategory, Severity, Trust

if TYPE_CHECKING:
    from safety.screening import Screening


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
    held_back: bool = False,
    watched: Sequence["Reason"] = (),
) -> list[Reason]:
    """Every reason a submitted text has to be seen by a person; those with `holds` keep it back.

    A safety rule never blocks and never drops: it orders the queue (design: forum 0.6, 2.1). `held_back`: the
    person's posts are read first for a while; `watched`: the site's own watched phrases that matched.
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
    if held_back:
        reasons.append(Reason(ReasonKind.MEMBER_HOLD, Severity.ROUTINE, holds=True))
    reasons += watched
    if hold_replies:
        reasons.append(Reason(ReasonKind.TOPIC_HOLD, Severity.ROUTINE, holds=True))
    if new:
        kind = ReasonKind.NEW_MEMBER if approved_count else ReasonKind.FIRST_POST
        reasons.append(Reason(kind, Severity.ROUTINE, holds=True))
    if new and has_link:
        reasons.append(Reason(ReasonKind.LINK, Severity.ROUTINE, holds=True))
    return reasons


def danger_in(screening: "Screening") -> list[Reason]:
    """What the safety rules found in words that are never published, such as an appeal."""
    found = [
        Reason(
            ReasonKind.CRISIS,
            Severity(hit.severity),
            holds=False,
            rule_id=hit.rule_id,
            spans=tuple((span.field, span.start, span.end) for span in hit.spans),
        )
        for hit in screening.hits
        if hit.severity is not None
    ]
    if screening.failed:
        found.append(Reason(ReasonKind.SCAN_ERROR, Severity.CONCERN, holds=False))
    return found


def edited_while_waiting() -> Reason:
    """A text that waits, or was sent back, waits again once changed, whatever the trust."""
    return Reason(ReasonKind.EDIT, Severity.ROUTINE, holds=True)


def report_severity(*, category: str, reporters: int) -> Severity:
    """Worry about a person comes first; three separate reporters lift a report one level."""
    level = Severity.CONCERN if category == ReportCategory.WORRIED else Severity.ROUTINE
    if reporters >= limits.REPORTERS_THAT_LIFT:
        level = Severity(max(Severity.CONCERN, level - 1))
    return level


def trust_after(
    *,
    trust: int,
    locked: bool,
    approved: int,
    days: int,
    upheld_recently: bool,
    needs_posts: int = limits.TRUST_NEEDS_POSTS,
    needs_days: int = limits.TRUST_NEEDS_DAYS,
) -> int:
    """Trust grows from people's approval alone: 3 approved posts on 2 days, no upheld report in 30 days.

    How many posts and days is the site's to say.
    """
    if locked:
        return trust
    if upheld_recently:
        return Trust.NEW
    if trust == Trust.NEW and approved >= needs_posts and days >= needs_days:
        return Trust.KNOWN
    return trust


def falls_in_sample(percent: int) -> bool:
    """Chosen by chance, so that nobody can write around it: the sample measures what the rules miss."""
    return secrets.randbelow(100) < percent
