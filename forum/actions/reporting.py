"""A member tells the team about a post, or takes that back."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import moving, record, telling
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.actions.queueing import put_in_queue, report_reason
from forum.models import HouseRules, Member, ModAction, Post, Report, ReviewItem
from forum.states import (
    TEAM_ROLES,
    ActorRole,
    ItemStatus,
    PostState,
    ReportCategory,
    ReportState,
    RevisionState,
    Severity,
    Verdict,
)

#: A report that was taken back can be sent again; not for ever, each time is work for a person.
SENT_AGAIN_AT_MOST = 2
#: Once a person looked at this wording and left it up, no number of reports hides it by rule.
LEFT_UP = ("keep_post", "restore_post", "overturn_post")


class TooManyReports(Refused):
    """The day's limit; whoever fears for somebody needs another way now."""


def report_post(*, by: Member, post: Post, category: str, note: str = "") -> Report:
    """Report the wording of a post that is published now; twice is one report.

    Its author learns nothing of who. After a published change it can be reported again. The post stays up,
    unless the site hides at a number of reporters and this one reaches it. Raises PermissionDenied,
    TooManyReports, Refused (taken back and sent again too often).
    """
    refuse_unless(rules.may_report(by.user, post))
    earlier = _earlier(by, post)
    if earlier and earlier.state != ReportState.WITHDRAWN:
        return earlier
    try:
        return _report(by=by, post=post, category=category, note=note, again=earlier)
    except (IntegrityError, Conflict):
        earlier = _earlier(by, post)
        if earlier is None:
            raise
        return earlier


def _earlier(by: Member, post: Post) -> Report | None:
    return Report.objects.filter(reporter=by, revision_id=post.published_revision_id).first()


@transaction.atomic
def _report(*, by: Member, post: Post, category: str, note: str, again: Report | None) -> Report:
    now = timezone.now()
    if by.reports.filter(created_at__gte=now - dt.timedelta(days=1)).count() >= rules.REPORTS_A_DAY:
        raise TooManyReports(
            _("You have sent %(n)d reports today. If someone is in danger, use Help now.")
            % {"n": rules.REPORTS_A_DAY}
        )
    fields = {"category": category, "note": note, "created_at": now, "state": ReportState.OPEN}
    if again:
        report = _send_again(again, fields)
    else:
        report = Report.objects.create(
            reporter=by, post=post, revision_id=post.published_revision_id or 0, **fields
        )
    alone = rules.report_severity(category=category, reporters=1)
    item = put_in_queue(post=post, reasons=[report_reason(alone)], report=report, now=now)
    # Counted behind the item's lock, so that reports of the same moment are seen.
    standing = Report.objects.filter(post=post).exclude(state=ReportState.WITHDRAWN)
    together = rules.report_severity(
        category=category, reporters=standing.values("reporter").distinct().count()
    )
    if together < alone:
        put_in_queue(post=post, reasons=[report_reason(together)], report=report, now=now)
    waiting = standing.filter(state=ReportState.OPEN).values("reporter").distinct().count()
    _hide_at_number(post=post, item=item, report=report, reporters=waiting, now=now)
    return report


def _send_again(report: Report, fields: dict[str, object]) -> Report:
    if report.reasons.count() > SENT_AGAIN_AT_MOST:
        raise Refused(_("You took this report back before. If someone is in danger, use Help now."))
    one(Report.objects.filter(pk=report.pk, state=ReportState.WITHDRAWN).update(**fields))
    report.reasons.filter(item__status=ItemStatus.OPEN).update(verdict=Verdict.OPEN)
    report.refresh_from_db()
    return report


