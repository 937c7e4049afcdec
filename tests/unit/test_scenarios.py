"""The table of scenarios names tests that exist, and leaves no number out (tests/flows/README.md)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TABLE = (ROOT / "tests/flows/README.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
ROWS = dict(re.findall(r"^\| ([AHI]\d+) \| (.+) \|$", TABLE, re.MULTILINE))

#: The numbers of the design; some were never given.
SCENARIOS = (
    *(f"A{n:02}" for n in (1, 2, 3, 4, 6, 7, 9, 10, 12, 14, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 27, 29)),
    *(f"A{n}" for n in (30, 32, 33, 34, 35, 37, 39, 40, 41, 43, 44, 46, 47, 48, 49, 50)),
)
NUMBERS = (*SCENARIOS, *(f"H{n}" for n in range(1, 31)), *(f"I{n}" for n in range(1, 11)))


def test_every_number_of_the_design_has_a_row():
    assert set(ROWS) == set(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_row_names_tests_that_exist_or_says_who_owes_them(number):
    named = NAMED.findall(ROWS[number])
    assert named or "Later: " in ROWS[number]
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{path}::{name}"
