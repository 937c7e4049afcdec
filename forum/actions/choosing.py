"""What a moderator keeps away from: topics they would rather not read, and people they know. No reasons."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from forum import rules
from forum.actions.errors import Refused, refuse_unless
from forum.models import Acquaintance, Board, Member, ModeratorChoice, ReviewItem
from forum.states import OptOut


@transaction.atomic
def choose_topics(*, by: Member, opted_out: Iterable[OptOut], boards: Iterable[Board]) -> None:
    """What `take_next` leaves to colleagues, in place of what was chosen before. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    values = sorted(one.value for one in opted_out)
    choice, _created = ModeratorChoice.objects.update_or_create(member=by, defaults={"opted_out": values})
    choice.boards.set(boards)


@transaction.atomic
def declare_acquaintance(*, by: Member, other: Member) -> None:
    """Decide nothing about this member from now on; what one holds of theirs goes back. Safe twice.

    Raises PermissionDenied, Refused for oneself.
    """
    refuse_unless(rules.may_moderate(by.user))
    if other.pk == by.pk:
        raise Refused(_("That is you: your own posts are never given to you."))
    for items in (
        ReviewItem.objects.filter(post__author=other),
        ReviewItem.objects.filter(topic__author=other),
        ReviewItem.objects.filter(member=other),
        ReviewItem.objects.filter(appeal__member=other),
    ):
        items.let_go(by)
    Acquaintance.objects.get_or_create(moderator=by, other=other)


@transaction.atomic
def forget_acquaintance(*, by: Member, other_id: int) -> None:
    """Take a member off one's list; safe twice. Raises PermissionDenied."""
    refuse_unless(rules.may_moderate(by.user))
    Acquaintance.objects.filter(moderator=by, other_id=other_id).delete()
