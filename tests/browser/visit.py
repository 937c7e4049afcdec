"""One person's browser: it walks, looks, and remembers every fault it saw on the way."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

AXE_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


#: The innermost elements that reach past the window, for the message of a failed look.
TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(-4)
  .map((one) => one.outerHTML.slice(0, 160))
"""


class Visit:
    """A browser context with one page. `close()` ends it and returns what must not have happened."""

    def __init__(self, browser: Browser, address: str, *, width: int, scripts: bool, dark: bool) -> None:
        self.address = address
        self.scripts = scripts
        self.width = width
        self.faults: list[str] = []
        self.is_leaving = False
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-US",
        )
        self.context.set_default_timeout(10_000)
        self.context.route(lambda url: not self._ours(url), self._refuse)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on(
            "pageerror", lambda error: self.faults.append(f"script error on {self.page.url}: {error}")
        )
        self.page.on("response", self._look_at)

    # --- walking ------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, name: str, *, within: str | None = None) -> None:
        """Click the link whose words contain `name`; in the landmark or element `within`, if named."""
        self._area(within).get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def press(self, name: str, *, within: str | None = None) -> None:
        self._area(within).get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def sign_in(self, handle: str, passphrase: str) -> None:
        self.go("/sign-in/")
        self.page.locator("input[name=login]").fill(handle)
        self.page.locator("input[name=password]").fill(passphrase)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state()
        assert "/sign-in/" not in self.page.url, self.text

    def leave(self) -> None:
        """Press Leave. The neutral page it goes on to is played here, so that nothing really leaves."""
        self.is_leaving = True
        self.page.get_by_role("link", name="Leave", exact=True).first.click()
        self.page.wait_for_url(lambda url: not self._ours(url))
        self.is_leaving = False

    # --- looking ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def sees(self, *words: str) -> None:
        text = " ".join(self.text.split())
        missing = [word for word in words if word not in text]
        assert not missing, f"{self.page.url} does not say {missing}; it says:\n{self.text}"

    def sees_not(self, *words: str) -> None:
        text = " ".join(self.text.split())
        there = [word for word in words if word in text]
        assert not there, f"{self.page.url} says {there}:\n{self.text}"

    def inspect(self) -> None:
        """One h1, no sideways scrolling, and axe without a finding, in light and (on the phone) in dark."""
        self.page.wait_for_load_state("load")  # a click waits for the page to begin, not for its stylesheets
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: exactly one h1"
        if not self.scripts:
            return
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px: {self.page.evaluate(TOO_WIDE)}"
        for scheme in ("light", "dark") if self.width < 600 else ("light",):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(self.page, options=AXE_RULES).response["violations"]
            said = [
                f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
                for rule in found
                for node in rule["nodes"]
            ]
            assert not said, f"axe, {scheme}, {self.page.url}:\n" + "\n".join(said)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def close(self) -> list[str]:
        self.context.close()
        return self.faults

    # --- watching -----------------------------------------------------------------------------

    def _area(self, within: str | None) -> Page | Locator:
        return self.page.locator(within).first if within else self.page

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("data", "blob", "about") or f"{parts.scheme}://{parts.netloc}" == self.address

    def _refuse(self, route) -> None:
        if self.is_leaving and route.request.is_navigation_request():
            route.fulfill(body="<title>Weather</title>", content_type="text/html")
            return
        self.faults.append(f"a request left the site from {self.page.url}: {route.request.url}")
        route.abort()

    def _listen(self, message: ConsoleMessage) -> None:
        words = message.text
        if "Content Security Policy" in words or "Refused to" in words:
            self.faults.append(f"policy violation on {self.page.url}: {words}")

    def _look_at(self, response) -> None:
        request: Request = response.request
        if response.status >= 500:
            self.faults.append(f"{response.status} from {request.method} {request.url}")
