"""Every address of the site, read from the urlconf, so that a new page cannot be forgotten by a test."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

#: What stands in an address when a test names no value.
ANYTHING = ("1",)


def _walk(
    patterns: Iterable, prefixes: list[tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        pieces = normalize(pattern.pattern.regex.pattern)
        joined = [
            (before + piece, names + tuple(more)) for (before, names) in prefixes for (piece, more) in pieces
        ]
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, joined)
        elif isinstance(pattern, URLPattern):
            yield from joined


def templates(*, without: Sequence[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """Each address with its places open, as `("/talk/t/%(public_id)s/", ("public_id",))`."""
    found = {("/" + address, names) for address, names in _walk(get_resolver().url_patterns, [("", ())])}
    return sorted(pair for pair in found if not any(pair[0].startswith(start) for start in without))


def every_address(
    values: Mapping[str, Iterable[str]] | None = None, *, without: Sequence[str] = ()
) -> list[str]:
    """Each address, its places filled with each of the values given for that name."""
    values = values or {}
    addresses: set[str] = set()
    for address, names in templates(without=without):
        choices = [list(values.get(name, ANYTHING)) for name in names]
        for chosen in itertools.product(*choices):
            addresses.add(address % dict(zip(names, chosen, strict=True)))
    return sorted(addresses)
