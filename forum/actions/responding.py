"""Worded responses: a few ready words under somebody's post, in place of a like."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.actions import telling
from forum.actions.errors import Refused, refuse_unless
from forum.actions.standing import standing_of
from forum.models import Distance, Member, Post, Response
from forum.models.between import COUNTERS
from forum.states import ResponseKind


@transaction.atomic
def respond(*, by: Member, post: Post, kind: ResponseKind | None) -> None:
    """Answer a post in these ready words, or in none any more: the state wanted, so safe to repeat.

    The post's row is held meanwhile, so that its counters always agree with the rows they count. Raises
    PermissionDenied, HeldBack, Refused (too many within the hour).
    """
    now = timezone.now()
    if kind is not None:  # taking one's own words back stays
        standing_of(by, now=now).refuse_held_back(board_id=post.topic.board_id)
    held = (
        Post.objects.select_for_update(of=("self",))
        .select_related("author", "topic", "published_revision")
        .get(pk=post.pk)
    )
    before = Response.objects.filter(post=held, member=by).first()
    if before is None and kind is None:
        return
    # Taking one's own back stays, whatever became of the post meanwhile.
    refuse_unless(kind is None or _is_offered(by, held))
    if before is None and kind is not None:
        _refuse_too_many(by, now=now)
        Response.objects.create(post=held, member=by, kind=kind)
        _count(held, {kind: 1})
        telling.tell_responded(post=held, member=by)
    elif before is not None and kind is None:
        before.delete()
        _count(held, {ResponseKind(before.kind): -1})
    elif before is not None and kind is not None and before.kind != kind:
        Response.objects.filter(pk=before.pk).update(kind=kind)
        _count(held, {ResponseKind(before.kind): -1, kind: 1})


def _is_offered(by: Member, post: Post) -> bool:
    apart = Distance.objects.folding(reader=by.pk, author=post.author_id)
    return rules.offers_responses(by.user, post) and not apart.exists()


def _refuse_too_many(by: Member, *, now: dt.datetime) -> None:
    lately = Response.objects.filter(member=by, created_at__gt=now - dt.timedelta(hours=1))
    if lately[rules.RESPONSES_AN_HOUR - 1 : rules.RESPONSES_AN_HOUR].exists():
        raise Refused(
            _("You answered %(n)d posts within an hour. Take a breath; there is more time later.")
            % {"n": rules.RESPONSES_AN_HOUR}
        )


def _count(post: Post, changes: dict[ResponseKind, int]) -> None:
    Post.objects.filter(pk=post.pk).update(
        **{COUNTERS[kind]: F(COUNTERS[kind]) + change for kind, change in changes.items()}
    )
