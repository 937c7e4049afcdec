"""What must be known of a writer before their words are taken, in one query inside the transaction."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum import rules
from forum.actions.errors import Refused
from forum.models import HouseRules, Member, Post
from forum.rules import Restraint
from forum.states import ReasonCode, SanctionKind

#: The rules of ReasonCode, said of what a person wrote over some time.
LIMIT_REASONS: dict[ReasonCode, Promise] = {
    ReasonCode.PRIVATE_DETAILS: gettext_lazy("Posts held details that could show who someone is."),
    ReasonCode.UNSAFE_DETAIL: gettext_lazy("Posts named doses, sources or ways to harm."),
    ReasonCode.MEDICAL_ADVICE: gettext_lazy("Posts told others what to take or stop taking."),
    ReasonCode.UNKIND: gettext_lazy("Posts blamed or shamed people."),
    ReasonCode.SPAM: gettext_lazy("Posts advertised or repeated."),
    ReasonCode.OFF_TOPIC: gettext_lazy("Posts belonged somewhere else."),
    ReasonCode.OTHER: gettext_lazy("The team’s message says why."),
}


class HeldBack(Refused):
    """A sanction in force says no; `restraint` names it, its reason and its end."""

    def __init__(self, restraint: Restraint) -> None:
        self.restraint = restraint
        super().__init__(held_back_words(restraint))


@dataclass(frozen=True)
class Standing:
    """How often a member wrote in the last hour, what restrains them, and the state of the house rules."""

    recent_posts: int
    restraints: tuple[Restraint, ...]
    house_token: str

    def refuse_held_back(self, *, board_id: int | None) -> None:
        """Raise HeldBack when a sanction keeps this member from writing here."""
        restraint = rules.stops_writing(self.restraints, board_id=board_id)
        if restraint:
            raise HeldBack(restraint)


def standing_of(member: Member, *, now: dt.datetime) -> Standing:
    """Asked anew at every write, in its transaction: a form opened before a sanction is no way around it."""
    since = now - dt.timedelta(hours=1)
    posts = (
        Post.objects.filter(author=OuterRef("pk"), submitted_at__gte=since)
        .order_by()
        .values("author")
        .annotate(n=Count("pk"))
        .values("n")
    )
    in_force = FilteredRelation(
        "sanctions",
        condition=Q(sanctions__starts_at__lte=now, sanctions__ends_at__gt=now, sanctions__ended_at=None),
    )
    rows = list(
        Member.objects.filter(pk=member.pk)
        .annotate(
            recent=Coalesce(Subquery(posts), 0),
            token=Coalesce(Subquery(HouseRules.objects.values("token")[:1]), Value("")),
            held=in_force,
        )
        .values_list("recent", "token", "held__kind", "held__ends_at", "held__reason_code", "held__board_id")
    )
    return Standing(
        recent_posts=rows[0][0] if rows else 0,
        restraints=tuple(
            Restraint(SanctionKind(kind), ends_at, reason, board)
            for _recent, _token, kind, ends_at, reason, board in rows
            if kind
        ),
        house_token=rows[0][1] if rows else "",
    )


def day_of(moment: dt.datetime) -> str:
    """The day, as people here write it."""
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")


def limit_reason(reason_code: str) -> str:
    """The reason of a limit: about what was written, never about what somebody is."""
    return str(LIMIT_REASONS[ReasonCode(reason_code)])


def held_back_words(restraint: Restraint) -> str:
    """What the person reads: until when, and why. Reading, reporting, help and appeal stay."""
    day, reason = day_of(restraint.ends_at), limit_reason(restraint.reason_code)
    return _("You can read but not write until %(day)s. The reason: %(reason)s Your words are kept here.") % {
        "day": day,
        "reason": reason,
    }
