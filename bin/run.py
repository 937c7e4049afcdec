"""`make run`: set the site up if need be, then run server and worker together until Ctrl-C.

Development only. A real site is described in docs/operate.md.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "family_hub.settings.dev")
PORT = os.environ.get("PORT", "8000")
ADDRESS = f"http://127.0.0.1:{PORT}/"


def set_up() -> None:
    """Bring database, lessons and demo cast up to date; quick when they are."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    for folder in ("mail", "media"):
        (Path(settings.VAR_DIR) / folder).mkdir(parents=True, exist_ok=True)
    django.setup()
    print("Family Hub: database", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    print("Family Hub: lessons", flush=True)
    call_command("load_starter")
    call_command("load_boards")
    call_command("load_templates")
    print("Family Hub: demo people", flush=True)
    call_command("load_demo")


def start() -> dict[str, subprocess.Popen]:
    """Server and worker, each in its own process group, so that Ctrl-C reaches them through us alone."""
    here = sys.executable
    server = [here, "-m", "gunicorn", "family_hub.wsgi", "--bind", f"127.0.0.1:{PORT}", "--threads", "4"]
    server += ["--log-level", "warning", "--no-control-socket", "--graceful-timeout", "5"]
    return {
        "server": subprocess.Popen(server, start_new_session=True),
        "worker": subprocess.Popen([here, "manage.py", "work"], start_new_session=True),
    }


def stop(running: dict[str, subprocess.Popen]) -> None:
    """Ask both to end, wait, and insist after ten seconds."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    for process in running.values():
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        set_up()
        running = start()
    except KeyboardInterrupt:
        return 130
    try:
        print(f"\nFamily Hub is at {ADDRESS}   (Ctrl-C ends it)\n", flush=True)
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    print(
                        f"Family Hub: the {name} ended (code {process.returncode}); ending too.", flush=True
                    )
                    return process.returncode or 1
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nFamily Hub: ending.", flush=True)
        return 0
    finally:
        stop(running)


if __name__ == "__main__":
    sys.exit(main())
