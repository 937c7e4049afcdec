"""A member tells the team about a post."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions.errors import Refused, refuse_unless
from forum.actions.queueing import put_in_queue, report_reason
from forum.models import Member, Post, Report


def report_post(*, by: Member, post: Post, category: str, note: str = "") -> Report:
    """Report the wording of a post that is published now; twice is one report.

    The post stays up and its author learns nothing of who. After a published change it can be reported
    again. Raises PermissionDenied, Refused (too many reports in a day).
    """
    refuse_unless(rules.may_report(by.user, post))
    earlier = Report.objects.filter(reporter=by, revision_id=post.published_revision_id).first()
    if earlier:
        return earlier
    try:
        return _report(by=by, post=post, category=category, note=note)
    except IntegrityError:
        earlier = Report.objects.filter(reporter=by, revision_id=post.published_revision_id).first()
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _report(*, by: Member, post: Post, category: str, note: str) -> Report:
    now = timezone.now()
    if by.reports.filter(created_at__gte=now - dt.timedelta(days=1)).count() >= rules.REPORTS_A_DAY:
        raise Refused(
            _("You have sent %(n)d reports today. If someone is in danger, use Help now.")
            % {"n": rules.REPORTS_A_DAY}
        )
    report = Report.objects.create(
        reporter=by,
        post=post,
        revision_id=post.published_revision_id or 0,
        category=category,
        note=note,
        created_at=now,
    )
    alone = rules.report_severity(category=category, reporters=1)
    put_in_queue(post=post, reasons=[report_reason(alone)], report=report, now=now)
    # Counted behind the item's lock, so that reports of the same moment are seen.
    reporters = Report.objects.filter(post=post).values("reporter").distinct().count()
    together = rules.report_severity(category=category, reporters=reporters)
    if together < alone:
        put_in_queue(post=post, reasons=[report_reason(together)], report=report, now=now)
    return report
