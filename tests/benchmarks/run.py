"""`make bench`: fill a database, serve it, measure its pages; on SQLite and on PostgreSQL, then remove it.

`make bench TIMES=10` also measures ten times as many topics and posts, and prints how much more a page costs.
`python -m tests.benchmarks.run --on URL` measures a database that `manage.py fill` filled, and leaves it.
Nothing leaves this machine: the server listens on loopback only.
"""

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.benchmarks import report
from tests.run import find_postgresql, in_ci

ROOT = Path(__file__).resolve().parent.parent.parent
PAPER = ROOT / "docs" / "benchmarks.md"
#: The measured part of the paper stands between these two lines.
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def say(words: str) -> None:
    print(words, flush=True)


def run(arguments: list[str], environment: dict[str, str]) -> None:
    """One step in its own process; raises CalledProcessError when it does not end well."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True)


@contextmanager
def throw_away(kind: str, folder: str) -> Iterator[str]:
    """The address of a new empty database, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    found = find_postgresql()
    if found is None:
        raise LookupError("No PostgreSQL found: nothing was measured on it.")
    name = f"hub_bench_{os.getpid()}"
    server = urlsplit(found)._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(found)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def measure(url: str, folder: str, *, fill: list[str] | None) -> dict[str, Any]:
    """Fill this database (unless it is filled), collect the static files, measure."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "family_hub.settings.bench",
        "DATABASE_URL": url,
        "VAR_DIR": folder,
    }
    run(["manage.py", "collectstatic", "--noinput", "-v0"], environment)
    run(["manage.py", "migrate", "-v0"], environment)
    run(["manage.py", "createcachetable"], environment)
    if fill is not None:
        run(["manage.py", "fill", *fill], environment)
        if not url.startswith("sqlite"):
            # As the server's own housekeeping would by and by.
            address = urlsplit(url)._replace(scheme="postgresql").geturl()
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
    results = Path(folder) / "results.json"
    run(["-m", "tests.benchmarks.one", str(results)], environment)
    measured: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return measured


def machine() -> str:
    """What it ran on, without names or places."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=1, help="also measure a site so many times as large")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--on", metavar="URL", help="measure this filled database, and leave it")
    parser.add_argument("--fill", default="", help="more words for `manage.py fill`, in one string")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAPER.relative_to(ROOT)}")
    options = parser.parse_args()
    parts: list[str] = []
    failed = False
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        runs: list[list[report.Row]] = []
        for times in sorted({1, options.times}):
            with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
                try:
                    if options.on:
                        said = measure(options.on, folder, fill=None)
                    else:
                        with throw_away(kind, folder) as url:
                            say(f"\n=== {kind}, {times} times the data ===")
                            said = measure(url, folder, fill=["--times", str(times), *options.fill.split()])
                except LookupError as missing:
                    say(f"\n!!! {missing}")
                    failed = failed or in_ci()
                    break
            runs.append(said["rows"])
            title = f"{said['database']} {said['version']}, {times} times the data"
            part = f"### {title}\n\n{report.table(said['rows'])}\n\n{report.weights(said['rows'])}"
            if said["memory"]:
                part += f" Memory of the server and its two workers: {said['memory']:.0f} MB."
            parts.append(part)
            say("\n" + part)
            for fault in report.faults(said["rows"]):
                failed = True
                say(f"over the limit: {fault}")
            if options.on:
                break
        if len(runs) == 2:
            part = f"### {kind}: growth\n\n{report.growth(*runs)}"
            parts.append(part)
            say("\n" + part)
        if options.on:
            break
    if options.write and parts:
        write_down(parts)
    return 1 if failed else 0


def write_down(parts: list[str]) -> None:
    """Put the tables between the two marks of the paper; the words around them stay."""
    head = f"Measured {dt.date.today():%-d %B %Y} on {machine()}."
    before, rest = PAPER.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAPER.write_text(
        f"{before}{BEGIN}\n\n{head}\n\n" + "\n\n".join(parts) + f"\n\n{END}{after}", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
