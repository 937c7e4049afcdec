"""A board's ready first lines, and what the writing page begins with when a member chose one."""

import re

from django.urls import reverse

from forum.models import Board
from forum.models.revisions import TITLE_LENGTH

_SENTENCE_ENDS = re.compile(r"(?<=[^.])[.!?…](?=\s|$)")


def lines_of(board: Board) -> list[str]:
    """The board's openings, one a line, in their order."""
    return [line.strip() for line in board.openings.splitlines() if line.strip()]


def links_of(board: Board) -> list[dict[str, str]]:
    """Each opening with the address that begins a topic with it."""
    address = reverse("new_topic", args=[board.slug])
    return [
        {"line": line, "url": f"{address}?opening={number}"} for number, line in enumerate(lines_of(board), 1)
    ]


def begin_with(board: Board, chosen: str) -> dict[str, str]:
    """Title and text to begin with: the first sentence of the opening chosen, and all of it.

    `chosen` is a number from an address. Words never come from there, so that nobody can put words into
    another person's form by a link; whatever is no opening of this board is an empty form.
    """
    lines = lines_of(board)
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 4 and 0 < int(chosen) <= len(lines)):
        return {}
    line = lines[int(chosen) - 1]
    return {"title": _SENTENCE_ENDS.split(line, maxsplit=1)[0].strip()[:TITLE_LENGTH], "text": f"{line} "}
