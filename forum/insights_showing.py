"""What /queue/insights/ says: for each family of figures a sentence, its charts and their tables."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.charts import (
    Cell,
    Chart,
    Part,
    Row,
    Tick,
    count,
    in_hundred,
    length,
    of_how_many,
    on_scale,
    place,
    scale,
    too_few,
)
from forum.figures import NEEDS, Backlog, Figures, Share, Wait
from forum.states import ReasonKind, Severity

#: Rules drawn at most; the table names them all.
_RULES_DRAWN = 12


def parts_of(figures: Figures, *, targets: Mapping[Severity, dt.timedelta]) -> list[Part]:
    """The sections of the page, in order. `targets`: how soon the first answer is due, by severity."""
    return [
        _waits(figures, targets),
        _backlog(figures),
        _late(figures),
        _rules(figures),
        _outcomes(figures),
        _answered(figures),
    ]


def _wait_row(label: str, wait: Wait, target: dt.timedelta | None = None) -> Row:
    aim = on_scale(target.total_seconds()) if target else ""
    if wait.p50 is None or wait.p95 is None:
        return Row(label, too_few(wait.n), target=aim)
    value = _("half in %(half)s · 95 in 100 in %(most)s") % {
        "half": length(wait.p50),
        "most": length(wait.p95),
    }
    return Row(
        label,
        value,
        n=ngettext("%(n)s answer", "%(n)s answers", wait.n) % {"n": count(wait.n)},
        middle=on_scale(wait.p50),
        far=on_scale(wait.p95),
        target=aim,
    )


def _wait_cells(label: str, wait: Wait) -> list[str]:
    few = too_few(wait.n)
    return [
        label,
        count(wait.n),
        few if wait.p50 is None else length(wait.p50),
        few if wait.p95 is None else length(wait.p95),
    ]


def _waits(figures: Figures, targets: Mapping[Severity, dt.timedelta]) -> Part:
    all_of_them = figures.first_answer
    if all_of_them.p50 is None or all_of_them.p95 is None:
        sentence = _("Too few first answers to say how long they took (%(n)s).") % {"n": count(all_of_them.n)}
        hint = ""
    else:
        sentence = _("Half of all first answers came within %(time)s.") % {"time": length(all_of_them.p50)}
        hint = _("95 in 100 came within %(time)s. %(n)s first answers, by the clock on the wall.") % {
            "time": length(all_of_them.p95),
            "n": count(all_of_them.n),
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
            scale(),
        )
    ]
    if reasons:
        charts.append(
            Chart(
                _("First answers, by reason"),
                [_wait_row(label, wait) for label, wait in reasons],
                heads,
                [_wait_cells(label, wait) for label, wait in reasons],
                scale(),
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
        ) % {"n": count(now.open), "age": length(now.oldest_age)}
        hint = ngettext(
            "%(n)s of them is past its time without an answer.",
            "%(n)s of them are past their time without an answer.",
            now.past_due,
        ) % {"n": count(now.past_due)}
    most = max((part.open for part in figures.backlog_by_severity.values()), default=0) or 1
    parts = [(str(severity.label), figures.backlog_by_severity[severity]) for severity in Severity]
    chart = Chart(
        _("Waiting now, by how soon someone must look"),
        [
            Row(
                label,
                _backlog_words(part),
                bar=place(part.open / most) if part.open else "",
            )
            for label, part in parts
        ],
        [_("Kind"), _("Waiting"), _("Past their time"), _("The oldest")],
        [
            [
                label,
                count(part.open),
                count(part.past_due),
                length(part.oldest_age) if part.oldest_age else "–",
            ]
            for label, part in parts
        ],
    )
    return Part("waiting", sentence, hint, [chart])


def _backlog_words(part: Backlog) -> str:
    if not part.open or part.oldest_age is None:
        return _("none")
    return _("%(n)s, the oldest %(age)s") % {"n": count(part.open), "age": length(part.oldest_age)}


def _late(figures: Figures) -> Part:
    if figures.late.share is None:
        sentence = _("Too little was due to say how much came late (%(n)s).") % {"n": count(figures.late.n)}
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
        cells = tuple(
            Cell(place(hour / 24), place(1 / 24), _darkness(share)) for hour, share in enumerate(hours)
        )
        rows.append(Row(name, in_hundred(day), n=of_how_many(day), cells=cells))
        table.append([name, count(day.n), count(day.part), in_hundred(day)])
        table += [
            [f"{name} {hour}:00", count(share.n), count(share.part), in_hundred(share)]
            for hour, share in enumerate(hours)
            if share.n
        ]
    ticks = [
        Tick(place(0), _("0 h"), "start"),
        Tick(place(0.25), "6"),
        Tick(place(0.5), "12"),
        Tick(place(0.75), "18"),
        Tick(place(1), _("24 h"), "end"),
    ]
    heads = [_("When it was due"), _("Due"), _("Late"), _("Share")]
    return Part("late", sentence, hint, [Chart(_("By hour of the week"), rows, heads, table, ticks)])


def _darkness(share: Share) -> int | None:
    """None while there are too few; 0 when all came in time; then a tenth, a quarter, a half, more."""
    if share.share is None:
        return None
    return sum(share.share > step for step in (0, 0.1, 0.25, 0.5))


def _share_row(label: str, share: Share) -> Row:
    bar = "" if share.share is None else place(share.share)
    return Row(label, in_hundred(share), n=of_how_many(share), bar=bar)


def _share_table(rows: Iterable[tuple[str, Share]]) -> list[list[str]]:
    return [[label, count(share.n), count(share.part), in_hundred(share)] for label, share in rows]


def _rules(figures: Figures) -> Part:
    rules = sorted(figures.rules.items(), key=lambda pair: (-pair[1].n, pair[0]))
    together = Share(sum(share.n for _id, share in rules), sum(share.part for _id, share in rules))
    if together.share is None:
        sentence = _("Rules pointed at too little to say how often they were right (%(n)s).") % {
            "n": count(together.n)
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
        sentence = _("Too few decisions to say how they held (%(n)s).") % {"n": count(figures.undone.n)}
    else:
        sentence = _("Taken back at once: %(share)s of all decisions.") % {
            "share": in_hundred(figures.undone)
        }
    came_second = ngettext(
        "%(n)s time two people decided at once, and the second was told.",
        "%(n)s times two people decided at once, and the second was told.",
        figures.conflicts,
    ) % {"n": count(figures.conflicts)}
    waiting = ngettext("%(n)s appeal waits.", "%(n)s appeals wait.", figures.appeals_open) % {
        "n": count(figures.appeals_open)
    }
    chart = Chart(
        _("What became of decisions"),
        [_share_row(label, share) for label, share in shares],
        [_("What"), _("Of"), _("How many"), _("Share")],
        _share_table(shares),
    )
    return Part("outcomes", sentence, f"{came_second} {waiting}", [chart])


def _answered(figures: Figures) -> Part:
    """Not of the queue but of members: whether who began a topic was answered by somebody."""
    if figures.answered.share is None:
        sentence = _("Too few topics began to say how soon they were answered (%(n)s).") % {
            "n": count(figures.answered.n)
        }
    else:
        sentence = _("Answered by somebody within a day: %(share)s of all first posts.") % {
            "share": in_hundred(figures.answered)
        }
    half = figures.first_reply.p50
    hint = _("Half of the first answers came within %(time)s.") % {"time": length(half)} if half else ""
    said = _("Topics that began at least a day ago and can be read now. A reply that was taken down is none.")
    within, answers = _("Answered within a day"), _("The first answer")
    charts = [
        Chart(
            _("First posts that were answered within a day"),
            [_share_row(within, figures.answered)],
            [_("What"), _("Of"), _("How many"), _("Share")],
            _share_table([(within, figures.answered)]),
        ),
        Chart(
            _("From a first post to its first answer"),
            [_wait_row(answers, figures.first_reply)],
            [_("What"), _("Answers"), _("Half came within"), _("95 in 100 came within")],
            [_wait_cells(answers, figures.first_reply)],
            scale(),
        ),
    ]
    return Part("answered", sentence, f"{hint} {said}".strip(), charts)
