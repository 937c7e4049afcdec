"""What the shared templates need and plain template language cannot say."""

from datetime import datetime
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.urls import translate_url
from django.utils import formats, timezone, translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Page

from family_hub.storage import JOINED_SHEET, SHEETS

register = template.Library()

AVATAR_SHAPES = 48
AVATAR_PAIRS = 7
NOTE_ICONS = {"tip": "leaf", "info": "info", "careful": "warning", "ok": "check", "error": "warning"}


@register.simple_tag
def stylesheets() -> SafeString:
    """Links to the stylesheets: the one joined file where collectstatic has run, else the source's five."""
    joined = getattr(staticfiles_storage, "joins_sheets", False)
    names = [JOINED_SHEET] if joined else SHEETS
    return format_html_join(
        "\n    ", '<link rel="stylesheet" href="{}">', ((staticfiles_storage.url(name),) for name in names)
    )


@register.filter
def note_icon(kind: str) -> str:
    """The icon of a note's kind; a name that is no kind is an icon already."""
    return NOTE_ICONS.get(kind or "info", kind)


@register.filter
def avatar_shape(seed: int | str) -> str:
    """Which of the sprite's pictures belongs to this seed."""
    return f"a{_number(seed) % AVATAR_SHAPES}"


@register.filter
def avatar_pair(seed: int | str) -> str:
    """Which of the seven pairs of colours belongs to this seed, as a class name."""
    return f"pair-{_number(seed) // AVATAR_SHAPES % AVATAR_PAIRS}"


def _number(seed: int | str) -> int:
    try:
        return abs(int(seed))
    except (TypeError, ValueError):
        return 0


@register.filter
def friendly_time(when: datetime) -> str:
    """A moment in words for people: the day's name while it is near, with the hour; then the date.

    Times are in the site's own time zone. Hours follow the language's own format.
    """
    if not when:
        return ""
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    today = timezone.localdate()
    days = (today - local.date()).days
    hour = formats.time_format(local, "TIME_FORMAT")
    if days == 0:
        return _("Today, %(hour)s") % {"hour": hour}
    if days == 1:
        return _("Yesterday, %(hour)s") % {"hour": hour}
    if 1 < days < 7:
        return _("%(day)s, %(hour)s") % {"day": formats.date_format(local, "l"), "hour": hour}
    if local.year == today.year:
        return formats.date_format(local, "MONTH_DAY_FORMAT")
    return formats.date_format(local, "DATE_FORMAT")


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[dict[str, str]]:
    """The other languages offered (setting OFFERED_LANGUAGES), each with where this page is found in it.

    A lesson without a translation leads to that language's home page: never to an address that is not there.
    """
    request = context.get("request")
    codes = [code for code in settings.OFFERED_LANGUAGES if code != translation.get_language()]
    if request is None or not codes:
        return []
    names = dict(settings.LANGUAGES)
    page = context.get("page")
    found = []
    for code in codes:
        if isinstance(page, Page) and page.pk:
            twin = page.get_translations().live().filter(locale__language_code=code).first()
            url = twin.get_url(request) if twin else ""
        else:
            url = translate_url(request.path, code)
        found.append({"code": code, "name": names[code], "url": url or _home_of(code)})
    return found


def _home_of(code: str) -> str:
    return "/" if code == settings.LANGUAGE_CODE else f"/{code}/"


@register.simple_tag
def icon_names() -> list[str]:
    """Every icon of the sprite, for the page that shows all parts."""
    source = Path(settings.BASE_DIR / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    names = [piece.split('"')[0] for piece in source.split('<symbol id="')[1:]]
    return [name for name in names if name not in {"mark", "hill", "little-house"}]
