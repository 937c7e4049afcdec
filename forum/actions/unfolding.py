"""What a member wants to meet unfolded in Talk, and what stands beside their name. Theirs to choose."""

from collections.abc import Iterable

from forum import rules
from forum.actions.errors import refuse_unless
from forum.models import Member
from forum.states import ContentNote, Relation


def choose_what_i_see(*, by: Member, unfolds: Iterable[ContentNote], relation: Relation | None) -> None:
    """Posts that mention these stand open from now on; the relation stands beside the name. Safe to repeat.

    Raises PermissionDenied.
    """
    refuse_unless(rules.may_take_part(by.user))
    chosen = set(unfolds)
    Member.objects.filter(pk=by.pk).update(
        unfolds=[note.value for note in ContentNote if note in chosen], relation=relation or ""
    )
