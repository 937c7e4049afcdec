"""Appeals: the person a decision is about asks, once, that somebody else looks (design: forum 2.5, I6)."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone

from forum.actions import record
from forum.models import HouseRules, Member, ModAction, Post
from forum.states import EditorKind, PostState, RevisionState

#: Decisions about a post that can be appealed. One that was sent back can be sent again instead.
ABOUT_A_POST = frozenset(
    {"reject_post", "reject_edit", "hide_post", "remove_post", "redact_post", "redact_edit", "amend_post"}
)
SANCTIONED = "sanction_member"
#: The state a post is in as long as such a decision stands.
LEAVES_IN = {
    "reject_post": PostState.REJECTED,
    "hide_post": PostState.HIDDEN,
    "remove_post": PostState.REMOVED,
}


def appealable(member: Member, posts: Iterable[Post]) -> dict[int, tuple[ModAction, str | None]]:
    """For each of this member's posts: the newest decision that was or can be appealed, and its appeal's state.

    The state is a `states.AppealState`, or None while the decision stands and there is still time to appeal.
    Posts without either are left out. At most two queries; reads `published_revision` and `latest_revision`,
    so fetch the posts with them.
    """
    mine = {str(post.pk): post for post in posts if post.author_id == member.pk}
    if not mine:
        return {}
    reversed_later = ModAction.objects.filter(reverses_id=OuterRef("pk"))
    acts = (
        ModAction.objects.filter(subject_kind="post", subject_id__in=mine, verb__in=ABOUT_A_POST)
        .annotate(is_reversed=Exists(reversed_later))
        .select_related("appeal")
        .order_by("seq")
    )
    newest = {act.subject_id: act for act in acts}
    if not newest:
        return {}
    window = HouseRules.current().appeal_window
    found: dict[int, tuple[ModAction, str | None]] = {}
    for subject_id, act in newest.items():
        post = mine[subject_id]
        if hasattr(act, "appeal"):
            found[post.pk] = (act, act.appeal.state)
        elif not act.is_reversed and stands(act, post) and in_time(act, window=window):
            found[post.pk] = (act, None)
    return found


def stands(action: ModAction, post: Post) -> bool:
    """Is the post still as this decision left it?"""
    if action.verb in LEAVES_IN:
        return bool(post.state == LEAVES_IN[action.verb])
    if post.state != PostState.PUBLISHED:
        return False
    if action.verb == "reject_edit":
        latest = post.latest_revision
        return bool(latest and latest.pk == action.revision_id and latest.state != RevisionState.SUBMITTED)
    shown = post.published_revision
    return bool(shown and shown.editor_kind == EditorKind.MODERATOR)


def in_time(action: ModAction, *, window: dt.timedelta, now: dt.datetime | None = None) -> bool:
    """Is there still time to ask that somebody else looks?"""
    return (now or timezone.now()) <= record.moment_of(action) + window
