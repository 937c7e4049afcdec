"""Signatures: who stands behind the live text of a lesson, and the review step in Wagtail's workflow."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm
from wagtail.locks import WorkflowLock
from wagtail.models import AbstractGroupApprovalTask, TaskState

from education import rules
from education.states import ReviewKind

NOT_BY_YOU = _(
    "You cannot sign this lesson: you sent it for review, wrote part of it, or are not a clinical reviewer. "
    "A second person needs to read it."
)
TICKS_NEEDED = _("Please tick both boxes and say how your name is shown. The lesson waits as before.")
CHANGED_SINCE = _("The text changed after it was sent for review. Please ask its author to send it again.")


class LessonReview(models.Model):
    """One row a revision that may be live: a clinical reviewer's signature, or the starter loader's mark.

    `LessonPage.save()` refuses a live lesson without the row of exactly its live revision and text. Rows are
    made by `education.actions` alone; no form or screen writes them.
    """

    page = models.ForeignKey("education.LessonPage", on_delete=models.CASCADE, related_name="reviews")
    revision = models.OneToOneField(
        "wagtailcore.Revision", on_delete=models.CASCADE, related_name="lesson_review"
    )
    kind = models.CharField(max_length=10, choices=ReviewKind.choices)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewer_mark = models.CharField(max_length=200, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="review_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=ReviewKind.STARTER, reviewer=None, reviewer_mark="")
                | (Q(kind=ReviewKind.SITE) & ~Q(reviewer_mark="")),
                name="review_starter_unsigned_site_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} review of revision {self.revision_id}"

    @property
    def is_starter(self) -> bool:
        """Whether nobody of this site has reviewed the text yet."""
        return self.kind == ReviewKind.STARTER


class ClinicalReviewState(TaskState):
    """What the reviewer answered, and the text they answered for."""

    sha256 = models.CharField(max_length=64, blank=True)
    reviewer_mark = models.CharField(max_length=200, blank=True)
    evidence_checked = models.BooleanField(default=False)
    words_read = models.BooleanField(default=False)


class ClinicalReviewForm(TaskStateCommentForm):
    """What a clinical reviewer confirms when signing."""

    reviewer_mark = forms.CharField(
        label=_("How your name and training are shown"),
        max_length=200,
        help_text=_("Readers see this beside the lesson: your name as you sign, and your training."),
    )
    evidence_checked = forms.BooleanField(label=_("I checked each claim against its source."))
    words_read = forms.BooleanField(label=_("I read every word as a family member might."))


class UnderReview(WorkflowLock):
    """While a lesson is under review its text stands still for everyone: what is read is what is signed."""

    def get_message(self, user):
        return _(
            "This lesson is under review, so its text stands still. Its author can take it back with "
            "“Cancel workflow” to change it."
        )


class ClinicalReviewTask(AbstractGroupApprovalTask):
    """A second person, a clinical reviewer who wrote none of it, signs exactly this revision."""

    task_state_class = ClinicalReviewState
    lock_class = UnderReview

    class Meta:
        verbose_name = _("clinical review")
        verbose_name_plural = _("clinical reviews")

    @classmethod
    def get_description(cls) -> str:
        return str(_("A clinical reviewer who wrote none of the text signs it"))

    def start(self, workflow_state, user=None):
        """Keep the fingerprint of the text sent, so that a change in place cannot be signed unseen."""
        state = super().start(workflow_state, user=user)
        state.sha256 = fingerprint_of(state.revision)
        state.save(update_fields=["sha256"])
        return state

    def user_can_access_editor(self, obj, user) -> bool:
        return rules.may_review(user)

    def locked_for_user(self, obj, user) -> bool:
        """Locked for all: a stray autosave would change what is signed, or make its reader an author."""
        return True

    def user_can_lock(self, obj, user) -> bool:
        return False

    def get_actions(self, obj, user) -> list[tuple[str, Any, bool]]:
        """Send back or sign; to sign, only for a reviewer with no hand in the text. Both ask for the form."""
        if not rules.may_review(user):
            return []
        actions = [("reject", _("Send back with a note"), True)]
        if may_sign(obj, user):
            actions.append(("approve", _("Sign this lesson"), True))
        return actions

    def get_task_states_user_can_moderate(self, user, **kwargs):
        if rules.may_review(user):
            return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return TaskState.objects.none()

    def get_form_for_action(self, action):
        return ClinicalReviewForm if action == "approve" else super().get_form_for_action(action)

    def on_action(self, task_state, user, action_name, **kwargs):
        """Check again here: the editor's own button posts its data without the form."""
        mark = str(kwargs.pop("reviewer_mark", "")).strip()
        evidence, words = kwargs.pop("evidence_checked", False), kwargs.pop("words_read", False)
        if action_name == "approve":
            page = task_state.workflow_state.content_object
            if not may_sign(page, user):
                raise PermissionDenied(NOT_BY_YOU)
            if not (mark and evidence and words):
                raise PermissionDenied(TICKS_NEEDED)
            if task_state.sha256 != fingerprint_of(task_state.revision):
                raise PermissionDenied(CHANGED_SINCE)
            task_state.reviewer_mark, task_state.evidence_checked, task_state.words_read = mark, True, True
            task_state.save(update_fields=["reviewer_mark", "evidence_checked", "words_read"])
        elif not rules.may_review(user):
            raise PermissionDenied(NOT_BY_YOU)
        return super().on_action(task_state, user, action_name, **kwargs)


def may_sign(page, user) -> bool:
    """Whether `user` may give the second signature on `page` as it stands under review."""
    state = page.current_workflow_state
    return state is not None and rules.may_sign(
        user, submitted_by_id=state.requested_by_id, written_by_ids=writers_since_live(page)
    )


def writers_since_live(page) -> set[int | None]:
    """The authors of every revision newer than the last one that was signed or loaded.

    For a lesson never live: of all its revisions. A taken-down lesson counts from its last reviewed revision.
    """
    last = LessonReview.objects.filter(page_id=page.pk).order_by("-revision_id").values("revision_id")[:1]
    revisions = page.revisions.all()
    newest = last.first()
    if newest:
        revisions = revisions.filter(pk__gt=newest["revision_id"])
    return set(revisions.values_list("user_id", flat=True))


def fingerprint_of(revision) -> str:
    """SHA-256 of what a revision would show."""
    return revision.as_object().fingerprint()
