"""Measure one filled database: `python -m tests.benchmarks.one RESULTS`, settings and DATABASE_URL given."""

import json
import sys
from pathlib import Path

import django


def main(results: Path) -> int:
    django.setup()
    from django.db import connection

    from tests.benchmarks import asked
    from tests.benchmarks.browser import Browser
    from tests.benchmarks.measure import Bench, Failed
    from tests.benchmarks.processes import Server, memory_of

    postgresql = connection.vendor == "postgresql"

    def backends() -> list[int]:
        """The database's processes that serve our server; on SQLite the server does that itself."""
        if not postgresql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return [pid for (pid,) in cursor.fetchall()]

    things = asked.what_to_ask()
    with Server() as server:
        bench = Bench(server.address, lambda: [*server.pids, *backends()])
        try:
            bench.add_pages(things.pages, who=asked.VISITOR, browser=Browser(server.address))
            reader = asked.reader()
            bench.add_pages(
                things.pages,
                who=asked.MEMBER,
                browser=asked.signed_in(server.address, reader),
                name=reader.username,
            )
            writers = [asked.signed_in(server.address, user) for user in asked.writers()]
            bench.add_replies("reply, ordinary topic", things.ordinary, writers)
            bench.add_replies("reply, longest topic", things.longest, writers)
            rows = bench.run()
        except Failed as failed:
            print(f"bench: {failed}", file=sys.stderr, flush=True)
            return 1
        memory = memory_of(server.pids)
    said = {
        "database": connection.vendor,
        "version": ".".join(map(str, connection.get_database_version())),
        "memory": memory,
        "rows": [vars(row) for row in rows],
    }
    results.write_text(json.dumps(said), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