def _hide_at_number(
    *, post: Post, item: ReviewItem, report: Report, reporters: int, now: dt.datetime
) -> None:
    """The site may hide a post when that many different people reported it; never below (hazard H22).

    A rule did it, and the record says so. The item stays open and comes forward: a person still decides.
    """
    number = HouseRules.current().hide_at_reports
    if not number or reporters < number or _was_left_up(post):
        return
    fresh = Post.objects.select_related("topic__board", "author__user", "latest_revision").get(pk=post.pk)
    pending = fresh.has_pending_edit
    try:
        with transaction.atomic():
            if fresh.state != PostState.PUBLISHED:
                raise Conflict
            moving.take_down(post=fresh, to=PostState.HIDDEN)
    except Conflict:
        return  # the team was faster; the report itself stands
    if pending:  # as when the team hides it: nobody decides about the change any more
        fresh.revisions.filter(state=RevisionState.SUBMITTED).update(state=RevisionState.RETURNED)
    put_in_queue(post=fresh, reasons=[report_reason(Severity.CONCERN)], report=report, now=now)
    action = record.append(
        by=None,
        role=ActorRole.SYSTEM,
        verb="hide_reported",
        subject_kind="post",
        subject_id=fresh.pk,
        from_state=PostState.PUBLISHED,
        to_state=PostState.HIDDEN,
        item_id=item.pk,
        revision_id=fresh.published_revision_id,
        automated=True,
    )
    telling.tell_decided(post=fresh, action=action)


def _was_left_up(post: Post) -> bool:
    """Did a person of the team look at this wording and leave it, or bring it back?"""
    taken_back = ModAction.objects.filter(reverses_id=OuterRef("pk"))
    acts = ModAction.objects.filter(
        subject_kind="post",
        subject_id=str(post.pk),
        verb__in=LEFT_UP,
        role__in=TEAM_ROLES,
        revision_id=post.published_revision_id,
    )
    return acts.exclude(Exists(taken_back)).exists()


@transaction.atomic
def withdraw_report(*, by: Member, report: Report) -> None:
    """Take back one's own report while it waits; twice is once.

    Its item is resolved, but stays when something else is on it, when the post is hidden, when it is with the
    clinician, and when the report was a worry about a person: that does not end with a click.
    Raises PermissionDenied, Conflict (the team decided meanwhile).
    """
    refuse_unless(report.reporter_id == by.pk and rules.is_here(by.user))
    now = timezone.now()
    item = ReviewItem.objects.filter(post=report.post_id, status=ItemStatus.OPEN).first()
    if item:  # the item first, as everywhere; whoever read it must look again
        open_items = ReviewItem.objects.filter(pk=item.pk, status=ItemStatus.OPEN)
        if not open_items.update(version=F("version") + 1):
            item = None
    withdrawn = Report.objects.filter(pk=report.pk, state=ReportState.OPEN).update(
        state=ReportState.WITHDRAWN
    )
    if not withdrawn:
        report.refresh_from_db()
        if report.state == ReportState.WITHDRAWN:
            return
        raise Conflict
    report.state = ReportState.WITHDRAWN
    if item:
        if report.category != ReportCategory.WORRIED:
            item.reasons.filter(report=report).update(verdict=Verdict.DISMISSED)
        if _nothing_else(item, report):
            ReviewItem.objects.filter(pk=item.pk).update(
                status=ItemStatus.RESOLVED, resolved_at=now, resolution="withdrawn"
            )
    record.append(
        by=by,
        role=ActorRole.MEMBER,
        verb="withdraw_report",
        subject_kind="report",
        subject_id=report.pk,
        from_state=ReportState.OPEN,
        to_state=ReportState.WITHDRAWN,
        item_id=item.pk if item else None,
        revision_id=report.revision_id,
    )


def _nothing_else(item: ReviewItem, report: Report) -> bool:
    """Is there no cause left to look at this item?"""
    if report.category == ReportCategory.WORRIED or item.escalations.filter(closed_at=None).exists():
        return False
    if not Post.objects.filter(pk=item.post_id, state=PostState.PUBLISHED).exists():
        return False
    return all(
        reason.report is not None
        and reason.report.state == ReportState.WITHDRAWN
        and reason.report.category != ReportCategory.WORRIED
        for reason in item.reasons.select_related("report")
    )
