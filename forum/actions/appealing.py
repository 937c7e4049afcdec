"""Appeals: the person a decision is about asks, once, that somebody else looks (design: forum 2.5, I6)."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import record
from forum.actions.errors import Conflict, Refused, refuse_unless
from forum.actions.queueing import open_appeal_item
from forum.models import Appeal, HouseRules, Member, ModAction, Post, PostRevision, ReviewItem, Sanction
from forum.models.revisions import TITLE_BY_TEAM
from forum.states import (
    AppealState,
    EditorKind,
    ItemStatus,
    PostState,
    RevisionState,
)
from safety.clean import tidy
from safety.screening import screen

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
    """For each of this member's posts: the newest decision that was or can be appealed, with its appeal.

    The state is a `states.AppealState`, or None while the decision stands and there is still time to appeal.
    Posts without either are left out. At most two queries; reads `published_revision` and `latest_revision`,
    so fetch the posts with them.
    """
    mine = {str(post.pk): post for post in posts if post.author_id == member.pk}
    if not mine:
        return {}
    undone = ModAction.objects.filter(verb="undo", reverses_id=OuterRef("pk"))
    reversed_later = ModAction.objects.filter(~Exists(undone), reverses_id=OuterRef("pk"))
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


def newest_decision(post: Post) -> ModAction | None:
    """The newest decision about a post of the kind that can be appealed, whether it still can or not."""
    acts = ModAction.objects.filter(subject_kind="post", subject_id=str(post.pk), verb__in=ABOUT_A_POST)
    return acts.select_related("appeal").order_by("-seq").first()


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
    if shown is None or shown.editor_kind != EditorKind.MODERATOR:
        return False
    if shown.pk == action.revision_id:
        return True
    # The team may have given the same text a title since; another text is another decision.
    same = PostRevision.objects.filter(pk=action.revision_id, source=shown.source)
    return TITLE_BY_TEAM in shown.labels and same.exists()


def in_time(action: ModAction, *, window: dt.timedelta, now: dt.datetime | None = None) -> bool:
    """Is there still time to ask that somebody else looks?"""
    return (now or timezone.now()) <= record.moment_of(action) + window


def subject_of(action: ModAction) -> Post | Sanction:
    """The post or the limit a decision is about. Raises DoesNotExist for a decision about something else."""
    if action.subject_kind == "post":
        return Post.objects.select_related(
            "topic__board", "topic__author", "author__user", "published_revision", "latest_revision"
        ).get(pk=int(action.subject_id))
    return Sanction.objects.select_related("member__user", "board").get(action=action)


def person_of(subject: Post | Sanction) -> Member:
    """Whom a decision is about."""
    return subject.author if isinstance(subject, Post) else subject.member


def appeal(*, by: Member, action: ModAction, text: str, lang: str = "en") -> Appeal:
    """Ask that somebody else looks at a decision: once a decision, while there is time, in 1 to 2000 letters.

    It stands in the queue like something worrying. A person who may not write may still appeal. The same
    words again give the first answer.

    Raises PermissionDenied, Refused, Conflict (asked before, in other words).
    """
    refuse_unless(action.verb in ABOUT_A_POST or action.verb == SANCTIONED)
    subject = subject_of(action)
    member = person_of(subject)
    house, now = HouseRules.current(), timezone.now()
    refuse_unless(rules.is_here(by.user) and member.pk == by.pk)
    text = tidy(text).strip()
    earlier = Appeal.objects.filter(action=action).first()
    if earlier:
        return _the_same(earlier, text)
    decided_at = record.moment_of(action)
    if not rules.may_appeal(
        by.user, member=member, decided_at=decided_at, window=house.appeal_window, now=now
    ):
        raise Refused(_("The time to ask for a second look is over."))
    if not text:
        raise Refused(_("Write what we have not seen, or what we got wrong."))
    if len(text) > rules.APPEAL_LENGTH:
        raise Refused(
            _("This has %(length)d letters; %(most)d fit. Please shorten it.")
            % {"length": len(text), "most": rules.APPEAL_LENGTH}
        )
    if isinstance(subject, Post) and not stands(action, subject):
        raise Refused(_("This decision does not stand any more. There is nothing to change."))
    screening = screen(title="", body=text, lang=lang)
    try:
        with transaction.atomic():
            due_at = rules.add_working_days(now, house.appeal_working_days, zone=ZoneInfo(settings.TIME_ZONE))
            made = Appeal.objects.create(action=action, member=by, text=text, created_at=now, due_at=due_at)
            open_appeal_item(
                appeal=made, reasons=rules.danger_in(screening), ruleset=screening.ruleset, now=now
            )
            return made
    except IntegrityError as error:  # the same form, at the same moment
        earlier = Appeal.objects.filter(action=action).first()
        if earlier is None:
            raise
        try:
            return _the_same(earlier, text)
        except Conflict:
            raise Conflict from error


def _the_same(earlier: Appeal, text: str) -> Appeal:
    if earlier.text != text:
        raise Conflict
    return earlier


@transaction.atomic
def withdraw_appeal(*, by: Member, appeal: Appeal) -> None:
    """Take an appeal back; the decision stays. Doing it twice is once.

    Raises PermissionDenied, Conflict (it is decided already).
    """
    refuse_unless(rules.is_here(by.user) and appeal.member_id == by.pk)
    now = timezone.now()
    ReviewItem.objects.filter(appeal=appeal, status=ItemStatus.OPEN).update(
        status=ItemStatus.RESOLVED, resolved_at=now, resolution="withdrawn", version=F("version") + 1
    )
    taken_back = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN).update(
        state=AppealState.WITHDRAWN
    )
    appeal.refresh_from_db(fields=["state"])
    if not taken_back and appeal.state != AppealState.WITHDRAWN:
        raise Conflict
