"""What the forum's templates need and plain template language cannot say."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from forum import clocks
from forum.models import PostRevision
from forum.showing import kept_html

register = template.Library()


@register.filter
def as_html(revision: PostRevision | None) -> SafeString:
    """The cleaned text of one wording of a post; empty when there is none."""
    return kept_html(revision)


@register.filter
def clock(when: datetime) -> str:
    """A near moment in words, before or after now."""
    return clocks.clock(when)


@register.filter
def elapsed(when: datetime) -> str:
    """How long ago that was: "52 minutes"."""
    return clocks.elapsed(when)
