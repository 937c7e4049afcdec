"""Every translation file must be whole: the same placeholders as the original, and compiled as it stands.

Compiled files stand beside the sources, so that a site needs no gettext tools. `--compile` makes them anew.
"""

import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")


def faults(path: Path) -> list[str]:
    """What is wrong with one .po file, one sentence each."""
    try:
        catalogue = polib.pofile(str(path), check_for_duplicates=True)
    except (OSError, ValueError) as error:
        return [f"{path}: {error}"]
    found = []
    for entry in catalogue.translated_entries():
        pairs = [(entry.msgid, entry.msgstr)] if entry.msgstr else []
        pairs += [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
        for original, text in pairs:
            wanted, there = set(PLACEHOLDER.findall(original)), set(PLACEHOLDER.findall(text))
            if there - wanted or (wanted - there and not entry.msgid_plural):
                found.append(f"{path}:{entry.linenum}: placeholders differ: {original!r}")
    return found


def stale(path: Path) -> list[str]:
    """The compiled file beside it, which is what people read, holds the same words."""
    words = {entry.msgid_with_context: _said(entry) for entry in polib.pofile(str(path)).translated_entries()}
    try:
        compiled = {
            entry.msgid_with_context: _said(entry) for entry in polib.mofile(str(path.with_suffix(".mo")))
        }
    except OSError:
        compiled = {}
    return [] if words == compiled else [f"{path}: compile it anew: python bin/check_messages.py --compile"]


def _said(entry: polib.POEntry | polib.MOEntry) -> tuple[str, ...]:
    return (entry.msgstr, *(entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)))


def main() -> int:
    paths = sorted((ROOT / "locale").rglob("*.po"))
    if "--compile" in sys.argv:
        for path in paths:
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    found = [fault for path in paths for fault in (*faults(path), *stale(path))]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
