"""What a member has read, follows, and keeps for later. Nobody else sees any of it."""

from django.db import models

from forum.models.boards import Board, Member
from forum.states import Level


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
