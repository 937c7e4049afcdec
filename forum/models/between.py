"""What stands between two members: a worded response, or distance."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from forum.models.boards import Member
from forum.states import DistanceKind, ResponseKind

#: Where a post counts its responses of each kind.
COUNTERS = {
    ResponseKind.THINKING: "thinking_count",
    ResponseKind.ME_TOO: "me_too_count",
    ResponseKind.THANKS: "thanks_count",
}


class Response(models.Model):
    """A member's answer to a post in one of a few ready words; one a post. Its author may read who."""

    post = models.ForeignKey("forum.Post", on_delete=models.CASCADE, related_name="responses")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="responses")
    kind = models.CharField(max_length=10, choices=ResponseKind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "member"], name="one_response_a_post"),
            models.CheckConstraint(condition=Q(kind__in=ResponseKind.values), name="response_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.post_id}"


class DistanceQuerySet(models.QuerySet["Distance"]):
    """Each name below is a member's id, or an expression of another query that gives one."""

    def folding(self, *, reader: Any, author: Any) -> "DistanceQuerySet":
        """Why this author's posts are folded for this reader: muted or blocked by them, or blocking them."""
        mine = Q(member=reader, other=author)
        theirs = Q(member=author, other=reader, kind=DistanceKind.BLOCK)
        return self.filter(mine | theirs)

    def blocks(self, one: Any, two: Any) -> "DistanceQuerySet":
        """Blocks between two people, whoever set them."""
        either = Q(member=one, other=two) | Q(member=two, other=one)
        return self.filter(either, kind=DistanceKind.BLOCK)


class Distance(models.Model):
    """A member keeps away from another: a mute is one-way, a block is felt by both (contract: Block).

    Never part of `posts_seen_by`: what is folded can be opened. Nothing tells the other.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="distances")
    other = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=DistanceKind)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DistanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "other"], name="one_distance_a_pair"),
            models.CheckConstraint(condition=~Q(member=F("other")), name="distance_from_someone_else"),
            models.CheckConstraint(condition=Q(kind__in=DistanceKind.values), name="distance_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.other_id}"
