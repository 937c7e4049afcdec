"""Processor time of the server's processes and of the database's, from /proc; and a server of our own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
NANOSECOND = 1e-9


def seconds_of(pid: int) -> float:
    """Processor time of one process and all its threads, its own and the kernel's for it; 0 once it ended."""
    try:
        tasks = [task / "schedstat" for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int(task.read_text().split()[0]) for task in tasks) * NANOSECOND
    except (FileNotFoundError, ProcessLookupError):
        pass
    try:  # no such count in this kernel: by clock ticks, a hundredth of a second each
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """The processes this one started."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            children.append(int(stat.parent.name))
    return children


def memory_of(pids: list[int]) -> float:
    """Megabytes these processes hold together, shared pages counted once (PSS); 0 where it cannot be read."""
    kilobytes = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0.0
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The site on loopback, with as many workers as a small site has. Ends only what it started."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "tests.benchmarks.wsgi", "--bind", self.address]
        command += ["--workers", str(WORKERS), "--log-level", "warning", "--no-control-socket"]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def __enter__(self) -> "Server":
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception) -> None:
        self.stop()

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with {self.process.returncode}.")
            try:
                urllib.request.urlopen(f"http://{self.address}/bare/hello/", timeout=5).close()  # noqa: S310
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError("The server did not answer within a minute.")

    @property
    def pids(self) -> list[int]:
        """The server's own processes."""
        return [self.process.pid, *children_of(self.process.pid)]

    def stop(self) -> None:
        """Ask it to end, wait, and insist after ten seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
