"""`make check`: format, lint, layers, types, migrations, and Django's checks as a real site runs them."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"


def production_environment(folder: str) -> dict[str, str]:
    """Throw-away secrets, so that `check --deploy` sees production settings and nothing of a real site."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "family_hub.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SEAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "RECORD_KEYS": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "hub.example.org",
        "SITE_URL": "https://hub.example.org",
        "DATABASE_URL": f"sqlite:///{folder}/check.sqlite3",
        "EMAIL_URL": "smtp://localhost:25",
        "VAR_DIR": folder,
    }


def main() -> int:
    os.chdir(ROOT)
    python = str(BIN / "python")
    test_settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "family_hub.settings.test"}
    with tempfile.TemporaryDirectory() as folder:
        production = production_environment(folder)
        steps = [
            ("format", [BIN / "ruff", "format", "--check", "."], None),
            ("lint", [BIN / "ruff", "check", "."], None),
            ("templates", [BIN / "djlint", "templates", "--lint", "--quiet"], None),
            ("rooms and arrows", [BIN / "lint-imports", "--no-logo"], None),
            ("types", [BIN / "mypy", "--no-error-summary"], None),
            ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], test_settings),
            ("translations", [python, "bin/check_messages.py"], None),
            (
                "production settings",
                [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
                production,
            ),
        ]
        failed = [name for name, command, env in steps if not passes(name, command, env)]
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}", flush=True)
    return 1 if failed else 0


def passes(name: str, command: list, env: dict[str, str] | None) -> bool:
    """Run one step; its output is shown when it does not pass."""
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    print(
        f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)",
        flush=True,
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
