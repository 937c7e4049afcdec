"""Sentence 1: a visitor reads a lesson, marks it done on this device, and finds their place again."""

from tests.browser.conftest import TWO_WAYS

LESSON = "Tonight: what to do first"


def test_a_visitor_reads_a_lesson_with_its_sources_and_trust_marks(visit, device):
    visitor = visit(**device)
    visitor.go("/")
    visitor.inspect()
    visitor.follow("Learn", within="header nav")
    visitor.inspect()
    visitor.follow("First hours", within="main")
    visitor.inspect()
    visitor.follow(LESSON, within="main")
    assert visitor.heading == LESSON
    for mark in ("Written by", "Reviewed by", "Review due", "sources"):
        visitor.sees(mark)
    claim = visitor.page.locator("main sup.claim a").first
    source = visitor.page.locator(claim.get_attribute("href"))
    claim.click()
    assert source.is_visible()
    assert visitor.page.locator("main a[href^='tel:']").count() >= 1
    visitor.inspect()


@TWO_WAYS
def test_an_answer_to_a_check_gets_its_reason(visit, device):
    visitor = visit(**device)
    visitor.go("/learn/first-hours/tonight-what-to-do/")
    option = visitor.page.locator(".check-option").first
    option.locator("input").check()
    visitor.page.get_by_role("button", name="See why").first.click()
    visitor.page.wait_for_load_state()
    reason = visitor.page.locator(".check-option").first.locator(".check-reason")
    assert reason.is_visible()
    assert visitor.page.locator(".check-option").nth(1).locator(".check-reason").is_hidden()
    visitor.inspect()


@TWO_WAYS
def test_a_visitor_marks_a_lesson_done_and_finds_their_place_again(visit, device):
    visitor = visit(**device)
    visitor.go("/learn/first-hours/tonight-what-to-do/")
    visitor.press("Mark done and go on")
    visitor.inspect()
    visitor.go("/learn/first-hours/")
    visitor.sees("Done")
    visitor.go("/learn/treatment/levels-of-care/")
    visitor.press("Keep my place")
    visitor.go("/")
    visitor.inspect()
    visitor.sees("Why this level of care?")
    visitor.follow("Continue", within="main")
    assert visitor.page.url.split("#")[0].endswith("/learn/treatment/levels-of-care/")
    kept = [
        cookie for cookie in visitor.context.cookies() if cookie["name"] not in ("csrftoken", "hub_leave")
    ]
    assert len(kept) == 1
    assert "sessionid" not in {cookie["name"] for cookie in kept}


def test_leave_takes_the_place_along(visit, device):
    visitor = visit(**device)
    visitor.go("/learn/treatment/levels-of-care/")
    visitor.press("Keep my place")
    visitor.leave()
    visitor.go("/learn/treatment/")
    visitor.sees_not("You are here", "Done")
    assert [c for c in visitor.context.cookies() if c["name"] not in ("csrftoken", "hub_leave")] == []
