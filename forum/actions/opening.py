"""Opening the boards a new site starts with."""

import tomllib
from pathlib import Path

from django.db import transaction

from forum.models import Board

BOARDS = Path(__file__).resolve().parent.parent / "data" / "boards.toml"


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
