"""The first-reply rota: who is told of a topic that nobody answered.

First the welcomers, later the moderators and safety leads too; each person once for each of the two. Run
again, it tells nobody twice. Once somebody answered it says nothing more: the words of a notice are made when
it is shown (forum.notices).
"""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from accounts import notices
from accounts.models import User
from accounts.states import Role
from forum import rules
from forum.actions.resting import rest_of
from forum.answering import unanswered_for
from forum.models import Board, HouseRules, Member

WAITING = "welcome.waiting"
TEAM = "welcome.team"
#: A person hears of so many in one go; of the others at the next.
AT_ONCE = 20


def tell_of_unanswered(*, now: dt.datetime | None = None) -> int:
    """Leave the notices that are due; returns how many. What a board at rest holds is told after its rest."""
    now = now or timezone.now()
    house = HouseRules.current()
    resting = [board.pk for board in Board.objects.exclude(rests_from=None) if rest_of(board, now=now)]
    stages: list[tuple[str, Sequence[Role], int]] = [
        (WAITING, rules.WELCOMES, house.welcome_after_hours),
        (TEAM, rules.TEAM_WELCOMES, house.team_after_hours),
    ]
    left = 0
    for kind, roles, hours in stages:
        for person in _holders(roles):
            left += _tell(person, kind=kind, after=dt.timedelta(hours=hours), resting=resting, now=now)
    return left


def _holders(roles: Sequence[Role]) -> list[User]:
    held = User.objects.filter(
        is_active=True, role_grants__role__in=list(roles), role_grants__ended_at=None
    ).order_by("pk")
    return list(held.distinct())


def _tell(person: User, *, kind: str, after: dt.timedelta, resting: list[int], now: dt.datetime) -> int:
    if rules.stops_writing(rules.restraints_of(person)):
        return 0
    due = (
        unanswered_for(Member.objects.for_user(person), now=now, after=after)
        .exclude(board__in=resting)
        .exclude(notices.was_left(person_id=person.pk, kind=kind, subject="public_id"))
    )
    topics = list(due[:AT_ONCE])
    for topic in topics:
        notices.notify(
            person=person,
            kind=kind,
            subject_id=topic.public_id,
            dedupe_key=f"{kind}:{topic.pk}:{person.pk}",
        )
    return len(topics)


def first_replies_job() -> None:
    """What the worker runs every ten minutes."""
    tell_of_unanswered()
