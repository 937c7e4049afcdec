"""The figures as JSON, for tests and for a site's own reports."""

import datetime as dt
from typing import Any

from forum.figures import NEEDS, Backlog, Figures, Share, Wait


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures with keys that stay.

    made_at, since: ISO 8601, UTC. needs: the n under which p50, p95 and share are null. Waits and ages are
    seconds. Severities are keyed "0" to "3", reasons by their kind, rules by their id.
    """
    since = figures.made_at - dt.timedelta(days=figures.days)
    return {
        "made_at": figures.made_at.astimezone(dt.UTC).isoformat(),
        "since": since.astimezone(dt.UTC).isoformat(),
        "days": figures.days,
        "needs": NEEDS,
        "first_answer": {
            "all": _wait(figures.first_answer),
            "by_severity": {str(key): _wait(wait) for key, wait in figures.by_severity.items()},
            "by_reason": {key: _wait(wait) for key, wait in figures.by_reason.items()},
        },
        "backlog": {
            "all": _open(figures.backlog),
            "by_severity": {str(key): _open(part) for key, part in figures.backlog_by_severity.items()},
        },
        "late": {
            "all": _share(figures.late),
            "by_hour": [
                {"weekday": weekday, "hour": hour} | _share(share)
                for (weekday, hour), share in figures.late_by_hour.items()
            ],
        },
        "rules_upheld": {key: _share(share) for key, share in figures.rules.items()},
        "missed_in_sample": _share(figures.missed_in_sample),
        "rules_missed": _share(figures.rules_missed),
        "appeals": {"open": figures.appeals_open, "changed": _share(figures.appeals_changed)},
        "conflicts": figures.conflicts,
        "undone": _share(figures.undone),
        "returned_then_published": _share(figures.returned_then_published),
        "answered_within_a_day": _share(figures.answered),
        "first_reply": _wait(figures.first_reply),
    }


def _wait(wait: Wait) -> dict[str, Any]:
    return {"n": wait.n, "p50": wait.p50, "p95": wait.p95}


def _share(share: Share) -> dict[str, Any]:
    return {"n": share.n, "part": share.part, "share": share.share}


def _open(backlog: Backlog) -> dict[str, Any]:
    return {"open": backlog.open, "past_due": backlog.past_due, "oldest_age": backlog.oldest_age}
