"""What the forum's templates need and plain template language cannot say."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from forum import clocks
from forum.actions import Wording
from forum.models import PostRevision

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
def clock(when: datetime) -> str:
    """A near moment in words, before or after now."""
    return clocks.clock(when)


@register.filter
def elapsed(when: datetime) -> str:
    """How long ago that was: "52 minutes"."""
    return clocks.elapsed(when)
