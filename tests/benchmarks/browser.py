"""A very small browser: keeps cookies, follows nothing, counts no processor time of its own."""

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.benchmarks.counting import ASK, QUERIES, WRITES


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str = ""
    queries: int = 0
    writes: int = 0


@dataclass
class Browser:
    """One person's browser, talking to our server alone."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, counted: bool = False, bare: bool = False
    ) -> Answer:
        """GET a page, or POST a form; `counted` asks how many queries it took; `bare` sends no cookies."""
        headers = {"Host": self.address}
        if counted:
            headers[ASK] = "1"
        if self.cookies and not bare:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://{self.address}",
            }
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request("GET" if form is None else "POST", path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if not bare:
            self._keep(response.headers.get_all("Set-Cookie") or [])
        return Answer(
            status=response.status,
            body=text,
            location=response.headers.get("Location", ""),
            queries=int(response.headers.get(QUERIES, 0)),
            writes=int(response.headers.get(WRITES, 0)),
        )

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
