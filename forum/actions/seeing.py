"""What a member has read."""

from typing import Any

from forum.models import Member, Topic, TopicMember


def mark_read(*, user: Any, topic: Topic, position: int) -> None:
    """Remember the last place read; never goes back. One read, and a write only when something is new.

    The end of a topic is written as the topic's own last position, so that posts a reader may not see do
    not keep it unread for ever.
    """
    row = TopicMember.objects.filter(member__user=user, topic=topic).first()
    if row is None:
        member = Member.objects.for_user(user)
        TopicMember.objects.bulk_create(
            [TopicMember(member=member, topic=topic, last_read_position=position)], ignore_conflicts=True
        )
    elif row.last_read_position < position:
        TopicMember.objects.filter(pk=row.pk, last_read_position__lt=position).update(
            last_read_position=position
        )
