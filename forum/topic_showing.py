"""What everyone reads of a topic as a whole: what calms it, and where it goes on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forum.clocks import clock, span
from forum.models import Topic
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
