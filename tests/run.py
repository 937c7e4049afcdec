"""`make test`: unit tests and flows on SQLite and on PostgreSQL, then the journeys in Chromium.

Each part runs even when an earlier one failed; the last lines repeat what pytest said about each.
No PostgreSQL or no Chromium: one loud line and that part is skipped; with CI set, the run fails.
TEST_POSTGRES_URL names another server or database than postgres://postgres@127.0.0.1:5432/family_hub.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.browser.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "test-summary.txt"
LOCAL_POSTGRESQL = "postgres://postgres@127.0.0.1:5432/family_hub"
MISSING_IN_CI = "CI is set, so this is a failure."


def in_ci() -> bool:
    """May nothing be skipped?"""
    return bool(os.environ.get("CI"))


def find_postgresql() -> str | None:
    """The address of a PostgreSQL server that answers, or None."""
    given = os.environ.get("DATABASE_URL", "")
    candidates = [
        os.environ.get("TEST_POSTGRES_URL", ""),
        given if given.startswith("postgres") else "",
        LOCAL_POSTGRESQL,
    ]
    for url in filter(None, candidates):
        server = urlsplit(url)._replace(scheme="postgresql", path="/postgres").geturl()
        try:
            psycopg.connect(server, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return url
    return None


def pytest(title: str, arguments: list[str], **environment: str) -> tuple[bool, str]:
    """Run one part in its own process; returns whether it passed, and pytest's closing line."""
    print(f"\n=== {title} ===", flush=True)
    env = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "TEST_POSTGRES_URL")
    }
    command = [sys.executable, "-m", "pytest", "-q", "-ra", "--no-header", *arguments]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**env, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in running.stdout:
        print(line, end="", flush=True)
        said = line.strip() or said
    return running.wait() == 0, said


def main() -> int:
    started = time.monotonic()
    results: list[tuple[str, bool, str]] = []

    def part(title: str, arguments: list[str], **environment: str) -> None:
        results.append((title, *pytest(title, arguments, **environment)))

    def without(title: str, sentence: str) -> None:
        print(f"\n!!! {sentence} {MISSING_IN_CI if in_ci() else ''}".rstrip(), flush=True)
        results.append((title, not in_ci(), f"SKIPPED: {sentence}"))

    everywhere = ["-n", "2", "-m", "not browser", "tests/unit", "tests/flows"]
    part("SQLite", everywhere)
    postgresql = find_postgresql()
    if postgresql:
        part("PostgreSQL", everywhere, DATABASE_URL=postgresql)
    else:
        without("PostgreSQL", "No PostgreSQL found: nothing was tested on it.")
    chromium = find_chromium(install=True)
    if chromium:
        part("Chromium", ["-n", "2", "-m", "browser", "tests/browser"], CHROMIUM=chromium)
    else:
        without("Chromium", "No Chromium found: no journey was tested in a browser.")

    lines = [f"{'ok  ' if ok else 'FAIL'} {title}: {said}" for title, ok, said in results]
    lines.append(f"make test took {time.monotonic() - started:.0f} s")
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n=== summary ===\n" + "\n".join(lines), flush=True)
    return 0 if all(ok for _, ok, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
