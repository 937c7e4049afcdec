"""`manage.py publish_scheduled`, in place of Wagtail's: one page at a time, and one refusal stops no other page."""

import logging

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand
from django.utils import timezone
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Publish and expire pages whose time has come. A lesson goes live only if exactly that text was signed."

    def handle(self, *args, **options):
        now = timezone.now()
        expired = published = refused = 0
        for page in Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
            page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            expired += 1
        for revision in Revision.page_revisions.filter(approved_go_live_at__lt=now).order_by(
            "approved_go_live_at"
        ):
            try:
                revision.publish(log_action="wagtail.publish.scheduled")
                published += 1
            except PermissionDenied:
                logger.warning("Scheduled revision %s was not published: nobody signed it.", revision.pk)
                refused += 1
        self.stdout.write(f"{expired} expired, {published} published, {refused} refused.")
