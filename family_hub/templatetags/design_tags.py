"""What the shared templates need and plain template language cannot say."""

from collections import OrderedDict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.signals import setting_changed
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.urls import translate_url
from django.utils import formats, timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Page

from family_hub.storage import JOINED_SHEET, SHEETS

register = template.Library()

AVATAR_SHAPES = 48
AVATAR_PAIRS = 7
NOTE_ICONS = {"tip": "leaf", "info": "info", "careful": "warning", "ok": "check", "error": "warning"}


@register.simple_tag
@lru_cache(maxsize=1)
def stylesheets() -> SafeString:
    """Links to the stylesheets: the one joined file where collectstatic has run, else the source's five."""
    joined = getattr(staticfiles_storage, "joins_sheets", False)
    names = [JOINED_SHEET] if joined else SHEETS
    return format_html_join(
        "\n    ", '<link rel="stylesheet" href="{}">', ((staticfiles_storage.url(name),) for name in names)
    )


# The parts of which a page has dozens are tags: a template for each would cost more than what it says. Their
# files in templates/components call them, for pages that have a few.


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 20) -> SafeString:
    """components/icon.html: a symbol of static/img/icons.svg. Always beside a word or inside a named link."""
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"/></svg>',
        size or 20,
        staticfiles_storage.url("img/icons.svg"),
        name,
    )


@register.simple_tag
def avatar(seed: int | str, size: int = 44) -> SafeString:
    """components/avatar.html: a picture made by chance; the name stands beside it."""
    return _drawn(avatar_shape(seed), avatar_pair(seed), size or 44)


@lru_cache(maxsize=1024)
def _drawn(shape: str, pair: str, size: int) -> SafeString:
    return format_html(
        '<svg class="avatar {0}" width="{1}" height="{1}" viewBox="0 0 4 4" aria-hidden="true">'
        '<use href="{2}#{3}"/></svg>',
        pair,
        size,
        staticfiles_storage.url("img/avatars.svg"),
        shape,
    )


@register.simple_tag
def arch(icon_name: str, kind: str = "", size: str = "") -> SafeString:
    """components/arch.html: an icon in an arch."""
    return _arch(icon_name, " arch-wine" if kind == "wine" else "", f" arch-{size}" if size else "")


@lru_cache(maxsize=512)
def _arch(icon_name: str, kind: str, size: str) -> SafeString:
    return format_html('<span class="arch{}{}" aria-hidden="true">{}</span>', kind, size, icon(icon_name, 24))


@register.simple_tag
def label(text: Any, kind: str = "", icon_name: str = "") -> SafeString:
    """components/label.html without an address."""
    return format_html(
        '<span class="label{}">{}<span>{}</span></span>',
        f" label-{kind}" if kind else "",
        icon(icon_name, 17) if icon_name else "",
        text,
    )


@register.simple_tag
def mark(text: Any, icon_name: str = "", url: str = "") -> SafeString:
    """components/mark.html: one quiet line under a heading."""
    words = format_html('<a href="{}">{}</a>', url, text) if url else format_html("<span>{}</span>", text)
    drawn = icon(icon_name, 18) if icon_name else ""
    return format_html('<span class="meta-item">{}{}</span>', drawn, words)


@register.simple_tag
def moment(when: datetime | None) -> SafeString:
    """components/time.html: words for people, the exact moment for machines."""
    if not when:
        return format_html("{}", "")
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), friendly_time(when)
    )


@register.simple_tag
def link_button(
    label: Any, url: str, kind: str = "", icon_name: str = "", arrow: bool = False, id: str = ""
) -> SafeString:
    """components/link_button.html: a link that looks like a button."""
    return format_html(
        '<a class="button{}" href="{}"{}>{}<span>{}</span>{}</a>',
        f" button-{kind}" if kind else "",
        url,
        format_html(' id="{}"', id) if id else "",
        icon(icon_name) if icon_name else "",
        label,
        icon("arrow") if arrow else "",
    )


@register.simple_tag
def row(
    title: Any,
    url: str = "",
    text: Any = "",
    meta: Any = "",
    seed: int | str | None = None,
    label_text: Any = "",
    label_kind: str = "brand",
    icon_name: str = "",
    arch_kind: str = "",
    plain_icon: str = "",
) -> SafeString:
    """components/row.html: one line of a list; stands inside <ul class="row-list">."""
    if icon_name:
        picture: str = arch(icon_name, arch_kind)
    elif plain_icon:
        picture = icon(plain_icon)
    else:
        picture = avatar(seed) if seed is not None and seed != "" else ""
    name = '<a class="row-title" href="{1}">{0}</a>' if url else '<span class="row-title">{0}</span>'
    aside: str = ""
    if meta or label_text:
        aside = format_html(
            '<div class="row-meta">{}{}</div>',
            label(label_text, label_kind or "brand") if label_text else "",
            format_html('<span class="meta">{}</span>', meta) if meta else "",
        )
    return format_html(
        '<li class="row">{}<div class="row-words">{}{}</div>{}{}</li>',
        picture,
        format_html(name, title, url),
        format_html("<p>{}</p>", text) if text else "",
        aside,
        icon("chevron") if url else "",
    )


#: What `{% remembered %}` keeps, newest last; more kinds of pages than this there are not.
_REMEMBERED: OrderedDict[tuple[object, ...], SafeString] = OrderedDict()
_REMEMBERS_AT_MOST = 200


class _Remembered(template.Node):
    def __init__(self, nodes: NodeList, name: str, depends: list[FilterExpression]) -> None:
        self.nodelist, self.name, self.depends = nodes, name, depends

    def render(self, context: Context) -> SafeString:
        values = (one.resolve(context, ignore_failures=True) for one in self.depends)
        key = (self.name, translation.get_language(), *(str(value) for value in values))
        found = _REMEMBERED.get(key)
        if found is None:
            found = _REMEMBERED[key] = self.nodelist.render(context)
            if len(_REMEMBERED) > _REMEMBERS_AT_MOST:
                _REMEMBERED.popitem(last=False)
        return found


@register.tag
def remembered(parser: Parser, token: Token) -> _Remembered:
    """A piece that is the same on many pages, made once by each process: `{% remembered "menu" here %}`.

    Its name, then everything it depends on but the language. What differs from person to person has no place
    in it, unless it is named there.
    """
    name, *depends = token.split_contents()[1:]
    nodes = parser.parse(("endremembered",))
    parser.delete_first_token()
    return _Remembered(nodes, name, [parser.compile_filter(one) for one in depends])


def _forget(**_what: Any) -> None:
    """Another setting may be another piece: tests change settings, running sites do not."""
    _REMEMBERED.clear()
    for cached in (stylesheets, icon, _drawn, _arch, _in_words):
        cached.cache_clear()


setting_changed.connect(_forget, dispatch_uid="design tags: forget what was made with other settings")


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
def friendly_time(when: datetime | None) -> str:
    """A moment in words for people: the day's name while it is near, with the hour; then the date.

    Times are in the site's own time zone. Hours follow the language's own format.
    """
    if not when:
        return ""
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    to_the_minute = local.replace(second=0, microsecond=0, tzinfo=None)
    return _in_words(to_the_minute, timezone.localdate(), translation.get_language())


@lru_cache(maxsize=4096)
def _in_words(local: datetime, today: date, _language: str | None) -> str:
    """Kept, as a list shows the same moments again and again; in words of the language that is on."""
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
