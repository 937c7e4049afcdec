"""What lessons, help panels and other rooms' pages ask of this room."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText, expand_db_html

from education.claims import number_claims, number_claims_in_text
from education.models import CrisisResource
from education.reading import helplines
from safety.clean import clean_rich_text

register = template.Library()

MAX_LINES = 4
SHORT_NUMBER = 5


@lru_cache(maxsize=512)
def _cleaned(source: str) -> str:
    """Rich text as it is stored, as clean HTML with real links. Kept, because cleaning costs milliseconds."""
    return clean_rich_text(expand_db_html(source))


def _numbers(context: template.Context) -> dict[str, int]:
    return context.get("claim_numbers") or {}


@register.simple_tag(takes_context=True)
def cited_html(context: template.Context, value: RichText | str) -> SafeString:
    """A rich text value, cleaned, its claims numbered."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    return number_claims(_cleaned(source), _numbers(context))


@register.simple_tag(takes_context=True)
def cited(context: template.Context, text: Any) -> SafeString:
    """Plain text, escaped, its claims numbered."""
    return number_claims_in_text(str(text or ""), _numbers(context))


@register.simple_tag(takes_context=True)
def cited_list(context: template.Context, items: Any) -> list[SafeString]:
    """A list of plain texts, each as `cited` gives it."""
    return [number_claims_in_text(str(item), _numbers(context)) for item in items or ()]


@register.simple_tag(takes_context=True)
def cited_rows(context: template.Context, rows: Any) -> list[dict[str, Any]]:
    """A list of small structs: each text as `cited` gives it, other values as they are."""
    numbers = _numbers(context)
    return [
        {
            name: number_claims_in_text(value, numbers) if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in rows or ()
    ]


def line_for_panel(line: CrisisResource) -> dict[str, str]:
    """A helpline in the shape of components/help_panel.html."""
    return {
        "name": line.name,
        "text": line.what,
        "call": line.phone_href.removeprefix("tel:") if line.phone else "",
        "call_label": call_words(line),
        "sms": line.sms_href.removeprefix("sms:") if line.sms else "",
        "sms_label": text_words(line),
        "url": line.chat_url,
        "url_label": _("Chat with %(name)s") % {"name": line.name} if line.chat_url else "",
    }


def call_words(line: CrisisResource) -> str:
    """The words on a call button: a short number is read as a word, a long one needs the room for itself."""
    if len(line.phone) > SHORT_NUMBER:
        return line.phone
    return _("Call %(number)s") % {"number": line.phone} if line.phone else ""


def text_words(line: CrisisResource) -> str:
    """The words on a text button; where a word must be sent, the word, which the button fills in."""
    if not line.sms:
        return ""
    if line.sms_text:
        return _("Text %(word)s") % {"word": line.sms_text}
    return _("Text %(number)s") % {"number": line.sms}


def honest_line(lines: list[CrisisResource]) -> str:
    """What to say when this site did not check some of these numbers in the last 90 days; else empty."""
    if all(line.is_checked() for line in lines):
        return ""
    return _(
        "This site has not checked all of these numbers in the last 90 days. "
        "If one does not answer, try the next."
    )


@register.inclusion_tag("education/help_panel.html")
def help_panel(kinds: Any = "", heading: str = "", level: int = 2) -> dict[str, Any]:
    """Helplines for these kinds (a list, or text with commas), at most four; else the emergency ones."""
    wanted = [kind.strip() for kind in kinds.split(",")] if isinstance(kinds, str) else list(kinds or ())
    lines = helplines([kind for kind in wanted if kind]) or helplines(["emergency"])
    lines = lines[:MAX_LINES]
    return {
        "heading": heading,
        "level": level,
        "resources": [line_for_panel(line) for line in lines],
        "text": honest_line(lines),
    }


@register.inclusion_tag("education/lesson_help.html")
def lesson_help(lines: list[CrisisResource]) -> dict[str, Any]:
    """The helplines at the end of a lesson, already found."""
    shown = lines[:MAX_LINES]
    return {"resources": [line_for_panel(line) for line in shown], "text": honest_line(shown)}


@register.inclusion_tag("education/crisis_line.html")
def crisis_line() -> dict[str, Any]:
    """One short line with numbers, for every page where people write: one for danger now, one for despair.

    In despair the line that is there for it comes before the one that is there for everything.
    """
    lines = helplines(["emergency", "suicide"])
    danger = lines[:1]
    despair = sorted(
        (line for line in lines if line not in danger and "suicide" in line.kind_list),
        key=lambda line: len(line.kind_list),
    )[:1]
    return {
        "danger": [(line, call_words(line)) for line in danger],
        "despair": [(line, call_words(line)) for line in despair],
    }
