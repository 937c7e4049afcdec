"""Every translation file must compile: same placeholders as the original, nothing broken."""

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


def main() -> int:
    found = [fault for path in sorted((ROOT / "locale").rglob("*.po")) for fault in faults(path)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
