"""Taking a lesson down: one person, at once, with a reason, on the record."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log

from accounts import signals
from accounts.models import User
from accounts.rules import has_role
from accounts.states import Role
from education import rules
from education.models import LessonPage

TAKE_DOWN_ACTION = "education.take_down"


@transaction.atomic
def take_down_lesson(*, lesson: LessonPage, by: User, reason: str) -> None:
    """Make a live lesson a draft. Its reason stays in the page's history; the act goes on the record.

    Doing it twice changes nothing. Raises PermissionDenied unless `by` is a clinical reviewer or safety lead,
    ValueError without a reason, `signals.NotOnRecord` when nobody records it.
    """
    if not rules.may_take_down(by):
        raise PermissionDenied
    if not reason.strip():
        raise ValueError("A lesson is taken down with a reason.")
    lesson = LessonPage.objects.select_for_update().get(pk=lesson.pk)
    if not lesson.live:
        return
    UnpublishPageAction(lesson, user=by).execute(skip_permission_checks=True)
    log(instance=lesson, action=TAKE_DOWN_ACTION, user=by, data={"reason": reason.strip()})
    role = Role.CLINICAL_REVIEWER if has_role(by, Role.CLINICAL_REVIEWER) else Role.SAFETY_LEAD
    signals.put_on_record(
        signals.recorded_act,
        sender=LessonPage,
        verb="take_down_lesson",
        subject=f"lesson:{lesson.pk}",
        by=by,
        role=str(role),
    )
