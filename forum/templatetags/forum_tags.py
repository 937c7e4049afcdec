"""What the forum's templates need and plain template language cannot say."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from forum import clocks, waiting
from forum.actions import Wording, standing
from forum.models import HouseRules, PostRevision

register = template.Library()


@register.filter
def as_html(kept: PostRevision | Wording | None) -> SafeString:
    """The cleaned text of a revision, or of a wording that is not kept yet; after a purge, that it is gone.

    Both were written by safety.clean.to_safe_html, and stored as they came: the one place that says so.
    """
    if isinstance(kept, PostRevision) and kept.is_purged:
        return format_html("<p>{}</p>", clocks.deleted_on(kept.purged_on))
    return mark_safe(kept.html) if kept else SafeString("")  # noqa: S308


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


@register.simple_tag
def who_is_here() -> waiting.Here:
    """When someone of the team is here, as `{% who_is_here as team %}`: words, is_now, next_at."""
    return waiting.who_is_here()
