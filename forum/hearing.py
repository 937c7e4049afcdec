"""Of whom a member hears, and how much is new for them in numbers.

Folding is for reading (forum.models.between); news come from nobody a person keeps away from. The team's own
posts always arrive: what a moderator writes in a topic can matter to everyone in it.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Notice, RoleGrant
from accounts.states import Role
from forum import rules
from forum.models import BoardMember, Distance, Post, TopicMember
from forum.states import READABLE_TOPICS, Level, PostState, Trust

#: What a notice of a post that was meant for its reader is called; the other names are in actions.telling.
ADDRESSED = "post.addressed"
#: A summary counts no further.
COUNTED_AT_MOST = 99
_TEAM = (Role.MODERATOR, Role.SAFETY_LEAD)


def not_kept_away(*, reader: Any, author: Any, person: Any) -> Q:
    """May this reader hear of what this author does? Each is an id, or an expression that gives one.

    `reader` and `author` are members, `person` is the author's account.
    """
    away = Distance.objects.folding(reader=reader, author=author)
    team = RoleGrant.objects.filter(person=person, role__in=_TEAM, ended_at=None)
    return ~Q(Exists(away)) | Q(Exists(team))


def news_for(person: Any) -> "QuerySet[Post]":
    """The published posts of others that may be news for this person now; start here, then narrow.

    Left out: people they keep apart from, and what they asked to hear nothing of, also after it was told.
    """
    member = getattr(person, "member", None)
    if member is None or not rules.may_take_part(person):  # Talk is closed to them: nothing in it is news
        return Post.objects.none()
    topic: Any = OuterRef("topic_id")
    levels = TopicMember.objects.filter(topic=topic, member=member)
    chosen = levels.filter(level__in=[Level.TRACKING, Level.WATCHING])
    board = BoardMember.objects.filter(board=OuterRef("topic__board_id"), member=member, level=Level.MUTED)
    return (
        Post.objects.seen_by(person)
        .filter(state=PostState.PUBLISHED)
        .exclude(author=member)
        .filter(
            not_kept_away(reader=member.pk, author=OuterRef("author_id"), person=OuterRef("author__user_id")),
            ~Exists(levels.filter(level=Level.MUTED)),
            ~Exists(board) | Exists(chosen),
        )
    )


def summary(person: Any, since: dt.datetime) -> list[str]:
    """This room's lines of a summary by mail: numbers alone, of what is new and unread since then.

    People who are new here count where they answered this person, and in nothing else.
    """
    answered = set(_unread_answers(person, since))
    lines = []
    if answered:
        lines.append(
            ngettext("%(n)s answer to you", "%(n)s answers to you", len(answered)) % {"n": _number(answered)}
        )
    known = _unread(person).filter(
        published_at__gt=since, author__trust__gt=Trust.NEW, topic__state__in=READABLE_TOPICS
    )
    followed = known.exclude(public_id__in=answered).filter(
        topic__readers__member__user=person,
        topic__readers__level__in=[Level.TRACKING, Level.WATCHING],
        # As in `_unread`, here for the index: a long topic is read from where they stopped.
        position__gt=F("topic__readers__last_read_position"),
    )
    later = followed.exclude(pk=F("topic__first_post_id")).values_list("pk", flat=True)
    replies = list(later[: COUNTED_AT_MOST + 1])
    if replies:
        text = ngettext(
            "%(n)s new reply in topics you follow", "%(n)s new replies in topics you follow", len(replies)
        )
        lines.append(text % {"n": _number(replies)})
    boards = known.filter(
        pk=F("topic__first_post_id"),
        topic__board__readers__member__user=person,
        topic__board__readers__level=Level.WATCHING,
    )
    topics = list(boards.values_list("pk", flat=True)[: COUNTED_AT_MOST + 1])
    if topics:
        text = ngettext(
            "%(n)s new topic in boards you follow", "%(n)s new topics in boards you follow", len(topics)
        )
        lines.append(text % {"n": _number(topics)})
    return lines


def _unread(person: Any) -> "QuerySet[Post]":
    """What is news for this person and stands behind the place they read up to."""
    read = TopicMember.objects.filter(
        member__user=person, topic=OuterRef("topic_id"), last_read_position__gte=OuterRef("position")
    )
    return news_for(person).filter(~Exists(read))


def _unread_answers(person: Any, since: dt.datetime) -> list[str]:
    """Posts addressed to this person that they were told of and did not read the notice of."""
    told = Notice.objects.filter(
        person=person, kind=ADDRESSED, read_at=None, created_at__gt=since, not_before__lte=timezone.now()
    )
    ids = list(told.order_by("-pk").values_list("subject_id", flat=True)[: COUNTED_AT_MOST + 1])
    return list(_unread(person).filter(public_id__in=ids).values_list("public_id", flat=True))


def _number(found: Collection[Any]) -> str:
    return str(len(found)) if len(found) <= COUNTED_AT_MOST else f"{COUNTED_AT_MOST}+"
