"""Rules about the tree itself, which no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("accounts", "education", "family_hub", "forum", "safety")
# A cleaned text leaves safety marked safe; these files own the rendering of text that safety cleaned.
MAY_MARK_SAFE = re.compile(
    r"^(safety/clean\.py|education/(blocks|templatetags|claims|prose|models)|forum/templatetags)"
)


def sources(*parts: str) -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts and (not parts or path.name in parts or path.parent.name in parts)
    ]


def templates() -> list[Path]:
    return sorted(
        path
        for folder in [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]
        for path in folder.rglob("*.html")
    )


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [named(path) for path in sources() if path.name in drawers] == []


def test_files_stay_short_enough_to_read_in_one_go():
    long = {named(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_file_leaves_work_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert [named(path) for path in [*sources(), *templates()] if later.search(path.read_text())] == []


@pytest.mark.parametrize("kind", ["states.py", "rules.py"])
def test_states_and_rules_do_not_know_the_tables(kind):
    faults = []
    for path in sources(kind):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                room, _, module = node.module.partition(".")
                if room in ROOMS and module.split(".")[0] in {"models", "actions", "forms", "views"}:
                    faults.append(f"{named(path)} imports {node.module}")
    assert faults == []


def public_functions(path: Path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_public_functions_in_rules_and_actions_say_what_they_take_and_give():
    faults = [
        f"{named(path)}: {function.name}"
        for path in sources("rules.py", "rules", "actions.py", "actions")
        for function in public_functions(path)
        if function.returns is None
    ]
    assert faults == []


def test_actions_take_their_arguments_by_name():
    faults = [
        f"{named(path)}: {function.name}"
        for path in sources("actions.py", "actions")
        for function in public_functions(path)
        if any("transaction" in ast.unparse(decorator) for decorator in function.decorator_list)
        and (function.args.args or function.args.posonlyargs)
    ]
    assert faults == []


def test_only_text_that_safety_cleaned_is_marked_safe():
    marks = re.compile(r"mark_safe\(|SafeString\(")
    faults = [
        named(path)
        for path in sources()
        if marks.search(path.read_text()) and not MAY_MARK_SAFE.match(named(path))
    ]
    assert faults == []


def test_no_template_carries_style_script_or_handlers_inline():
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=[\"']|\son[a-z]+=[\"']", re.IGNORECASE)
    faults = {
        named(path): inline.findall(path.read_text()) for path in templates() if "emails" not in path.parts
    }
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_template_loads_anything_from_another_site():
    outside = re.compile(
        r"<(?:script|link|img|iframe|source|video|audio)[^>]*(?:src|href)=[\"'](?:https?:)?//"
    )
    assert [named(path) for path in templates() if outside.search(path.read_text())] == []


def test_no_phone_number_is_written_into_code_or_templates():
    number = re.compile(r"tel:\+?(?!000)\d|\b1-8\d\d-\d{3}-\d{4}\b|>\s*(?:911|988)\s*<")
    assert [named(path) for path in [*sources(), *templates()] if number.search(path.read_text())] == []


def test_components_say_first_what_they_take():
    faults = [
        named(path)
        for path in templates()
        if path.parent.name == "components" and not path.read_text().lstrip().startswith(("{#", "{% comment"))
    ]
    assert faults == []


def test_no_settings_file_of_one_machine_is_kept():
    assert not (ROOT / "family_hub" / "settings" / "local.py").exists()


def test_the_moderators_handbook_can_be_read_before_a_first_shift():
    words = (ROOT / "docs" / "moderators.md").read_text().split()
    assert 2500 <= len(words) <= 4000


def test_the_moderators_handbook_names_every_decision_and_every_reason():
    from forum.states import Decision, ReasonCode

    text = (ROOT / "docs" / "moderators.md").read_text().lower().replace("’", "'")
    codes = [code for code in ReasonCode if code != ReasonCode.NONE]
    names = [str(one.label) for one in (*Decision, *codes)]
    about_appeals = {"Change the decision", "Keep the decision"}
    missing = [
        name for name in names if name not in about_appeals and name.lower().replace("’", "'") not in text
    ]
    assert missing == []


def test_decisions_of_the_house_stay_short():
    long = [
        path.name
        for path in (ROOT / "docs" / "decisions").glob("*.md")
        if len(path.read_text().splitlines()) > 40
    ]
    assert long == []
