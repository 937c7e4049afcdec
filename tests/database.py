"""Test databases copied from a migrated one, so that a run starts in a second instead of half a minute.

Migrating takes most of a short run. So the migrated database is built once and kept under a name that holds
a fingerprint of all migrations; every process copies it, and a test that commits gets a new copy afterwards
(flushing instead would lose what migrations wrote, and the append-only record refuses to be flushed).
"""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

ROOMS = ("accounts", "education", "family_hub", "forum", "safety")


def fingerprint(*further: str) -> str:
    """Twelve letters that change whenever a migrated database would come out differently.

    `further` names what else went into it: globs below the root of the project.
    """
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    sources = [root / "requirements.txt", root / "family_hub" / "settings" / "base.py", Path(__file__)]
    for room in ROOMS:
        sources += sorted((root / room).glob("migrations/**/*.py"))
        sources += sorted((root / room).glob("apps.py"))
    sources.append(root / "education" / "actions" / "house.py")  # runs after each migrate
    for pattern in further:
        sources += sorted(path for path in root.glob(pattern) if path.is_file())
    for source in sources:
        digest.update(str(source.relative_to(root)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold back other test processes that use the same folder."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Copies:
    """The template, and this process's copy of it. Subclasses know one database each."""

    def __init__(self, *, kind: str, fill: Callable[[], None] | None, made_from: tuple[str, ...]) -> None:
        self.target = str(self._target_name())
        self.template = f"{self._template_stem()}{kind}_{fingerprint(*made_from)}"
        self.kind = kind
        self.fill = fill

    def prepare(self, *, anew: bool = False) -> None:
        """Build the template if it is not there (or `anew`), then make this process's copy."""
        with one_at_a_time("test-template"):
            self._ensure_template(anew=anew)
        self.renew()

    def _ensure_template(self, *, anew: bool) -> None:
        if anew or not self._has_template(self.template):
            self._remove_older()
            self._build(anew=anew)

    def renew(self) -> None:
        """Throw away whatever was written and start from the template again."""
        connections.close_all()
        self._drop(self.target)
        self._copy(self.template, self.target)
        self._point_at(self.target)

    def remove(self) -> None:
        connections.close_all()
        self._drop(self.target)

    def _build(self, *, anew: bool) -> None:
        unfinished = f"{self.template}_new"
        self._drop(unfinished)
        if self.fill:
            migrated = type(self)(kind="migrated", fill=None, made_from=())
            migrated._ensure_template(anew=anew)
            self._copy(migrated.template, unfinished)
            self._point_at(unfinished)
            self.fill()
        else:
            self._create(unfinished)
            self._point_at(unfinished)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        connections.close_all()
        self._finish(unfinished)

    @staticmethod
    def _point_at(name: str) -> None:
        connection.close()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name


class SQLiteCopies(_Copies):
    def _target_name(self) -> str:
        return connection.settings_dict["TEST"]["NAME"]

    def _template_stem(self) -> str:
        return str(Path(settings.VAR_DIR) / "test-template-")

    def _has_template(self, name: str) -> bool:
        return Path(name).exists()

    def _remove_older(self) -> None:
        for old in Path(settings.VAR_DIR).glob(f"test-template-{self.kind}_*"):
            old.unlink(missing_ok=True)

    def _create(self, name: str) -> None:
        Path(name).parent.mkdir(parents=True, exist_ok=True)

    def _drop(self, name: str) -> None:
        for tail in ("", "-wal", "-shm", "-journal"):
            Path(name + tail).unlink(missing_ok=True)

    def _copy(self, source: str, target: str) -> None:
        shutil.copyfile(source, target)

    def _finish(self, unfinished: str) -> None:
        # The last connection to close has folded the write-ahead log into the file.
        Path(unfinished).rename(self.template)


class PostgreSQLCopies(_Copies):
    def _target_name(self) -> str:
        given = connection.settings_dict["TEST"].get("NAME")
        return given or f"test_{connection.settings_dict['NAME']}"

    def _template_stem(self) -> str:
        # One template serves all workers, whose own names end in _gw0, _gw1 ...
        return self._target_name().rsplit("_gw", 1)[0] + "_from_"

    def _has_template(self, name: str) -> bool:
        return bool(self._ask("SELECT 1 FROM pg_database WHERE datname = %s", [name]))

    def _remove_older(self) -> None:
        stem = f"{self._template_stem()}{self.kind}_"
        for (name,) in self._ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [stem]):
            self._drop(name)

    def _create(self, name: str) -> None:
        self._do(f"CREATE DATABASE {self._quote(name)} ENCODING 'UTF8' TEMPLATE template0")

    def _drop(self, name: str) -> None:
        self._do(f"DROP DATABASE IF EXISTS {self._quote(name)} WITH (FORCE)")

    def _copy(self, source: str, target: str) -> None:
        for attempt in range(40):
            try:
                self._do(f"CREATE DATABASE {self._quote(target)} TEMPLATE {self._quote(source)}")
                return
            except Exception as error:
                # Another worker is copying the same template at this moment.
                if "being accessed" not in str(error) or attempt == 39:
                    raise
                time.sleep(0.25)

    def _finish(self, unfinished: str) -> None:
        self._do(f"ALTER DATABASE {self._quote(unfinished)} RENAME TO {self._quote(self.template)}")

    def _quote(self, name: str) -> str:
        return connection.ops.quote_name(name)

    def _do(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)

    def _ask(self, question: str, values: list[str]) -> list[tuple]:
        with connection._nodb_cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()


def copies(
    *, kind: str = "migrated", fill: Callable[[], None] | None = None, made_from: tuple[str, ...] = ()
) -> _Copies:
    """The copying that fits the configured database.

    `fill` adds content to the template after migrating; `made_from` are globs of the files it reads.
    """
    maker = SQLiteCopies if connection.vendor == "sqlite" else PostgreSQLCopies
    return maker(kind=kind, fill=fill, made_from=made_from)
