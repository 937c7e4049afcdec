"""Which addresses a member may link to. Pure."""

import re
from urllib.parse import urlsplit

SCHEMES = frozenset({"http", "https", "mailto"})
_SPACE_OR_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def allowed_link(address: str) -> bool:
    """http, https and mailto, and own paths that begin with one ``/``.

    ``//host`` and ``/\\host`` are read by browsers as another site; tabs and newlines inside an address are
    skipped by them, so any white space or backslash refuses it. A name before the host and ``@`` is refused:
    it makes one site look like another.
    """
    if not address or _SPACE_OR_CONTROL.search(address):
        return False
    if address.startswith("/"):
        return not address.lower().startswith(("//", "/%5c"))
    scheme, colon, rest = address.partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        return False
    if scheme.lower() == "mailto":
        return "@" in rest and not rest.startswith("/")
    try:
        parts = urlsplit(address)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return rest.startswith("//") and bool(parts.hostname) and "@" not in parts.netloc and port_is_readable
