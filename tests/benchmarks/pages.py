"""What a page weighs: bytes, elements, and the files a browser fetches with it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin


class _Reader(HTMLParser):
    """Counts elements; notes files, and what a form would send unseen."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.elements = 0
        self.files: list[str] = []
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        has = dict(attributes)
        fetched = has.get("src") if tag in ("script", "img") else has.get("href") if tag == "use" else None
        if tag == "link" and has.get("rel") in ("stylesheet", "icon", "preload"):
            fetched = has.get("href")
        if fetched:
            url = urldefrag(urljoin(self.address, fetched))[0]
            if url not in self.files and not url.startswith("data:"):
                self.files.append(url)
        if tag == "input" and has.get("type") == "hidden" and has.get("name"):
            self.hidden[has["name"]] = has.get("value") or ""


@dataclass
class Weight:
    """One page as a browser gets it. `total` is compressed, with every file of it."""

    raw: int
    gz: int
    elements: int
    files: list[str] = field(default_factory=list)
    total: int = 0

    @property
    def requests(self) -> int:
        return 1 + len(self.files)


def squeezed(body: bytes) -> int:
    """Bytes after the compression a proxy does on the way."""
    return len(gzip.compress(body, compresslevel=6, mtime=0))


def weigh(body: bytes, address: str, fetch: Callable[[str], bytes] | None = None) -> Weight:
    """Measure a page; `fetch` gets its files, for the total."""
    reader = _Reader(address)
    reader.feed(body.decode())
    weight = Weight(raw=len(body), gz=squeezed(body), elements=reader.elements, files=reader.files)
    weight.total = weight.gz + (sum(squeezed(fetch(url)) for url in reader.files) if fetch else 0)
    return weight


def hidden_fields(body: bytes) -> dict[str, str]:
    """The fields a form on this page sends without being filled in."""
    reader = _Reader("")
    reader.feed(body.decode())
    return reader.hidden
