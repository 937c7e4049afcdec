"""Claims: `[^source-key]` after a sentence becomes a numbered note that leads to the list of sources."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

CLAIM = re.compile(r"\s*\[\^([^\]\s]*)\]")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in the raw value of a StreamField, in reading order; block types and ids left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if "type" in value and "value" in value:
            yield from texts_in(value["value"])
        else:
            for part in value.values():
                yield from texts_in(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts_in(part)


def keys_in(value: Any) -> list[str]:
    """The source keys claimed in a raw StreamField value, each once, in the order of their first claim."""
    return list(dict.fromkeys(key for text in texts_in(value) for key in CLAIM.findall(text)))


def number_claims(html: str, numbers: dict[str, int]) -> SafeString:
    """`html`, which must be clean already, with each claim as a numbered link to its source.

    A key without a number (a source deleted since) leaves nothing behind: a note that leads nowhere misleads.
    """

    def note(match: re.Match[str]) -> str:
        number = numbers.get(match[1])
        if number is None:
            return ""
        return format_html(
            '<sup class="claim"><a href="#source-{}" aria-label="{}">{}</a></sup>',
            number,
            _("Source %(number)s") % {"number": number},
            number,
        )

    return mark_safe(CLAIM.sub(note, html))


def number_claims_in_text(text: str, numbers: dict[str, int]) -> SafeString:
    """Plain text, escaped here, with its claims numbered."""
    return number_claims(escape(text), numbers)
