"""The figures as charts: a sentence, rows that carry their own words, and places in percent of the width.

A chart is a list of lines, each with its label and its value written beside a drawing of a few plain shapes.
Everything drawn is also said, so the drawings are hidden from screen readers; a table repeats the figures.
Waits stand on a logarithmic scale from a minute to thirty days: minutes and days fit on one line.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.figures import NEEDS, Backlog, Figures, Share, Wait
from forum.states import ReasonKind, Severity

MINUTE, HOUR, DAY = 60, 3600, 86400
#: The ends of the scale of waits, in seconds.
_SHORTEST, _LONGEST = MINUTE, 30 * DAY
#: Rules drawn at most; the table names them all.
_RULES_DRAWN = 12
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


def parts_of(figures: Figures, *, targets: Mapping[Severity, dt.timedelta]) -> list[Part]:
    """The sections of the page, in order. `targets`: how soon the first answer is due, by severity."""
    return [
        _waits(figures, targets),
        _backlog(figures),
        _late(figures),
        _rules(figures),
        _outcomes(figures),
    ]


# --- words and places --------------------------------------------------------------------------------------


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


def _of(share: Share) -> str:
    """Of how many; where there are too few, the words say so already."""
    return "" if share.share is None else _("of %(n)s") % {"n": _count(share.n)}


def _count(n: int) -> str:
    return number_format(n, force_grouping=True)


def _at(fraction: float) -> str:
    """A place or width on the drawing; always with a point, whatever the language."""
    return f"{min(1.0, max(0.0, fraction)) * 100:.2f}%"


def _on_scale(seconds: float) -> str:
    span = math.log(_LONGEST / _SHORTEST)
    return _at(math.log(max(seconds, _SHORTEST) / _SHORTEST) / span)


def _scale() -> list[Tick]:
    """Four fine lines; the words of more would touch on a small phone."""
    return [
        Tick(_on_scale(MINUTE), _("1 min"), "start"),
        Tick(_on_scale(HOUR), _("1 h")),
        Tick(_on_scale(DAY), _("1 day")),
        Tick(_on_scale(30 * DAY), _("30 days"), "end"),
    ]


# --- the sections ------------------------------------------------------------------------------------------


def _wait_row(label: str, wait: Wait, target: dt.timedelta | None = None) -> Row:
    aim = _on_scale(target.total_seconds()) if target else ""
    if wait.p50 is None or wait.p95 is None:
        return Row(label, too_few(wait.n), target=aim)
    value = _("half in %(half)s · 95 in 100 in %(most)s") % {
        "half": length(wait.p50),
        "most": length(wait.p95),
    }
    return Row(
        label,
        value,
        n=ngettext("%(n)s answer", "%(n)s answers", wait.n) % {"n": _count(wait.n)},
        middle=_on_scale(wait.p50),
        far=_on_scale(wait.p95),
        target=aim,
    )


def _wait_cells(label: str, wait: Wait) -> list[str]:
    few = too_few(wait.n)
    return [
        label,
        _count(wait.n),
        few if wait.p50 is None else length(wait.p50),
        few if wait.p95 is None else length(wait.p95),
    ]


def _waits(figures: Figures, targets: Mapping[Severity, dt.timedelta]) -> Part:
    all_of_them = figures.first_answer
    if all_of_them.p50 is None or all_of_them.p95 is None:
        sentence = _("Too few first answers to say how long they took (%(n)s).") % {
            "n": _count(all_of_them.n)
        }
        hint = ""
    else:
        sentence = _("Half of all first answers came within %(time)s.") % {"time": length(all_of_them.p50)}
        hint = _("95 in 100 came within %(time)s. %(n)s first answers, by the clock on the wall.") % {
            "time": length(all_of_them.p95),
            "n": _count(all_of_them.n),
        }
    said = _(
        "A first answer is a decision or a call to the clinician; taking an item is none. The dot is where "
        "half of them had come, the ring 95 in 100, the upright line the target."
    )
    heads = [_("Kind"), _("First answers"), _("Half came within"), _("95 in 100 came within")]
    severities = [(severity, figures.by_severity[severity]) for severity in Severity]
    reasons = [(str(kind.label), figures.by_reason[kind]) for kind in ReasonKind if figures.by_reason[kind].n]
    charts = [
        Chart(
            _("First answers, by how soon someone must look"),
            [_wait_row(str(severity.label), wait, targets[severity]) for severity, wait in severities],
            [*heads, _("Target")],
            [
                [*_wait_cells(str(severity.label), wait), length(targets[severity].total_seconds())]
                for severity, wait in severities
            ],
            _scale(),
        )
    ]
    if reasons:
        charts.append(
            Chart(
                _("First answers, by reason"),
                [_wait_row(label, wait) for label, wait in reasons],
                heads,
                [_wait_cells(label, wait) for label, wait in reasons],
                _scale(),
            )
        )
    return Part("answers", sentence, f"{hint} {said}".strip(), charts)


def _backlog(figures: Figures) -> Part:
    now = figures.backlog
    if not now.open or now.oldest_age is None:
        sentence, hint = _("Nothing waits for a person right now."), ""
    else:
        sentence = ngettext(
            "%(n)s item waits now, for %(age)s.",
            "%(n)s items wait now, the oldest for %(age)s.",
            now.open,
        ) % {"n": _count(now.open), "age": length(now.oldest_age)}
        hint = ngettext(
            "%(n)s of them is past its time without an answer.",
            "%(n)s of them are past their time without an answer.",
            now.past_due,
        ) % {"n": _count(now.past_due)}
    most = max((part.open for part in figures.backlog_by_severity.values()), default=0) or 1
    parts = [(str(severity.label), figures.backlog_by_severity[severity]) for severity in Severity]
    chart = Chart(
        _("Waiting now, by how soon someone must look"),
        [
            Row(
                label,
                _backlog_words(part),
                bar=_at(part.open / most) if part.open else "",
            )
            for label, part in parts
        ],
        [_("Kind"), _("Waiting"), _("Past their time"), _("The oldest")],
        [
            [
                label,
                _count(part.open),
                _count(part.past_due),
                length(part.oldest_age) if part.oldest_age else "–",
            ]
            for label, part in parts
        ],
    )
    return Part("waiting", sentence, hint, [chart])


def _backlog_words(part: Backlog) -> str:
    if not part.open or part.oldest_age is None:
        return _("none")
    return _("%(n)s, the oldest %(age)s") % {"n": _count(part.open), "age": length(part.oldest_age)}


def _late(figures: Figures) -> Part:
    if figures.late.share is None:
        sentence = _("Too little was due to say how much came late (%(n)s).") % {"n": _count(figures.late.n)}
    elif not figures.late.part:
        sentence = _("Everything that was due had its first answer in time.")
    else:
        sentence = _("Late first answers: %(share)s.") % {"share": in_hundred(figures.late)}
    hint = _(
        "By the hour at which the answer was due, in this site’s time. Darker: more of them came late. "
        "An empty square: fewer than %(n)d were due in that hour."
    ) % {"n": NEEDS}
    rows, table = [], []
    for weekday in range(7):
        name = str(WEEKDAYS[weekday])
        hours = [figures.late_by_hour[weekday, hour] for hour in range(24)]
        day = Share(sum(hour.n for hour in hours), sum(hour.part for hour in hours))
        cells = tuple(Cell(_at(hour / 24), _at(1 / 24), _darkness(share)) for hour, share in enumerate(hours))
        rows.append(Row(name, in_hundred(day), n=_of(day), cells=cells))
        table.append([name, _count(day.n), _count(day.part), in_hundred(day)])
        table += [
            [f"{name} {hour}:00", _count(share.n), _count(share.part), in_hundred(share)]
            for hour, share in enumerate(hours)
            if share.n
        ]
    ticks = [
        Tick(_at(0), _("0 h"), "start"),
        Tick(_at(0.25), "6"),
        Tick(_at(0.5), "12"),
        Tick(_at(0.75), "18"),
        Tick(_at(1), _("24 h"), "end"),
    ]
    heads = [_("When it was due"), _("Due"), _("Late"), _("Share")]
    return Part("late", sentence, hint, [Chart(_("By hour of the week"), rows, heads, table, ticks)])


def _darkness(share: Share) -> int | None:
    """None while there are too few; 0 when all came in time; then a tenth, a quarter, a half, more."""
    if share.share is None:
        return None
    return sum(share.share > step for step in (0, 0.1, 0.25, 0.5))


def _share_row(label: str, share: Share) -> Row:
    bar = "" if share.share is None else _at(share.share)
    return Row(label, in_hundred(share), n=_of(share), bar=bar)


def _share_table(rows: Iterable[tuple[str, Share]]) -> list[list[str]]:
    return [[label, _count(share.n), _count(share.part), in_hundred(share)] for label, share in rows]


def _rules(figures: Figures) -> Part:
    rules = sorted(figures.rules.items(), key=lambda pair: (-pair[1].n, pair[0]))
    together = Share(sum(share.n for _id, share in rules), sum(share.part for _id, share in rules))
    if together.share is None:
        sentence = _("Rules pointed at too little to say how often they were right (%(n)s).") % {
            "n": _count(together.n)
        }
    else:
        sentence = _("People agreed with %(share)s of what the rules pointed at.") % {
            "share": in_hundred(together)
        }
    hint = _("A rule that is seldom upheld costs people time: look at its words.")
    said = [pair for pair in rules if pair[1].share is not None][:_RULES_DRAWN]
    chart = Chart(
        _("By rule"),
        [_share_row(rule_id, share) for rule_id, share in said],
        [_("Rule"), _("Decided"), _("Upheld"), _("Share")],
        _share_table(rules),
    )
    return Part("rules", sentence, hint if rules else "", [chart] if rules else [])


def _outcomes(figures: Figures) -> Part:
    shares = [
        (_("Decisions taken back within the minutes for it"), figures.undone),
        (_("Appeals that changed the decision"), figures.appeals_changed),
        (_("Posts sent back and published later"), figures.returned_then_published),
        (_("Sampled posts that should not have stood as they were"), figures.missed_in_sample),
        (_("Decisions that say “the rules missed this”"), figures.rules_missed),
    ]
    if figures.undone.share is None:
        sentence = _("Too few decisions to say how they held (%(n)s).") % {"n": _count(figures.undone.n)}
    else:
        sentence = _("Taken back at once: %(share)s of all decisions.") % {
            "share": in_hundred(figures.undone)
        }
    came_second = ngettext(
        "%(n)s time two people decided at once, and the second was told.",
        "%(n)s times two people decided at once, and the second was told.",
        figures.conflicts,
    ) % {"n": _count(figures.conflicts)}
    waiting = ngettext("%(n)s appeal waits.", "%(n)s appeals wait.", figures.appeals_open) % {
        "n": _count(figures.appeals_open)
    }
    chart = Chart(
        _("What became of decisions"),
        [_share_row(label, share) for label, share in shares],
        [_("What"), _("Of"), _("How many"), _("Share")],
        _share_table(shares),
    )
    return Part("outcomes", sentence, f"{came_second} {waiting}", [chart])
