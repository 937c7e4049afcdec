"""Who may read, sign and take down a lesson: predicates and `Q` builders over field names, no models."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q

from accounts.rules import has_role
from accounts.states import Role


def readable() -> Q:
    """Lessons the public may read: live, and the review row is that of exactly the live revision.

    `live` alone is not enough: raw SQL and `QuerySet.update(live=True)` pass by the lock in
    `LessonPage.save()`. A revision has at most one review, so the join adds no rows.
    """
    return Q(live=True, reviews__revision_id=F("live_revision_id"))


def may_review(user: Any) -> bool:
    """Whether the person is a clinical reviewer of this site."""
    return has_role(user, Role.CLINICAL_REVIEWER)


def may_sign(user: Any, *, submitted_by_id: int | None, written_by_ids: Iterable[int | None]) -> bool:
    """Whether the person may be the second signature: a reviewer who neither submitted nor wrote any of it.

    `written_by_ids`: the authors of every revision newer than the live one. A superuser has no exception.
    """
    return (
        may_review(user)
        and submitted_by_id is not None
        and user.pk != submitted_by_id
        and user.pk not in set(written_by_ids)
    )


def may_take_down(user: Any) -> bool:
    """One clinical reviewer or safety lead can take a lesson down at once."""
    return has_role(user, Role.CLINICAL_REVIEWER, Role.SAFETY_LEAD)
