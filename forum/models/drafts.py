"""Texts that were not sent yet."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from forum.models.boards import Member
from forum.models.posts import Post


class DraftQuerySet(models.QuerySet["Draft"]):
    def live(self) -> "DraftQuerySet":
        """Drafts whose form was not sent: what was sent is a post, and its draft is over."""
        return self.exclude(self._over())

    def over(self) -> "DraftQuerySet":
        """Drafts whose form was sent."""
        return self.filter(self._over())

    @staticmethod
    def _over() -> Exists:
        return Exists(Post.objects.filter(author=OuterRef("member"), client_token=OuterRef("client_token")))


class Draft(models.Model):
    """What a member is writing at one place, sealed: no role and no other member reads it, nothing scans it.

    One row a place is the draft. A text that was based on an older one (another tab) is put aside beside it,
    and neither is lost. A draft whose form was sent is over, though its row may be purged a little later.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    #: Where it is written: "topic:<board slug>", "reply:<topic's public id>", "edit:<post's public id>".
    key = models.CharField(max_length=80)
    sealed = models.BinaryField()
    sequence = models.PositiveIntegerField(default=1)
    is_aside = models.BooleanField(default=False)
    #: The idempotency key of the form it was typed into.
    client_token = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "key"], condition=Q(is_aside=False), name="one_draft_a_place"
            ),
        ]
        indexes = [models.Index(fields=["member", "-updated_at"], name="draft_list")]

    def __str__(self) -> str:
        return f"draft {self.pk}"
