"""What waits for a person: items, the reasons on them, and members' reports."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.models.boards import Member
from forum.models.people import Appeal
from forum.models.posts import Post, Topic
from forum.models.revisions import PostRevision
from forum.states import (
    EscalationOutcome,
    ItemStatus,
    ReasonKind,
    ReportCategory,
    ReportState,
    Severity,
    Verdict,
)


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> "ReviewItemQuerySet":
        """What waits, in the order it must be looked at: severity, then due time."""
        return self.filter(status=ItemStatus.OPEN).order_by("severity", "due_at", "pk")

    def let_go(self, member: Member) -> int:
        """Give back what this member holds of these; how many that was."""
        held = self.filter(status=ItemStatus.OPEN, claimed_by=member)
        return held.update(claimed_by=None, claimed_until=None)

    def for_the_list(self) -> "ReviewItemQuerySet":
        """Everything the queue shows of an item: reasons and board, never the text or the name."""
        return self.select_related(
            "post__topic__board",
            "post__author",
            "post__topic__author",
            "post__latest_revision",
            "topic__board",
            "appeal__action",
            "claimed_by__user",
            "asked_by__user",
        )


def _only(subject: str) -> Q:
    """This subject is set, and no other."""
    return Q(**{f"{one}__isnull": one != subject for one in ("post", "topic", "member", "appeal")})


class ReviewItem(models.Model):
    """One thing a person must decide. At most one open item a subject; a resolved one never changes."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="items")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, related_name="items")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="items")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, null=True, related_name="items")
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.ROUTINE)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ItemStatus, default=ItemStatus.OPEN)
    claimed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    first_action_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=20, blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="later")
    #: Who handed it on for a second opinion: "take next" gives it to somebody else.
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    #: Whoever decided says that a safety rule should have seen it.
    rules_missed = models.BooleanField(default=False)

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_only("post") | _only("topic") | _only("member") | _only("appeal"),
                name="item_has_one_subject",
            ),
            models.UniqueConstraint(fields=["post"], condition=Q(status="open"), name="one_open_item_a_post"),
            models.UniqueConstraint(
                fields=["topic"], condition=Q(status="open"), name="one_open_item_a_topic"
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(status="open"), name="one_open_item_a_member"
            ),
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(status="open"), name="one_open_item_an_appeal"
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(resolved_at__isnull=False), name="resolved_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["severity", "due_at", "id"], name="queue", condition=Q(status="open")),
            models.Index(fields=["resolved_at"], name="resolved", condition=Q(status="resolved")),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("queue_item", args=[self.pk])

    def is_claimed_by_another(self, member: Member, *, now: dt.datetime | None = None) -> bool:
        """Does a colleague hold a lease that has not run out?"""
        now = now or timezone.now()
        return bool(self.claimed_until and self.claimed_until > now and self.claimed_by_id != member.pk)

    @property
    def is_urgent(self) -> bool:
        """Someone may be at risk: severity 0 or 1."""
        return self.severity <= Severity.CONCERN

    @property
    def is_overdue(self) -> bool:
        return self.due_at < timezone.now()


class Report(models.Model):
    """A member's worry about one wording of a post."""

    reporter = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="reports")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reports")
    revision = models.ForeignKey(PostRevision, on_delete=models.PROTECT, related_name="reports")
    category = models.CharField(max_length=10, choices=ReportCategory)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "revision"], name="one_report_a_revision"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class ReviewReason(models.Model):
    """Why an item is in the queue."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="reasons")
    kind = models.CharField(max_length=12, choices=ReasonKind)
    rule_id = models.CharField(max_length=60, blank=True)
    ruleset_version = models.CharField(max_length=40, blank=True)
    spans = models.JSONField(default=list, blank=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="reasons")
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.OPEN)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def words(self) -> str:
        """The reason as a moderator reads it."""
        if self.report:
            words = str(ReportCategory(self.report.category).label)
            if self.report.state == ReportState.WITHDRAWN:
                return _("%(report)s (taken back)") % {"report": words}
            return words
        return str(ReasonKind(self.kind).label)


class ItemNote(models.Model):
    """A note to colleagues on an item: why a second opinion is asked, or what the clinician found."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"note {self.pk} on item {self.item_id}"


class SafetyEscalation(models.Model):
    """An item handed to the clinician on call. The item stays open; only a clinician closes this."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="escalations")
    to_role = models.CharField(max_length=30, default="on_call_clinician")
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=EscalationOutcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(closed_at=None), name="one_open_escalation_an_item"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="closed_escalation_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="escalations_open", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"escalation {self.pk}"
