"""What a member has read, follows, and keeps for later. Nobody else sees any of it."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from forum.models.boards import Board, Member
from forum.states import Level, PostState


class CountUpTo(Subquery):
    """How many rows a limited query has: the database stops counting at its limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def unread_posts(member: Member, *, topic: Any, after: Any) -> Any:
    """Posts of a topic that are news to this member: published ones of others beyond the place `after`.

    One's own words are no news, nor is a place whose post was taken down.
    """
    posts = apps.get_model("forum", "Post")._default_manager.filter(topic=OuterRef(topic), position__gt=after)
    return posts.filter(state=PostState.PUBLISHED).exclude(author=member)


def new_for(member: Member, *, read_through: Any) -> Q:
    """Which topics hold something this member has not read: the one rule of what is new.

    Something was published since `read_through` (a moment, or an expression that gives one), and the member
    neither read the newest post of somebody else nor wants to hear nothing of the topic. Cheap: of a topic
    that was read, one post is looked at, from the end. It asks by the topic outside, not by the row between:
    without that PostgreSQL would rather read all of a member's rows at once, be there ever so many.
    """
    newest = unread_posts(member, topic=OuterRef("pk"), after=0).order_by("-position").values("position")[:1]
    seen = TopicMember.objects.filter(member=member, topic=OuterRef("pk")).filter(
        Q(level=Level.MUTED) | Q(last_read_position__gte=Coalesce(Subquery(newest), 0))
    )
    return Q(last_published_at__gt=read_through) & ~Q(Exists(seen))


def read_through(member: Member, *, board: str) -> ExpressionWrapper:
    """Up to when a board counts as read by this member, as a column; `board` leads to the board's key."""
    mine = BoardMember.objects.filter(member=member, board=OuterRef(board))
    since = Value(member.read_through_at, output_field=DateTimeField())
    marked = Coalesce(Subquery(mine.values("read_through_at")[:1]), since)
    return ExpressionWrapper(Greatest(marked, since), output_field=DateTimeField())


def level_of(member: Member, *, topic: str = "", board: str = "") -> Coalesce:
    """How much a member wants to hear of a topic or board, as a column; the argument leads to its key."""
    if topic:
        rows: Any = TopicMember.objects.filter(member=member, topic=OuterRef(topic))
    else:
        rows = BoardMember.objects.filter(member=member, board=OuterRef(board))
    return Coalesce(Subquery(rows.values("level")[:1]), Value(Level.NORMAL.value))


class TopicMember(models.Model):
    """What a member has read of a topic, and how much of it they want to hear about.

    A topic is unread while its `last_position` is greater than `last_read_position`.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey("forum.Topic", on_delete=models.CASCADE, related_name="readers")
    last_read_position = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "topic"], name="one_row_a_reader_and_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.topic_id}"


class BoardMember(models.Model):
    """How much of a board a member wants to hear about, and up to when all of it counts as read."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="readers")
    read_through_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "board"], name="one_row_a_reader_and_board"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.board_id}"


class Bookmark(models.Model):
    """A post that a member keeps for later."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey("forum.Post", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "post"], name="one_bookmark_a_post"),
        ]
        indexes = [models.Index(fields=["member", "-created_at"], name="bookmark_list")]

    def __str__(self) -> str:
        return f"{self.member_id} keeps {self.post_id}"
