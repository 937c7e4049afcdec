"""The team's working day: who is on, what the last shift left word of, and what one asked not to be given."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.boards import Member


class Shift(models.Model):
    """One turn of one moderator at the queue. Counts help them to rest; nobody else reads them."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="shifts")
    started_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, help_text="when they mean to stop")
    ended_at = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)
    hard_taken = models.PositiveIntegerField(default=0, help_text="items of severity 0 and 1")
    break_at = models.DateTimeField(null=True, help_text="when they last took a break")
    hard_at_break = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(ended_at=None), name="one_open_shift"),
        ]
        indexes = [models.Index(fields=["-started_at"], name="shifts_newest")]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class HandOver(models.Model):
    """A note for whoever comes next. About the work, never with a member's words in it."""

    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class ModeratorChoice(models.Model):
    """What a moderator would rather not read: `take next` leaves it to colleagues. No reason is asked."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="moderator_choice")
    opted_out = models.JSONField(default=list, blank=True, help_text="values of forum.states.OptOut")
    boards = models.ManyToManyField("forum.Board", blank=True, related_name="+")

    def __str__(self) -> str:
        return f"choice of {self.member_id}"
