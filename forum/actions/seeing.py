"""What a member has read. Marks never go back, and marking twice is one mark."""

import datetime as dt

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from forum.models import Board, BoardMember, Member, Topic, TopicMember


def mark_read(*, by: Member, topic: Topic, position: int, known: int | None) -> None:
    """Remember the last place read; one write, and none when nothing is new.

    `known` is what was remembered so far, None for nothing. The end of a topic is its own last position, so
    that posts a reader may not see do not keep it unread for ever.
    """
    if known is not None and known >= position:
        return
    if known is None:
        TopicMember.objects.bulk_create(
            [TopicMember(member=by, topic=topic, last_read_position=position)], ignore_conflicts=True
        )
        return
    rows = TopicMember.objects.filter(member=by, topic=topic, last_read_position__lt=position)
    rows.update(last_read_position=position)


@transaction.atomic
def mark_topic_read(*, by: Member, topic: Topic) -> None:
    """All that is in the topic at this moment counts as read."""
    TopicMember.objects.bulk_create([TopicMember(member=by, topic=topic)], ignore_conflicts=True)
    _to_the_end(by, topics=Topic.objects.filter(pk=topic.pk))


@transaction.atomic
def mark_board_read(*, by: Member, board: Board, now: dt.datetime | None = None) -> None:
    """All that is in the board at this moment counts as read: one row, and those of topics read before."""
    now = now or timezone.now()
    BoardMember.objects.bulk_create([BoardMember(member=by, board=board)], ignore_conflicts=True)
    rows = BoardMember.objects.filter(member=by, board=board)
    rows.filter(read_through_at=None).update(read_through_at=now)
    rows.filter(read_through_at__lt=now).update(read_through_at=now)
    _to_the_end(by, topics=Topic.objects.filter(board=board))


@transaction.atomic
def mark_all_read(*, by: Member, now: dt.datetime | None = None) -> None:
    """All that is published at this moment counts as read."""
    now = now or timezone.now()
    Member.objects.filter(pk=by.pk).update(read_through_at=Greatest(F("read_through_at"), now))
    _to_the_end(by, topics=Topic.objects.all())


def _to_the_end(by: Member, *, topics: QuerySet[Topic]) -> None:
    ends = Topic.objects.filter(pk=OuterRef("topic_id")).values("last_position")[:1]
    behind = TopicMember.objects.filter(
        member=by, topic__in=topics, last_read_position__lt=F("topic__last_position")
    )
    TopicMember.objects.filter(pk__in=behind.values("pk")).update(last_read_position=Subquery(ends))
