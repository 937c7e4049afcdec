"""What everyone reads of a topic as a whole: what calms it, and where it goes on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.clocks import clock, span
from forum.models import Member, ModAction, Topic
from forum.states import READABLE_TOPICS, CalmReason, PostState, TopicState


@dataclass(frozen=True)
class CalmLine:
    """One thing the team did to calm a topic, as everyone reads it. `kind` names what ends it."""

    kind: str
    heading: str
    text: str


def calm_lines(topic: Topic, *, now: dt.datetime) -> list[CalmLine]:
    """What is in force in this topic, why, and until when. A topic has one reason: that of the newest act."""
    why = str(CalmReason(topic.calm_reason).label) if topic.calm_reason else ""
    lines = []
    if topic.state == TopicState.LOCKED:
        until = _until(topic.lock_until, now, _("It stays closed until the team opens it again."))
        until = "" if topic.continued_in_id else until
        lines.append(CalmLine("close", _("Closed to new replies"), f"{why} {until}".strip()))
    if topic.holds_replies(now):
        until = _until(topic.hold_until, now, _("Until the team ends it."))
        lines.append(CalmLine("hold", _("Replies are read by a person first"), f"{why} {until}".strip()))
    if topic.slow_seconds(now):
        until = _until(topic.slow_until, now, _("Until the team ends it."))
        every = _("Each member can send one reply every %(length)s.") % {
            "length": span(dt.timedelta(seconds=topic.slow_seconds(now)))
        }
        lines.append(CalmLine("slow", _("This topic is slow for now"), f"{every} {why} {until}"))
    return lines


def _until(end: dt.datetime | None, now: dt.datetime, without: str) -> str:
    return _("Until %(when)s.") % {"when": clock(end, now=now)} if end else without


def continued_at(topic: Topic, *, user: Any) -> dict[str, str] | None:
    """Where a topic goes on whose posts were moved away, for those who may open that one; else None."""
    if topic.continued_in_id is None:
        return None
    there = Topic.objects.seen_by(user).with_title().filter(pk=topic.continued_in_id).first()
    if there is None:
        return None
    return {"url": there.get_absolute_url(), "title": public_title(there)}


def public_title(topic: Topic) -> str:
    """A topic's title if members can read it now; empty while it is not public. Needs `with_title`."""
    first = topic.first_post
    is_read = topic.state in READABLE_TOPICS and first is not None and first.state == PostState.PUBLISHED
    return topic.title if is_read else ""


ACTS_SHOWN = 20
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: Acts on the record about a topic, as the team reads them.
VERBS: dict[str, Promise] = {
    "hold_replies": gettext_lazy("Replies read first"),
    "end_hold": gettext_lazy("Replies no longer read first"),
    "slow_topic": gettext_lazy("Slowed"),
    "end_slow": gettext_lazy("No longer slow"),
    "close_topic": gettext_lazy("Closed"),
    "reopen_topic": gettext_lazy("Opened again"),
    "move_posts": gettext_lazy("Posts moved to another topic"),
    "split_topic": gettext_lazy("Posts split off into a new topic"),
}


@dataclass(frozen=True)
class TopicAct:
    """One act on the record about a topic, in words for the team; `who` is empty for the system."""

    words: str
    who: str
    when: dt.datetime
    reason: str
    note: str


def acts_about(topic: Topic) -> list[TopicAct]:
    """What the team did about this topic before, newest first. Two queries."""
    acts = ModAction.objects.filter(subject_kind="topic", subject_id=str(topic.pk), verb__in=VERBS)
    acts = acts.select_related("text").order_by("-seq")[:ACTS_SHOWN]
    people = Member.objects.select_related("user").in_bulk({act.actor_id for act in acts if act.actor_id})
    return [
        TopicAct(
            words=str(VERBS[act.verb]),
            who=people[act.actor_id].handle if act.actor_id in people else "",
            when=_EPOCH + dt.timedelta(microseconds=act.at_us),
            reason=str(CalmReason(act.reason_code).label) if act.reason_code in CalmReason.values else "",
            note=act.text.note if hasattr(act, "text") else "",
        )
        for act in acts
    ]
