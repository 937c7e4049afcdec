"""From limits and appeals to what a page says of them: words, days, links. Nothing is decided here."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.actions import overturning, record
from forum.actions.appealing import in_time
from forum.actions.standing import day_of, limit_reason
from forum.models import Appeal, HouseRules, Member, ModAction, Post, Sanction
from forum.states import AppealState, ReasonCode, SanctionEnd, SanctionKind

#: A limit that is over stays on the person's page so long.
SHOWN_FOR = dt.timedelta(days=90)

#: What a limit means, to the person.
MEANS: dict[SanctionKind, Promise] = {
    SanctionKind.WARN: gettext_lazy("Nothing is stopped. The team asks you to read this."),
    SanctionKind.PREMODERATE: gettext_lazy("A person reads your posts before others see them."),
    SanctionKind.READ_ONLY: gettext_lazy("You can read and report. You cannot write."),
    SanctionKind.SUSPEND: gettext_lazy("You cannot read or write in Talk. What you wrote stays as it is."),
}
ICONS = {
    SanctionKind.WARN: "info",
    SanctionKind.PREMODERATE: "eye",
    SanctionKind.READ_ONLY: "pencil",
    SanctionKind.SUSPEND: "lock",
}
APPEALS: dict[AppealState, Promise] = {
    AppealState.OPEN: gettext_lazy("You asked for a second look. Somebody else reads it."),
    AppealState.OVERTURNED: gettext_lazy("You asked for a second look. The decision was changed."),
    AppealState.CONFIRMED: gettext_lazy("You asked for a second look. The decision stays."),
    AppealState.WITHDRAWN: gettext_lazy("You asked for a second look and took that back."),
}


@dataclass(frozen=True)
class ShownLimit:
    """One limit as a page says it."""

    pk: int
    kind: str
    icon: str
    means: str
    where: str
    since: str
    until: str
    ended: str
    in_force: bool
    reason: str
    message: str
    note: str
    appeal: str
    appeal_url: str
    button: str


def limits_of(member: Member, *, all_of_them: bool = False) -> list[ShownLimit]:
    """A person's limits: those in force first, a suspension before all, then the newest. Two queries.

    Those of the last 90 days, or all of them.
    """
    rows = member.sanctions.select_related("board", "action__text", "action__appeal")
    if not all_of_them:
        since = timezone.now() - SHOWN_FOR
        rows = rows.filter(ends_at__gt=since).filter(Q(ended_at=None) | Q(ended_at__gt=since))
    found = list(rows.order_by("-starts_at", "-pk"))
    found.sort(key=lambda row: (not row.is_in_force, row.kind != SanctionKind.SUSPEND))
    window = HouseRules.current().appeal_window if found else dt.timedelta()
    return [_limit(row, window=window) for row in found]


def _limit(row: Sanction, *, window: dt.timedelta) -> ShownLimit:
    kind = SanctionKind(row.kind)
    text = getattr(row.action, "text", None)
    asked: Appeal | None = getattr(row.action, "appeal", None)
    may_ask = asked is not None or in_time(row.action, window=window)
    return ShownLimit(
        pk=row.pk,
        kind=str(kind.label),
        icon=ICONS[kind],
        means=str(MEANS[kind]),
        where=_("In %(board)s") % {"board": row.board.name} if row.board else _("On the whole site"),
        since=day_of(row.starts_at),
        until=day_of(row.ends_at),
        ended=_ended(row),
        in_force=row.is_in_force,
        reason=limit_reason(row.reason_code),
        message=text.message if text else "",
        note=text.note if text else "",
        appeal=str(APPEALS[AppealState(asked.state)]) if asked else "",
        appeal_url=reverse("appeal_sanction", args=[row.pk]) if may_ask else "",
        button="" if kind == SanctionKind.SUSPEND else "quiet",
    )


def _ended(row: Sanction) -> str:
    """How it ended; empty while it is in force."""
    if row.ended_at is not None:
        if row.ended_as == SanctionEnd.SUPERSEDED:
            return _("Replaced by another on %(day)s") % {"day": day_of(row.ended_at)}
        return _("Lifted early, on %(day)s") % {"day": day_of(row.ended_at)}
    return "" if row.is_in_force else _("Ended on %(day)s") % {"day": day_of(row.ends_at)}


@dataclass(frozen=True)
class ShownDecision:
    """A decision that is or may be appealed, as its person or a second moderator reads it."""

    words: str
    day: str
    reason: str
    message: str
    note: str
    words_gone: bool


DECISIONS: dict[str, Promise] = {
    "reject_post": gettext_lazy("The post was not published."),
    "reject_edit": gettext_lazy("The change to a post was not published."),
    "hide_post": gettext_lazy("The post is hidden while the team looks at it."),
    "remove_post": gettext_lazy("The post was taken down."),
    "redact_post": gettext_lazy("The team took something out before the post was published."),
    "redact_edit": gettext_lazy("The team took something out of a change before it was published."),
    "amend_post": gettext_lazy("The team changed the post."),
}


def decision_shown(action: ModAction, subject: Post | Sanction) -> ShownDecision:
    """What was decided and why, in the words its person was given; nobody's name."""
    text = getattr(action, "text", None)
    if isinstance(subject, Sanction):
        kind, until = SanctionKind(subject.kind), day_of(subject.ends_at)
        words = _("%(kind)s, until %(day)s.") % {"kind": kind.label, "day": until}
        reason, gone = limit_reason(action.reason_code), False
    else:
        words = str(DECISIONS[action.verb])
        code = action.reason_code
        known = code in ReasonCode.values and code != ReasonCode.NONE
        reason = str(ReasonCode(code).label) if known else ""
        gone = not overturning.has_words(action, subject)
    return ShownDecision(
        words=words,
        day=day_of(record.moment_of(action)),
        reason=reason,
        message=text.message if text else "",
        note=text.note if text else "",
        words_gone=gone,
    )
