"""How much a member wants to hear of a topic or board, and the posts they keep for later. Theirs alone."""

from django.db import transaction
from django.utils.translation import gettext as _

from forum import rules
from forum.actions.errors import Refused, refuse_unless
from forum.models import Board, BoardMember, Bookmark, Member, Post, Topic, TopicMember
from forum.states import Level, PostState


@transaction.atomic
def follow_topic(*, by: Member, topic: Topic, level: Level) -> None:
    """Hear this much of a topic from now on; what was read stays as it is. Safe to repeat."""
    refuse_unless(rules.may_take_part(by.user))
    TopicMember.objects.bulk_create([TopicMember(member=by, topic=topic)], ignore_conflicts=True)
    TopicMember.objects.filter(member=by, topic=topic).update(level=level)


@transaction.atomic
def follow_board(*, by: Member, board: Board, level: Level) -> None:
    """Hear this much of a board from now on. Safe to repeat."""
    refuse_unless(rules.may_take_part(by.user))
    BoardMember.objects.bulk_create([BoardMember(member=by, board=board)], ignore_conflicts=True)
    BoardMember.objects.filter(member=by, board=board).update(level=level)


@transaction.atomic
def keep_post(*, by: Member, post: Post) -> None:
    """Keep a published post for later. Safe to repeat. Raises PermissionDenied, Refused (too many kept)."""
    refuse_unless(rules.may_take_part(by.user) and post.state == PostState.PUBLISHED)
    kept = Bookmark.objects.filter(member=by)
    if not kept.filter(post=post).exists() and kept[rules.KEPT_AT_MOST - 1 : rules.KEPT_AT_MOST].exists():
        raise Refused(
            _("You keep %(n)d posts already. Let one go, then keep this one.") % {"n": rules.KEPT_AT_MOST}
        )
    Bookmark.objects.bulk_create([Bookmark(member=by, post=post)], ignore_conflicts=True)


def let_go(*, by: Member, public_id: str) -> None:
    """Keep a post no longer, also one that can be seen no more. Safe to repeat."""
    Bookmark.objects.filter(member=by, post__public_id=public_id).delete()
