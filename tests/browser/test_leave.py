"""After Leave, Back shows nothing private: in a Chromium that does keep pages in memory.

Playwright turns that memory off by itself; with it off these tests would prove nothing, so the first test
asks whether it is on.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.chromium import find_chromium
from tests.cast import make_person


@pytest.fixture
def remembering(chromium, live_server) -> Iterator[BrowserContext]:
    """A browser context with the back/forward memory on; the neutral page is played here."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=root, ignore_default_args=["--disable-back-forward-cache"]
    )
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    context.route(
        lambda url: not url.startswith(live_server.url),
        lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"),
    )
    yield context
    browser.close()


def signed_in_page(context: BrowserContext, live_server, handle: str) -> Page:
    """A page of `handle`'s browser; the session is put there as signing in would."""
    person = make_person(handle, trust=1)
    session = person.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url, "httpOnly": True}])
    page = context.new_page()
    page.goto("/me/")
    assert handle in page.locator("body").inner_text()
    return page


def leave_and_come_back(page: Page, live_server) -> None:
    page.wait_for_url(lambda url: not url.startswith(live_server.url))
    page.go_back(wait_until="commit")
    if page.url.endswith("/leave/"):
        page.goto("/me/")
    # A page that comes back from memory fires no load event: wait for something to stand there.
    page.locator("h1").first.wait_for()


def test_this_browser_does_keep_pages_in_memory(remembering, live_server):
    page = remembering.new_page()
    page.goto("/privacy/")
    page.evaluate("window.isTheSamePage = true")
    page.goto("/terms/")
    page.go_back(wait_until="commit")
    assert page.evaluate("window.isTheSamePage === true")


def test_back_after_a_press_on_leave_shows_nothing_private(remembering, live_server):
    page = signed_in_page(remembering, live_server, "PorchRain")
    page.get_by_role("link", name="Leave", exact=True).click()
    leave_and_come_back(page, live_server)

    assert "PorchRain" not in page.content()
    assert page.title() != "You"
    assert not [cookie for cookie in remembering.cookies() if cookie["name"] == "sessionid"]


def test_back_after_shift_three_times_shows_nothing_private(remembering, live_server):
    page = signed_in_page(remembering, live_server, "QuietMaple")
    for _press in range(3):
        page.keyboard.press("Shift")
    leave_and_come_back(page, live_server)

    assert "QuietMaple" not in page.content()


def test_capital_letters_do_not_leave(remembering, live_server):
    page = signed_in_page(remembering, live_server, "OatmealMoon")
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")

    assert "OatmealMoon" in page.locator("body").inner_text()


def test_without_scripts_back_shows_nothing_private_either(remembering, live_server):
    remembering.route("**/leave*.js", lambda route: route.abort())
    page = signed_in_page(remembering, live_server, "BlueKettle")
    page.get_by_role("link", name="Leave", exact=True).click()
    leave_and_come_back(page, live_server)

    assert "BlueKettle" not in page.content()
