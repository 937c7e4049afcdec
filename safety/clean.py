"""Is this text safe to show? The one door from what people write to HTML on a page.

Markdown is rendered without raw HTML or images, then cleaned by bleach, then by nh3: a hole in the first is
not a hole in the site. No other module may import those libraries, and no template marks anything safe that
did not come from here. Text is never lost in silence: what cannot be shown whole is refused, and the form
gives it back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from bleach.sanitizer import Cleaner
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from safety.characters import shows_something, text_norm, tidy, without_hidden
from safety.links import SCHEMES, allowed_link
from safety.words import has_link, plain_text

__all__ = [
    "MAX_CHARACTERS",
    "MAX_QUOTE_DEPTH",
    "RENDERER_VERSION",
    "TextRefused",
    "allowed_link",
    "clean_rich_text",
    "has_link",
    "lesson_html",
    "plain_text",
    "text_norm",
    "tidy",
    "to_safe_html",
]

#: Stored beside rendered HTML; raised with every change of output, so that posts can be rendered again.
RENDERER_VERSION = 1
#: Longest post, in characters after tidying.
MAX_CHARACTERS = 10_000
#: Quotes inside quotes that can still be followed.
MAX_QUOTE_DEPTH = 3

# The renderer drops the text below its own limit without a word, so deep structure is refused well before it.
_RENDERER_NESTING = 30
_MAX_LEVEL = 20
# A starter lesson is written by the team; the bound only keeps a mistaken file from running for minutes.
_MAX_LESSON_CHARACTERS = 100_000

_BARE_LINK = re.compile(r"\bhttps?://[^\s<>\"'`\\^{|}]{1,2000}(?<![.,;:!?)\]*_~])", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,9}")


class TextRefused(ValueError):
    """A text that is not shown as it stands. ``code`` names the reason, ``message`` says it to the writer.

    Codes: ``too_long``, ``empty``, ``quotes_too_deep``, ``too_deep``.
    """

    def __init__(self, code: str, message: "str | Promise") -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class _Allowed:
    """What one kind of text may hold, and what links to other sites are marked with."""

    tags: frozenset[str]
    rel: str


_POST = _Allowed(
    tags=frozenset("p br strong em s ul ol li blockquote a code pre h3 h4".split()),
    rel="nofollow ugc noopener noreferrer",
)
_LESSON = _Allowed(
    tags=frozenset("p br strong em ul ol li blockquote a h3 h4".split()),
    rel="noopener noreferrer",
)


def to_safe_html(markdown: str) -> str:
    """A member's Markdown as HTML that may be stored and shown.

    Raises TextRefused when the text is over 10,000 characters, shows nothing, quotes more than three deep, or
    nests lists so deep that the renderer would drop words.
    """
    if len(markdown) > 10 * MAX_CHARACTERS:
        raise _too_long()
    source = tidy(markdown)
    if len(source) > MAX_CHARACTERS:
        raise _too_long()
    html = _clean(_render(_POST_PARSER, source), _POST)
    if not shows_something(plain_text(html)):
        raise TextRefused("empty", _("There is nothing to read here yet. Write a few words, then send it."))
    return html


def clean_rich_text(html: str) -> str:
    """Rendered lesson HTML (links already real addresses) with only what a lesson may hold.

    Headings h3 and h4, paragraphs, lists, links, strong, em and quotes stay; of others only the words stay.
    """
    return _clean(html, _LESSON)


def lesson_html(markdown: str) -> str:
    """Markdown of a starter lesson as HTML. Source marks such as ``[^key]`` stay in the text as they are.

    Raises TextRefused as ``to_safe_html`` does, with a larger limit.
    """
    source = tidy(markdown)
    if len(source) > _MAX_LESSON_CHARACTERS:
        raise _too_long()
    return _clean(_render(_LESSON_PARSER, source), _LESSON)


# --- From Markdown to HTML ---------------------------------------------------------------------------------


class _Parser(MarkdownIt):
    """CommonMark without what loses words, loads something or surprises people who do not know Markdown.

    Off: reference definitions and code indented by four spaces (both swallow or disfigure ordinary writing),
    underlined headings (a signature under ``--`` is no heading), tables, raw HTML. A picture becomes a link.
    """

    def __init__(self, *, line_breaks: bool, highest_heading: int) -> None:
        super().__init__(
            "js-default", {"html": False, "breaks": line_breaks, "maxNesting": _RENDERER_NESTING}
        )
        self.highest_heading = highest_heading
        self.disable(["reference", "code", "lheading", "table", "html_block", "html_inline"])
        self.core.ruler.push("house_rules", _house_rules)
        self.add_render_rule("fence", _render_fence)
        self.add_render_rule("hr", _render_rule)
        # The rule tables are built on first use, and not safely so between threads.
        self.render("*a*\n\n- b\n\n> c\n\n```\nd\n```")

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return allowed_link(url)


def _render(parser: _Parser, source: str) -> str:
    tokens = parser.parse(source)
    quotes = 0
    for token in tokens:
        if token.level > _MAX_LEVEL:
            raise TextRefused(
                "too_deep",
                _(
                    "There are too many lists or quotes inside one another to show it well. "
                    "Take a level or two away."
                ),
            )
        if token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
            if quotes > MAX_QUOTE_DEPTH:
                raise TextRefused(
                    "quotes_too_deep",
                    _("Quotes can stand three deep at most. Take out the oldest one, then send it again."),
                )
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html


def _house_rules(state: StateCore) -> None:
    """Headings fit under the page's own; numbers stay as typed; every link shows; bare addresses work."""
    parser = state.md
    highest = parser.highest_heading if isinstance(parser, _Parser) else 2
    numbers: list[int | None] = []
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if int(token.tag[1]) <= highest else "h4"
        elif token.type == "ordered_list_open":
            start = token.attrGet("start")
            numbers.append(1 if start is None else int(start))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
        elif token.type == "list_item_open" and numbers and numbers[-1] is not None:
            typed = int(token.info) if token.info.isdigit() else numbers[-1]
            if typed != numbers[-1]:
                token.attrSet("value", str(typed))
            numbers[-1] = typed + 1
        elif token.type == "inline" and token.children:
            token.children = list(_with_links(token.children))


