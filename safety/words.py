"""The words of HTML that is already clean. Pure."""

import re
from html.parser import HTMLParser


def plain_text(html: str) -> str:
    """The words of cleaned HTML, each block on a line of its own; for excerpts, search and counting.

    The result is not HTML: templates escape it as they do any text.
    """
    words = _Words()
    words.feed(html)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def has_link(html: str) -> bool:
    """Whether cleaned HTML leads off this site: a link, a mail address, or a written-out ``www.``."""
    words = _Words()
    words.feed(html)
    words.close()
    return words.leads_away or re.search(r"\bwww\.\w", "".join(words.parts), re.IGNORECASE) is not None


class _Words(HTMLParser):
    """Collects the words of HTML that is already clean."""

    _breaks = frozenset("p br ul ol li blockquote pre h1 h2 h3 h4 h5 h6 div".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.leads_away = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._breaks:
            self.parts.append("\n")
        if tag == "a":
            address = dict(attrs).get("href") or "/"
            self.leads_away = self.leads_away or not address.startswith("/")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._breaks:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
