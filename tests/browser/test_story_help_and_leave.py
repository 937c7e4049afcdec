"""Sentence 6 of the story: from every page, Help and Leave."""

import pytest

from tests.browser.story import join

PAGES = [
    "/",
    "/learn/",
    "/talk/",
    "/join/",
    "/sign-in/",
    "/help/",
    "/privacy/",
    "/help/stay-safe/",
    "/no-such-page/",
]


def test_help_and_leave_stand_on_every_page_and_help_can_be_dialled(visit, device):
    someone = visit(**device)
    for path in PAGES:
        someone.go(path)
        assert someone.page.get_by_role("link", name="Help now").first.is_visible(), path
        assert someone.page.get_by_role("link", name="Leave", exact=True).first.is_visible(), path
    someone.follow("Help now")
    call = someone.page.locator("main a[href^='tel:']").first
    assert call.is_visible()
    box = call.bounding_box()
    assert box["height"] >= 44, box
    someone.inspect()


@pytest.mark.parametrize(
    "path", ["/about/", "/privacy/", "/terms/", "/accessibility/", "/contact/", "/help/stay-safe/"]
)
def test_the_pages_every_service_has_are_there(visit, path):
    someone = visit(width=390)
    assert someone.page.goto(path).status == 200
    someone.inspect()


def test_leave_ends_the_session_and_back_shows_nothing_private(visit, device):
    member = visit(**device)
    name = join(member)
    member.go("/me/")
    member.sees(name)
    member.leave()
    assert not member.page.url.startswith(member.address)
    member.page.go_back()
    member.page.wait_for_load_state()
    member.sees_not(name)
    member.go("/me/")
    member.sees_not(name)
    member.sees("Sign in")