def _with_links(children: Sequence[Token]) -> Iterator[Token]:
    inside = False
    for at, token in enumerate(children):
        if token.type == "link_open":
            inside = True
            yield token
            if children[at + 1].type == "link_close":
                yield _text(str(token.attrGet("href")), token.level)
        elif token.type == "link_close":
            inside = False
            yield token
        elif token.type == "image":
            yield from _picture_as_link(token, inside)
        elif token.type == "text" and not inside:
            yield from _linked_text(token)
        else:
            yield token


def _linked_text(token: Token) -> Iterator[Token]:
    done = 0
    for found in _BARE_LINK.finditer(token.content):
        if not allowed_link(found[0]):
            continue
        yield _text(token.content[done : found.start()], token.level)
        yield Token("link_open", "a", 1, attrs={"href": found[0]}, level=token.level)
        yield _text(found[0], token.level + 1)
        yield Token("link_close", "a", -1, level=token.level)
        done = found.end()
    yield _text(token.content[done:], token.level)


def _picture_as_link(token: Token, inside: bool) -> Iterator[Token]:
    # Nothing a member writes may load from another host: that would tell the host who reads here, and when.
    address = str(token.attrGet("src"))
    words = _text(_words_of(token.children or []) or address, token.level)
    if inside:
        yield words
        return
    title = {"title": token.attrs["title"]} if "title" in token.attrs else {}
    yield Token("link_open", "a", 1, attrs={"href": address, **title}, level=token.level)
    yield words
    yield Token("link_close", "a", -1, level=token.level)


def _words_of(children: Sequence[Token]) -> str:
    parts = (
        " " if child.type in ("softbreak", "hardbreak") else _words_of(child.children or []) or child.content
        for child in children
    )
    return "".join(parts).strip()


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _render_fence(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    # What stands behind the opening ``` would end in a class and be lost; here it is the first line.
    first_line = f"{tokens[idx].info.strip()}\n" if tokens[idx].info.strip() else ""
    return f"<pre><code>{escape(first_line + tokens[idx].content)}</code></pre>\n"


def _render_rule(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    return f"<p>{escape(tokens[idx].markup[0] * 3)}</p>\n"


# --- Cleaning HTML -----------------------------------------------------------------------------------------


def _clean(html: str, allowed: _Allowed) -> str:
    """Both cleaners, until nothing changes: without a hidden character a harmless word may be an address."""
    html = without_hidden(html)
    for _round in range(5):
        cleaned = without_hidden(_nh3_pass(_bleach_pass(html, allowed), allowed))
        if cleaned == html:
            return cleaned
        html = cleaned
    return str(escape(plain_text(html)))


def _bleach_pass(html: str, allowed: _Allowed) -> str:
    class LinkRules(_LinkRules):
        rel = allowed.rel

    # A new Cleaner each time: it is not safe to share between threads, and reuse is no faster.
    cleaner = Cleaner(
        tags=allowed.tags,
        attributes=_allowed_attribute,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[LinkRules],
    )
    cleaned: str = cleaner.clean(html)
    return cleaned


def _nh3_pass(html: str, allowed: _Allowed) -> str:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "rel":
            return value if value == allowed.rel else None
        return value if _allowed_attribute(tag, name, value) else None

    return nh3.clean(
        html,
        tags=set(allowed.tags),
        attributes={"a": {"href", "title", "rel"}, "ol": {"start"}, "li": {"value"}},
        attribute_filter=keep,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def _allowed_attribute(tag: str, name: str, value: str) -> bool:
    if tag == "a":
        return name == "title" or (name == "href" and allowed_link(value))
    return (tag, name) in {("ol", "start"), ("li", "value")} and _DIGITS.fullmatch(value) is not None


class _LinkRules:
    """A filter behind bleach: an ``a`` without an address goes; one that leads away gets its ``rel``."""

    rel = ""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[dict[str, Any]]:
        kept: list[bool] = []
        for token in self.source:
            if token.get("name") == "a" and token["type"] == "StartTag":
                address = token["data"].get((None, "href"))
                kept.append(address is not None)
                if address is None:
                    continue
                if not address.startswith("/"):
                    token["data"][(None, "rel")] = self.rel
            elif token.get("name") == "a" and token["type"] == "EndTag" and kept and not kept.pop():
                continue
            yield token


def _too_long() -> TextRefused:
    return TextRefused(
        "too_long", _("This is longer than 10,000 characters. Send it in two parts, and nothing is lost.")
    )


_POST_PARSER = _Parser(line_breaks=True, highest_heading=2)
_LESSON_PARSER = _Parser(line_breaks=False, highest_heading=3)
