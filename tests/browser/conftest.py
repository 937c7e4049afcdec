"""A real site on a port, real Chromium, and a watch for what must never happen on any page.

These journeys run in their own process, on their own database with the starter lessons in it:

    .venv/bin/pytest -m browser tests/browser
"""

import os
from collections.abc import Callable, Iterator

# Playwright runs an event loop in this thread; without this Django would refuse to talk to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.visit import Visit
from tests.database import copies

# Nothing of Chromium's own may go out and be mistaken for the site's.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]


def pytest_collection_modifyitems(session, config, items) -> None:
    """Mark everything here `browser`, and keep it apart from tests that share another database."""
    here = [item for item in items if "/tests/browser/" in str(item.path)]
    for item in here:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
    if len(here) < len(items) and "not browser" not in (config.option.markexpr or ""):
        for item in here:
            item.add_marker(
                pytest.mark.skip(reason="journeys run in their own process: -m browser tests/browser")
            )


CONTENT = (
    "education/starter/**/*",
    "education/starter_format/*.py",
    "education/actions/*.py",
    "forum/actions/opening.py",
)


def fill_with_starter_content() -> None:
    from django.core.management import call_command

    call_command("load_starter", verbosity=0)
    call_command("load_boards", verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A copy of a database that holds the starter lessons; every journey starts from it again."""
    with django_db_blocker.unblock():
        database = copies(kind="starter", fill=fill_with_starter_content, made_from=CONTENT)
        database.prepare(anew=request.config.getvalue("create_db"))
        flush = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda case: database.renew()
    yield database
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        database.remove()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        sentence = "No Chromium found: no journey was tested in a browser."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server) -> Iterator[Callable[..., Visit]]:
    """Opens a browser of its own: `visit(width=390, scripts=False)`. What went wrong in it fails the test."""
    opened: list[Visit] = []

    def start(*, width: int = 390, scripts: bool = True, dark: bool = False) -> Visit:
        opened.append(Visit(chromium, live_server.url, width=width, scripts=scripts, dark=dark))
        return opened[-1]

    yield start
    wrong = [fault for each in opened for fault in each.close()]
    assert wrong == [], "\n".join(wrong)


@pytest.fixture(
    params=[(390, True), (390, False), (1280, True), (1280, False)],
    ids=["phone", "phone without scripts", "desk", "desk without scripts"],
)
def device(request) -> dict:
    """The four ways each sentence of the story is walked: `visit(**device)`."""
    width, scripts = request.param
    return {"width": width, "scripts": scripts}


#: For the long journeys: the most used way, and the one least like it.
TWO_WAYS = pytest.mark.parametrize(
    "device", [(390, True), (1280, False)], ids=["phone", "desk without scripts"], indirect=True
)
