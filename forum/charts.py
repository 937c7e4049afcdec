"""The figures as charts: a sentence, rows that carry their own words, and places in percent of the width.

A chart is a list of lines, each with its label and its value written beside a drawing of a few plain shapes.
Everything drawn is also said, so the drawings are hidden from screen readers; a table repeats the figures.
Waits stand on a logarithmic scale from a minute to thirty days: minutes and days fit on one line.
"""

import math
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from forum.figures import Share

MINUTE, HOUR, DAY = 60, 3600, 86400
#: The ends of the scale of waits, in seconds.
_SHORTEST, _LONGEST = MINUTE, 30 * DAY
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Cell:
    """One hour of a week's line: place and width as "12.5%", and how dark (0 to 4, None: too few)."""

    x: str
    width: str
    level: int | None


@dataclass(frozen=True)
class Row:
    """One line of a chart. Places are texts like "12.5%"; what is empty is not drawn."""

    label: str
    value: str
    n: str = ""
    bar: str = ""
    middle: str = ""
    far: str = ""
    target: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Tick:
    """A fine line of the scale and its words; `anchor` keeps the outer words inside."""

    place: str
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """What the template draws, and the same as a table (heads; rows of texts, the first a row's name)."""

    name: str
    rows: list[Row]
    heads: list[str]
    table: list[list[str]]
    ticks: list[Tick] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A section of the page: a key for its id, the sentence that heads it, a line of small print, charts."""

    key: str
    sentence: str
    hint: str
    charts: list[Chart]


def length(seconds: float) -> str:
    """A length of time, never said shorter than it was: minutes, hours and minutes, or days and hours.

    Its words do not break over two lines.
    """
    minutes = max(1, math.ceil(seconds / MINUTE))
    if minutes < 60:
        words = _("%(minutes)d min") % {"minutes": minutes}
    elif minutes < 48 * 60:
        hours, minutes = divmod(minutes, 60)
        words = _("%(hours)d h %(minutes)d min") if minutes else _("%(hours)d h")
        words %= {"hours": hours, "minutes": minutes}
    else:
        days, hours = divmod(math.ceil(seconds / HOUR), 24)
        words = _("%(days)d days %(hours)d h") if hours else _("%(days)d days")
        words %= {"days": days, "hours": hours}
    return words.replace(" ", NO_BREAK)


def too_few(n: int) -> str:
    """What stands in place of a figure that too few things would have made."""
    return _("too few to say (%(n)s)") % {"n": number_format(n, force_grouping=True)}


def in_hundred(share: Share) -> str:
    """A share as people say it, or that there are too few."""
    if share.share is None:
        return too_few(share.n)
    rounded = round(share.share * 100)
    if share.part and not rounded:
        return _("fewer than 1 in 100")
    return _("%(n)d in 100") % {"n": rounded}


def of_how_many(share: Share) -> str:
    """Of how many; where there are too few, the words say so already."""
    return "" if share.share is None else _("of %(n)s") % {"n": count(share.n)}


def count(n: int) -> str:
    """A number as the reader's language groups it."""
    return number_format(n, force_grouping=True)


def place(fraction: float) -> str:
    """A place or width on the drawing; always with a point, whatever the language."""
    return f"{min(1.0, max(0.0, fraction)) * 100:.2f}%"


def on_scale(seconds: float) -> str:
    """The place of a length of time on the logarithmic scale; what is outside stands at its end."""
    span = math.log(_LONGEST / _SHORTEST)
    return place(math.log(max(seconds, _SHORTEST) / _SHORTEST) / span)


def scale() -> list[Tick]:
    """Four fine lines; the words of more would touch on a small phone."""
    return [
        Tick(on_scale(MINUTE), _("1 min"), "start"),
        Tick(on_scale(HOUR), _("1 h")),
        Tick(on_scale(DAY), _("1 day")),
        Tick(on_scale(30 * DAY), _("30 days"), "end"),
    ]
