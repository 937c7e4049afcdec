"""Being answered: first posts that nobody answered yet, and how many were answered soon.

Worked out from posts alone, each time: nothing of it is stored, so nothing can be wrong. An answer is a
published reply by somebody else; one that was taken back, hidden or taken down is none. Places in a topic are
handed out at publication, so what follows the first post stands behind it, and the index over topic and
position finds it.
"""

import datetime as dt
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum import rules
from forum.models import BoardMember, Distance, Member, Post, Topic, TopicMember
from forum.states import READABLE_TOPICS, Level, PostState, TopicState

#: Older ones are looked after by nobody any more: an answer would reach no one who waits for it.
LOOKED_AFTER_FOR = dt.timedelta(days=14)
#: So many of the newest topics are looked at, however old the site is: for who waits, and to count.
WAIT_AMONG = 2000
COUNTED_AMONG = 5000
LOOKS_BACK = dt.timedelta(days=30)
#: Fewer first posts than this say nothing reliable.
NEEDS = 20


def _newest(most: int) -> "QuerySet[Topic, Any]":
    return Topic.objects.order_by("-pk").values("pk")[:most]


def _answers() -> "QuerySet[Post]":
    """The answers to the first post of a topic, seen from that topic."""
    return Post.objects.filter(
        topic=OuterRef("pk"), state=PostState.PUBLISHED, position__gt=OuterRef("first_post__position")
    ).exclude(author=OuterRef("first_post__author"))


def unanswered_for(
    member: Member, *, now: dt.datetime, after: dt.timedelta = dt.timedelta()
) -> "QuerySet[Topic]":
    """Open topics that nobody answered for at least `after`, and that this member could answer; oldest first.

    Left out: one's own, topics whose replies are read first, what this member muted, and the topics of people
    who are kept apart from them or who left.
    """
    mine = TopicMember.objects.filter(topic=OuterRef("pk"), member=member, level=Level.MUTED)
    whole = BoardMember.objects.filter(board=OuterRef("board"), member=member, level=Level.MUTED)
    return (
        Topic.objects.listed_for(member.user)
        .filter(
            ~Exists(_answers()),
            ~Exists(Distance.objects.folding(reader=member.pk, author=OuterRef("first_post__author"))),
            ~Exists(mine),
            ~Exists(whole),
            pk__in=_newest(WAIT_AMONG),
            state=TopicState.OPEN,
            first_post__state=PostState.PUBLISHED,
            first_post__published_at__gt=now - LOOKED_AFTER_FOR,
            first_post__published_at__lte=now - after,
            first_post__author__user__isnull=False,
        )
        .exclude(first_post__author=member)
        .exclude(Q(hold_replies=True) & (Q(hold_until=None) | Q(hold_until__gt=now)))
        .order_by("first_post__published_at", "pk")
    )


@dataclass(frozen=True)
class Answered:
    """Of `n` first posts: how many were answered within `rules.ANSWERED_SOON`, and each wait for an answer.

    Waits are in seconds, of those that were answered at all.
    """

    n: int
    soon: int
    waits: tuple[float, ...]

    @property
    def median(self) -> float | None:
        """Half of the answers came within so many seconds; None when there is none."""
        return median(self.waits) if self.waits else None


def answered_between(since: dt.datetime, until: dt.datetime) -> Answered:
    """Of the topics that began in [since, until) and can be read now; one query.

    The time in which an answer counts as soon has to be over for each, so `until` lies that far back.
    """
    first_answer = _answers().order_by("position").values("published_at")[:1]
    began = (
        Topic.objects.filter(
            pk__in=_newest(COUNTED_AMONG),
            state__in=list(READABLE_TOPICS),
            continued_in=None,
            first_post__state=PostState.PUBLISHED,
            first_post__published_at__gte=since,
            first_post__published_at__lt=until,
        )
        .annotate(answered_at=Subquery(first_answer))
        .order_by()
        .values_list("first_post__published_at", "answered_at")
    )
    pairs = list(began)
    waits = [answered - asked for asked, answered in pairs if asked and answered]
    return Answered(
        n=len(pairs),
        soon=sum(wait <= rules.ANSWERED_SOON for wait in waits),
        waits=tuple(max(0.0, wait.total_seconds()) for wait in waits),
    )


#: Talk says the figure to everyone who opens it: it is counted once in so many seconds.
KEPT_FOR = 300
_kept: tuple[float, Answered] | None = None


def answered_lately() -> Answered:
    """The first posts of the last 30 days, at most five minutes old."""
    global _kept
    kept = _kept
    if kept is None or time.monotonic() - kept[0] > KEPT_FOR:
        now = timezone.now()
        kept = time.monotonic(), answered_between(now - LOOKS_BACK, now - rules.ANSWERED_SOON)
        _kept = kept
    return kept[1]


def forget_answered() -> None:
    """Count anew the next time."""
    global _kept
    _kept = None


def answered_in_words(answered: Answered) -> str:
    """ "9 of 10 first posts were answered within a day"; rounded down, and empty while there are too few."""
    if answered.n < NEEDS:
        return ""
    tenths = 10 * answered.soon // answered.n
    if tenths == 10:
        return _("Each first post of the last month was answered within a day")
    if tenths == 0:
        return _("Fewer than 1 of 10 first posts were answered within a day")
    return ngettext(
        "%(n)d of 10 first posts was answered within a day",
        "%(n)d of 10 first posts were answered within a day",
        tenths,
    ) % {"n": tenths}
