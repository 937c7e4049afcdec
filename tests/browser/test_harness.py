"""The watch itself: each fault it promises to see is planted once and must be seen."""

import pytest


@pytest.fixture
def planted(visit, live_server):
    """A visit whose faults are expected, so they are taken out before the end."""
    someone = visit()
    yield someone
    someone.faults.clear()


def test_an_inline_style_is_noticed(planted):
    planted.go("/privacy/")
    planted.page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'h1{color:red}'}))"
    )
    planted.page.wait_for_timeout(100)
    assert any("policy violation" in fault for fault in planted.faults)


def test_a_request_to_another_site_is_noticed(planted):
    planted.go("/privacy/")
    with pytest.raises(Exception, match="ERR_FAILED"):
        planted.page.goto("https://example.org/")
    assert any("left the site" in fault for fault in planted.faults)


def test_pale_text_is_noticed(planted):
    planted.go("/privacy/")
    planted.page.evaluate("document.querySelector('h1').style.setProperty('color', '#d0d0d0', 'important')")
    with pytest.raises(AssertionError, match="color-contrast"):
        planted.inspect()


def test_a_page_wider_than_the_screen_is_noticed(planted):
    planted.go("/privacy/")
    planted.page.evaluate("document.querySelector('main').style.setProperty('min-width', '900px')")
    with pytest.raises(AssertionError, match="scrolls sideways"):
        planted.inspect()
