"""What a new site starts with: boards, and the first texts of its team."""

import tomllib
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from forum.models import Board, ResponseTemplate, SeverityGuide

_DATA = Path(__file__).resolve().parent.parent / "data"
BOARDS = _DATA / "boards.toml"
TEAM_TEXTS = _DATA / "team_texts.toml"


@transaction.atomic
def open_starter_boards() -> int:
    """Make the boards of forum/data/boards.toml that are not there yet; returns how many were made.

    A board that exists is never changed: operators may have made it theirs.
    """
    made = 0
    for position, fields in enumerate(tomllib.loads(BOARDS.read_text(encoding="utf-8"))["board"], start=1):
        slug = fields.pop("slug")
        _board, created = Board.objects.get_or_create(slug=slug, defaults={**fields, "position": position})
        made += created
    return made


@transaction.atomic
def load_team_texts() -> int:
    """Make the response templates and the severity guide of team_texts.toml that are not there yet.

    Returns how many were made. What is there is never changed: clinicians may have made it theirs. A template
    is known by its name, and by its words when it was renamed.
    """
    texts = tomllib.loads(TEAM_TEXTS.read_text(encoding="utf-8"))
    made = 0
    for position, fields in enumerate(texts["template"], start=1):
        same = Q(name=fields["name"]) | Q(text_en=fields["text_en"].strip())
        if not ResponseTemplate.objects.filter(same).exists():
            ResponseTemplate.objects.create(**_trimmed(fields), position=10 * position)
            made += 1
    for fields in texts["severity"]:
        severity = fields.pop("severity")
        _guide, created = SeverityGuide.objects.get_or_create(severity=severity, defaults=_trimmed(fields))
        made += created
    return made


def _trimmed(fields: dict[str, str]) -> dict[str, str]:
    return {name: words.strip() for name, words in fields.items()}
