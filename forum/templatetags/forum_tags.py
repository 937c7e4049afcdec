"""What the forum's templates need and plain template language cannot say."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from forum import answering, clocks, inserting, openings, rules, waiting
from forum.actions import Wording, standing
from forum.actions.resting import rest_of
from forum.models import Board, HouseRules, PostRevision
from forum.states import ContentNote, Need

register = template.Library()


@register.filter
def as_html(kept: PostRevision | Wording | None) -> SafeString:
    """The cleaned text of a revision, or of a wording that is not kept yet; after a purge, that it is gone.

    Both were written by safety.clean.to_safe_html, and stored as they came: the one place that says so. Words
    of others and names stand in place of their marks for the reader the page asked for (inserting.insert).
    """
    if isinstance(kept, PostRevision) and kept.is_purged:
        return format_html("<p>{}</p>", clocks.deleted_on(kept.purged_on))
    return mark_safe(inserting.html_of(kept)) if kept else SafeString("")  # noqa: S308


@register.filter
def day_of(when: datetime) -> str:
    """The day something ends, in full: "December 3, 2026"."""
    return standing.day_of(when)


@register.filter
def limit_reason(reason_code: str) -> str:
    """The reason of a limit, as the person reads it."""
    return standing.limit_reason(reason_code)


@register.filter
def clock(when: datetime) -> str:
    """A near moment in words, before or after now."""
    return clocks.clock(when)


@register.simple_tag
def claim_minutes() -> int:
    """How long a moderator has an item once they took it."""
    return HouseRules.current().claim_minutes


@register.filter
def elapsed(when: datetime) -> str:
    """How long ago that was: "52 minutes"."""
    return clocks.elapsed(when)


@register.filter
def needs_in_words(asks_for: Iterable[str]) -> list[str]:
    """What a writer asks for, in words."""
    return [str(Need(need).label) for need in asks_for if need in Need.values]


@register.filter
def notes_in_words(content_notes: Iterable[str]) -> list[str]:
    """What a post mentions, in words."""
    return [str(ContentNote(note).label) for note in content_notes if note in ContentNote.values]


@register.simple_tag
def who_is_here() -> waiting.Here:
    """When someone of the team is here, as `{% who_is_here as team %}`: words, is_now, next_at."""
    return waiting.who_is_here()


@register.simple_tag
def answered_share() -> str:
    """How many first posts of the last month were answered within a day, in words; empty while too few."""
    return answering.answered_in_words(answering.answered_lately())


@register.simple_tag(takes_context=True)
def board_rest(context: template.Context, board: Board | str) -> dict[str, Any] | None:
    """The rest of a board now, if it holds for them: `{% board_rest board as rest %}`; until, board."""
    until = rest_of(board, now=timezone.now()) if isinstance(board, Board) else None
    user = context.get("user")
    if until is None or user is None or rules.may_write_at_rest(user):
        return None
    return {"until": until, "board": board}


@register.filter
def opening_links(board: Board) -> list[dict[str, str]]:
    """The ready first lines of a board: line and url of each."""
    return openings.links_of(board)


@register.filter
def rest_hours(board: Board) -> str:
    """The hours in which a board rests each day: "10:00 PM to 7:00 AM"; empty when it never does."""
    return clocks.span_of_day(board.rests_from, board.rests_until)
