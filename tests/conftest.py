"""What every test relies on: its own database, an empty cache, files that vanish, the cast."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.database import copies

pytest_plugins = ["tests.cast"]

hypothesis_settings.register_profile(
    "quick",
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "long", parent=hypothesis_settings.get_profile("quick"), max_examples=1000
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


#: What a test that asks the database names, by itself or through a fixture.
ASKS_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config, items) -> None:
    """On PostgreSQL leave out what no database can change: those tests have run on SQLite.

    That is what asks no database, and what is marked as walking over pages, each of which has tests of its own.
    """
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    asks = [
        item
        for item in items
        if not item.get_closest_marker("one_database")
        and (item.get_closest_marker("django_db") or not ASKS_THE_DATABASE.isdisjoint(item.fixturenames))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
    items[:] = asks


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Replaces pytest-django's: the database is a copy of a migrated one (tests/database.py)."""
    with django_db_blocker.unblock():
        database = copies()
        database.prepare(anew=request.config.getvalue("create_db"))
        # A test that commits gets a fresh copy afterwards; flushing would lose what migrations wrote.
        flush = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda case: database.renew()
    yield database
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        database.remove()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits, and what a process remembers of the house rules, leak from one test to the next otherwise."""
    from forum.actions.watching import forget_watched
    from forum.answering import forget_answered
    from forum.badges import forget_badges
    from forum.waiting import forget_hours

    cache.clear()
    forget_watched()
    forget_hours()
    forget_answered()
    forget_badges()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_sample(monkeypatch) -> None:
    """One post in fifty would go to the team by chance; a test about the sample says so itself."""
    from forum import rules

    monkeypatch.setattr(rules, "falls_in_sample", lambda percent: percent >= 100)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A visit below /es/ leaves the process speaking Spanish, and addresses made after it begin with /es/."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _own_media(tmp_path_factory, monkeypatch) -> None:
    """Uploads go to memory; whatever asks for a folder gets one that vanishes."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", str(tmp_path_factory.getbasetemp() / "media"))


@pytest.fixture
def postgresql_only() -> None:
    """For races with real connections."""
    if settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1] != "postgresql":
        pytest.skip("races with real connections are run on PostgreSQL")
