"""`make faults`: workers killed and mail servers gone, with real processes, on SQLite and on PostgreSQL."""

import sys

from tests.run import find_postgresql, in_ci, pytest


def main() -> int:
    """0 when all passed; without PostgreSQL its part is skipped, or fails with CI set."""
    results = [pytest("Faults on SQLite", ["tests/faults"])]
    url = find_postgresql()
    if url:
        results.append(pytest("Faults on PostgreSQL", ["tests/faults"], DATABASE_URL=url))
    else:
        print("\n!!! No PostgreSQL found: no fault was tried on it.", flush=True)
        results.append((not in_ci(), ""))
    return 0 if all(ok for ok, _said in results) else 1


if __name__ == "__main__":
    sys.exit(main())
