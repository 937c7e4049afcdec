"""A monthly report in words: what was left out is said to be, and no sum gives it away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from forum.charts import length
from forum.figures import NEEDS
from forum.models import MonthlyReport
from forum.states import SanctionKind

Table = Mapping[str, int | None]


@dataclass(frozen=True)
class Section:
    """A heading, rows of (name, count in words), and sentences below them."""

    heading: str
    rows: list[tuple[str, str]]
    sentences: list[str]


def month_name(report: MonthlyReport) -> str:
    """October 2026, in the reader's language."""
    return date_format(report.month, "YEAR_MONTH_FORMAT")


def count(number: int | None) -> str:
    """A count; None was left out when the report was made."""
    return _("fewer than 5") if number is None else number_format(number, force_grouping=True)


def total(table: Table) -> str:
    """The sum under "all", or the least it can be: each part that was left out is at least 1."""
    if table["all"] is not None:
        return count(table["all"])
    parts = [number for name, number in table.items() if name != "all"]
    least = sum(1 if number is None else number for number in parts)
    return _("at least %(n)s") % {"n": count(least)}


def sections_of(report: MonthlyReport) -> list[Section]:
    """The report as sections of the page, in order."""
    figures: dict[str, Any] = report.figures
    return [
        _read_first(figures["read_first"], figures["median_wait"]),
        _afterwards(figures["afterwards"]),
        _reports(figures["reports"]),
        _appeals(figures["appeals"]),
        _sanctions(figures["sanctions"]),
        _software(figures["rule_tenths"]),
        Section(
            _("When the team asked a clinician"),
            [(_("Calls to the clinician on call"), count(figures["escalations"]["asked"]))],
            [],
        ),
    ]


def _read_first(table: Table, median: int | None) -> Section:
    rows = [
        (_("Published as they were"), count(table["published"])),
        (_("Published with a change by the team"), count(table["changed"])),
        (_("Sent back to their authors"), count(table["sent_back"])),
        (_("Not published"), count(table["not_published"])),
        (_("All together"), total(table)),
    ]
    if median is None:
        wait = _("They were too few to say how long they waited.")
    else:
        wait = _("Half of them had their answer within %(time)s.") % {"time": length(median * 60)}
    return Section(_("Posts and changes read before others could"), rows, [wait])


def _afterwards(table: Table) -> Section:
    rows = [
        (_("Hidden while the team looked"), count(table["hidden"])),
        (_("Taken down"), count(table["taken_down"])),
        (_("Brought back"), count(table["brought_back"])),
    ]
    return Section(
        _("Posts that others had read already"), rows, [_("One post may be in more than one line.")]
    )


def _reports(table: Table) -> Section:
    rows = [
        (_("The team acted"), count(table["acted_on"])),
        (_("The post stays"), count(table["post_stays"])),
        (_("Already reported"), count(table["already_reported"])),
        (_("Taken back"), count(table["taken_back"])),
        (_("Still open when this was made"), count(table["still_open"])),
        (_("All together"), total(table)),
    ]
    return Section(_("Reports from members"), rows, [])


def _appeals(table: Table) -> Section:
    rows = [
        (_("The decision was changed"), count(table["changed"])),
        (_("The decision stays"), count(table["kept"])),
        (_("All together"), total(table)),
    ]
    sentences = [_("An appeal is decided by somebody else than the first time.")]
    changed, together = table["changed"], table["all"]
    if changed is not None and together is not None and together >= NEEDS:
        share = round(changed * 100 / together)
        sentences.append(_("%(n)d in 100 appeals changed the decision.") % {"n": share})
    return Section(_("Appeals decided"), rows, sentences)


def _sanctions(table: Table) -> Section:
    rows = [(str(kind.label), count(table[kind])) for kind in SanctionKind]
    together = (_("All together"), total(table))
    said = _("Each has a reason and an end, and can be appealed. None is set by the software.")
    return Section(_("Limits on what a person may do here"), [*rows, together], [said])


def _software(tenths: int | None) -> Section:
    how = _(
        "None of the decisions above. Rules in the software ask a person to look at words that may mean "
        "danger, at private details, at links from new members and at phrases the team watches for. "
        "They also set what is read first. People decide."
    )
    if tenths is None:
        asked = _("There were too few posts to say how often a rule had asked.")
    elif tenths == 0:
        asked = _("Of the posts read first, fewer than 1 in 10 were there because a rule had asked.")
    elif tenths == 10:
        asked = _("Nearly all posts read first were there because a rule had asked.")
    else:
        asked = _("Of the posts read first, about %(n)d in 10 were there because a rule had asked.") % {
            "n": tenths
        }
    return Section(_("What the software decided"), [], [how, asked])
