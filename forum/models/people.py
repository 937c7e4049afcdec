"""What the team decided about a person, and what that person answered."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from forum.models.boards import Board, Member
from forum.models.record import ModAction
from forum.states import AppealState, ReasonCode, SanctionEnd, SanctionKind


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, now: dt.datetime | None = None) -> "SanctionQuerySet":
        """Begun, not run out, and not ended early: a question of time, never of a flag."""
        now = now or timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)


class Sanction(models.Model):
    """A limit on what a person may do here, for a time and a reason. It follows the person, not a name."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="sanctions")
    kind = models.CharField(max_length=12, choices=SanctionKind)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, related_name="sanctions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason_code = models.CharField(max_length=20, choices=ReasonCode)
    action = models.OneToOneField(ModAction, on_delete=models.PROTECT, related_name="sanction")
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=12, choices=SanctionEnd, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SanctionKind.values), name="sanction_kind_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="sanction_has_an_end"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="")
                | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="sanction_says_how_it_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "ends_at"], name="sanctions_in_force", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"sanction {self.pk}"

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None and self.starts_at <= timezone.now() < self.ends_at


class Appeal(models.Model):
    """A person asks that someone else looks at a decision about them: once a decision."""

    action = models.OneToOneField(ModAction, on_delete=models.PROTECT, related_name="appeal")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=AppealState, default=AppealState.OPEN)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_appeal_says_who",
            ),
            # The first half of invariant I6; that it is not the first decider is checked by the action.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("member")),
                name="nobody_decides_own_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"


class Acquaintance(models.Model):
    """A moderator knows this member outside, and decides nothing about them. Nobody else sees it."""

    moderator = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="knows")
    other = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["moderator", "other"], name="one_row_an_acquaintance"),
            models.CheckConstraint(condition=~Q(moderator=F("other")), name="knows_someone_else"),
        ]

    def __str__(self) -> str:
        return f"{self.moderator_id} knows {self.other_id}"
