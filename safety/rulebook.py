"""The screening rules as data: read once from ``safety/rules/*.toml``, checked, compiled, versioned. Pure."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safety.phrases import compile_phrase

#: A overdose now, B own suicidal thoughts, C violence or a child at risk, D the loved one suicidal,
#: E dangerous withdrawal, H grief. (F and G, method detail and dosing advice, wait for clinicians.)
GROUPS = ("A", "B", "C", "D", "E", "H")
GUARDS = frozenset({"past", "told", "old", "negation", "inside", "reported", "nearest", "if"})
_FOLDER = Path(__file__).resolve().parent / "rules"


class RuleError(ValueError):
    """A rule file that cannot be used; the message says where."""


@dataclass(frozen=True)
class Rule:
    """One rule. ``loose`` rules only show help; guarded ones may also set a severity."""

    id: str
    group: str
    lang: str
    loose: bool
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    guards: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Rulebook:
    """All rules of all languages: upset people mix languages, so every text meets every rule."""

    rules: tuple[Rule, ...]
    idioms: tuple[re.Pattern[str], ...]
    version: str


@cache
def rulebook() -> Rulebook:
    """The rules that ship with the site. Raises RuleError or PhraseError on a file that cannot be used."""
    return load(_FOLDER)


def load(folder: Path) -> Rulebook:
    """The rules of a folder. Raises RuleError or PhraseError."""
    rules: list[Rule] = []
    idioms: list[re.Pattern[str]] = []
    names: list[str] = []
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        raw = path.read_bytes()
        digest.update(raw)
        data = tomllib.loads(raw.decode("utf-8"))
        names.append(f"{data['lang']}-{data['version']}")
        words: Mapping[str, str] = data.get("words", {})
        for entry in data.get("idiom", []):
            idioms.extend(compile_phrase(phrase, words) for phrase in entry["phrases"])
        rules.extend(_rule(entry, str(data["lang"]), words) for entry in data["rule"])
    ids = [rule.id for rule in rules]
    if not rules or len(set(ids)) != len(ids):
        raise RuleError(f"no rules, or a rule id twice, in {folder}")
    return Rulebook(tuple(rules), tuple(idioms), f"{'+'.join(names)}+{digest.hexdigest()[:8]}")


def _rule(entry: Mapping[str, Any], lang: str, words: Mapping[str, str]) -> Rule:
    guards = frozenset(entry.get("guards", ()))
    if entry["group"] not in GROUPS or entry["list"] not in ("loose", "guarded") or guards - GUARDS:
        raise RuleError(f"rule {entry['id']}: unknown group, list or guard")
    if not entry["reason"]:
        raise RuleError(f"rule {entry['id']}: no reason")
    return Rule(
        id=entry["id"],
        group=entry["group"],
        lang=lang,
        loose=entry["list"] == "loose",
        patterns=tuple(compile_phrase(phrase, words) for phrase in entry["phrases"]),
        unless=tuple(compile_phrase(phrase, words) for phrase in entry.get("unless", ())),
        guards=guards,
        reason=entry["reason"],
    )
