"""Publishing and expiring when the time has come, and the nightly look for what went live unsigned."""

import logging
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import Page, Revision

from education.models import LessonPage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scheduled:
    """What one run did."""

    expired: int
    published: int
    refused: int


def publish_scheduled() -> Scheduled:
    """Publish and expire what is due, one page at a time; a lesson nobody signed is refused, alone.

    The acting person is the one who set the time: their signature is the review row the lock asks for.
    """
    now = timezone.now()
    expired = published = refused = 0
    for page in Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        expired += 1
    due = Revision.page_revisions.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    for revision in due:
        try:
            revision.publish(log_action="wagtail.publish.scheduled")
            published += 1
        except PermissionDenied:
            logger.warning("Scheduled revision %s was not published: nobody signed it.", revision.pk)
            refused += 1
    return Scheduled(expired, published, refused)


def count_unsigned() -> int:
    """Lessons marked live without a review of that revision. Readers see none of them."""
    return LessonPage.objects.live().count() - LessonPage.objects.readable().count()
