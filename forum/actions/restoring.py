"""Bringing a post back to its place, from the queue or its own page: what the act before it took returns."""

import datetime as dt

from forum.actions import moving, trusting
from forum.actions.trusting import TrustMoved
from forum.models import ModAction, Post, Report
from forum.states import ReportState


def put_back(*, post: Post, now: dt.datetime) -> tuple[ModAction | None, TrustMoved | None]:
    """hidden, removed or rejected -> published; answers the act that is reversed and the trust it gave back.

    Reports that were upheld against it are upheld no longer. Raises Conflict.
    """
    last = (
        ModAction.objects.filter(subject_kind="post", subject_id=str(post.pk), to_state=post.state)
        .exclude(from_state=post.state)  # an act that left it as it was took nothing
        .order_by("-seq")
        .first()
    )
    moving.bring_back(post=post, now=now)
    Report.objects.filter(post=post, state=ReportState.UPHELD).update(state=ReportState.NOT_UPHELD)
    return last, trusting.undo_trust(member=post.author, act=last)
