"""The only two ways a lesson goes live (contract: Publishing a lesson)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from education import rules
from education.models import ClinicalReviewState, LessonPage, LessonReview
from education.models.reviews import CHANGED_SINCE, NOT_BY_YOU, writers_since_live
from education.states import STARTER_AUTHOR, ReviewKind

MARKS_MISSING = _(
    "This lesson lacks a mark readers need: %(marks)s. Send it back to its author, who can add it."
)
BLOCKS_WRONG = _("A part of this lesson is not complete. Open it in the editor and save it to see which.")


@transaction.atomic
def publish_reviewed(*, workflow_state: Any, user: User | None) -> None:
    """Publish the revision a clinical reviewer signed; called when the review ends.

    A page that is no lesson is published as Wagtail would, with its permission check. Raises PermissionDenied
    when `user` may not be the second signature, the text is not exactly the one signed, or a mark is missing.
    """
    page = workflow_state.content_object.specific  # it arrives as a plain Page
    revision = page.get_latest_revision()
    if not isinstance(page, LessonPage):
        revision.publish(user=user)
        return
    signed = (
        ClinicalReviewState.objects.filter(
            workflow_state=workflow_state,
            status=ClinicalReviewState.STATUS_APPROVED,
            finished_by=user,
            revision=revision,
        )
        .order_by("-finished_at")
        .first()
    )
    if user is None or signed is None:
        raise PermissionDenied(NOT_BY_YOU)
    if not rules.may_sign(
        user, submitted_by_id=workflow_state.requested_by_id, written_by_ids=writers_since_live(page)
    ):
        raise PermissionDenied(NOT_BY_YOU)
    text = revision.as_object()
    fingerprint = text.fingerprint()
    if signed.sha256 != fingerprint:
        raise PermissionDenied(CHANGED_SINCE)
    refuse_unless_complete(text)
    LessonReview.objects.create(
        page=page,
        revision=revision,
        kind=ReviewKind.SITE,
        reviewer=user,
        reviewer_mark=signed.reviewer_mark,
        submitted_by=workflow_state.requested_by,
        sha256=fingerprint,
    )
    revision.publish(user=user, skip_permission_checks=True)


def refuse_unless_complete(lesson: LessonPage) -> None:
    """Author, sources and review date stand, each block is whole; else PermissionDenied says what lacks."""
    missing = []
    if not lesson.author_mark.strip() or lesson.author_mark == STARTER_AUTHOR:
        missing.append(_("who wrote it"))
    if not lesson.source_keys():
        missing.append(_("its sources"))
    if not lesson.review_due_on or lesson.review_due_on <= timezone.localdate():
        missing.append(_("the day it is reviewed again"))
    if missing:
        raise PermissionDenied(MARKS_MISSING % {"marks": ", ".join(str(mark) for mark in missing)})
    try:
        lesson.full_clean()
        lesson.body.stream_block.clean(lesson.body)
    except ValidationError as error:
        raise PermissionDenied(BLOCKS_WRONG) from error


@transaction.atomic
def publish_starter(*, lesson: LessonPage, shipped: str) -> None:
    """Publish a starter lesson if its text is exactly the shipped one (`shipped`: SHA-256 from the manifest).

    For `load_starter` alone. Raises PermissionDenied for another text, or when a person had a hand in it.
    """
    if lesson.author_mark != STARTER_AUTHOR or lesson.fingerprint() != shipped:
        raise PermissionDenied(_("This text is not one that ships with the hub."))
    if lesson.revisions.filter(user__isnull=False).exists():
        raise PermissionDenied(_("Someone edited this lesson: it needs a review."))
    revision = lesson.save_revision(clean=False)
    LessonReview.objects.create(page=lesson, revision=revision, kind=ReviewKind.STARTER, sha256=shipped)
    revision.publish()
