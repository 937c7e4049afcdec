"""Steps that several journeys share, each as a person would do it: by links, labels and buttons."""

from tests.browser.visit import Visit
from tests.cast import PASSPHRASE


def join(visit: Visit) -> str:
    """Join with the first suggested name, keep the rescue phrase, and return the name."""
    visit.go("/join/")
    offer = visit.page.get_by_role("radio").first
    name = offer.get_attribute("value").split(".")[0]
    offer.check()
    visit.fill("Passphrase", PASSPHRASE)
    visit.page.get_by_role("checkbox", name="I have read the five rules").check()
    visit.page.get_by_role("checkbox", name="I am 18 or older").check()
    visit.press("Join", within="main form")
    visit.page.get_by_role("checkbox", name="I have kept them").check()
    visit.press("Go on")
    return name


def write_topic(visit: Visit, *, board: str, title: str, text: str) -> None:
    """Start a topic on a board, from Talk; the page then says what happens next."""
    visit.go("/talk/")
    visit.follow(board, within="main")
    visit.follow("Start a topic", within="main")
    visit.fill("What is it about?", title)
    visit.fill("Your post", text)
    visit.press("Send", within="main form")


def decide_first(visit: Visit, decision: str, *, reason: str = "") -> None:
    """As a moderator: open the item that is first in the queue, and decide about it."""
    visit.go("/queue/")
    visit.page.locator(".queue-item a").first.click()
    visit.inspect()
    visit.page.locator(f"input[name=decision][value={decision}]").check()
    if reason:
        visit.page.locator(f"input[name=reason_code][value={reason}]").check()
    visit.press("Decide")
    visit.sees_not("There is a problem")
