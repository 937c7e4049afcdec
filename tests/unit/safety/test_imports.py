import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("accounts", "care", "education", "family_hub", "forum", "journal", "safety", "tests")
ONLY_BEHIND_THE_DOOR = {"bleach", "nh3", "markdown_it"}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


def _files() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_only_one_file_turns_text_into_html() -> None:
    found = {str(path.relative_to(ROOT)) for path in _files() if _imported(path) & ONLY_BEHIND_THE_DOOR}
    assert found == {"safety/clean.py"}


@pytest.mark.parametrize("room", ["accounts", "education", "family_hub", "forum"])
def test_the_safety_room_knows_no_other_room(room: str) -> None:
    assert not [path for path in (ROOT / "safety").rglob("*.py") if room in _imported(path)]
