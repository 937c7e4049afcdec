"""Finding Chromium: the system's, else the one Playwright downloaded, else Debian's package."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(*, install: bool = False) -> str | None:
    """The path of a Chromium, or None.

    CHROMIUM in the environment wins. With `install`, and only when none is there: Playwright's own download
    is tried, then, as root on Debian, the package `chromium`. Nothing else is ever installed on the system.
    """
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    found = next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()
    if found or not install:
        return found
    print("No Chromium here. Trying Playwright's own download.", flush=True)
    if _done([shutil.which("playwright") or ".venv/bin/playwright", "install", "chromium"]):
        found = _playwrights_own()
    if not found and os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        print("That did not work. Installing Debian's package chromium (about 90 MB).", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _done(["apt-get", "update", "-qq"], env=quiet)
        _done(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env=quiet)
        found = shutil.which("chromium")
    return found


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _done(command: list[str], env: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, timeout=600).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
