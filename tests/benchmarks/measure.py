"""Rounds of requests, and the processor time they took.

Every page is looked at before any load: its status, its words, who is signed in. The rounds are interleaved
with the bare page, so that a machine that slows down slows both; the median of the rounds counts.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from itertools import cycle
from statistics import median
from typing import Any

from tests.benchmarks import asked
from tests.benchmarks.browser import Answer, Browser
from tests.benchmarks.pages import Weight, hidden_fields, weigh
from tests.benchmarks.processes import seconds_of

#: Requests a page and round; rounds. Some 0.2 s of processor time a block: enough to count.
REQUESTS, ROUNDS = 25, 7
#: Replies a round and topic; more would meet the hourly limit of those who write.
REPLIES = 24
MOST_SECONDS = 1500


class Failed(Exception):
    """A page did not answer as it should: nothing is measured."""


@dataclass
class Row:
    """What one page cost, as one kind of person."""

    name: str
    who: str
    milliseconds: float = 0.0
    times: float = 0.0
    queries: int = 0
    writes: int = 0
    weight: dict[str, Any] = field(default_factory=dict)
    limit: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Subject:
    """Something asked again and again; `base` names the bare page it is compared with."""

    row: Row
    ask: Callable[[], Answer]
    expects: int
    base: str
    n: int
    rounds: list[float] = field(default_factory=list)
    ready: Callable[[], None] = lambda: None


class Bench:
    """Measures one site. `pids` gives every process whose time counts."""

    def __init__(self, address: str, pids: Callable[[], Iterable[int]]) -> None:
        self.address = address
        self.pids = pids
        self.subjects: list[_Subject] = []
        self.until = time.monotonic() + MOST_SECONDS

    def spent(self) -> float:
        """Processor seconds of all the processes until now."""
        return sum(seconds_of(pid) for pid in self.pids())

    def add_pages(self, pages: list[asked.Page], *, who: str, browser: Browser, name: str = "") -> None:
        """Look at each page, and note it for the rounds; the bare page first."""
        bare = asked.Page(f"select, {who}", asked.SELECT, "Signed in as" if name else "Nobody is signed in")
        for page in [bare, *pages]:
            seen = self._look(page, browser=browser, name=name)
            weight = weigh(seen.body, page.path, self._fetch if page.limit else None)
            row = Row(
                name=page.name,
                who=who,
                queries=seen.queries,
                writes=seen.writes,
                weight={**asdict(weight), "requests": weight.requests},
                limit=asdict(page.limit) if page.limit else {},
            )
            self.subjects.append(
                _Subject(
                    row=row,
                    ask=lambda path=page.path: browser.ask(path, bare=not name),
                    expects=200,
                    base=bare.name,
                    n=REQUESTS,
                )
            )

    def _look(self, page: asked.Page, *, browser: Browser, name: str) -> Answer:
        """The page, twice (the first may write what was read); it must be what we think it is."""
        for _time in range(2):
            seen = browser.ask(page.path, counted=True, bare=not name)
        text = seen.body.decode()
        if seen.status != 200 or page.text not in text:
            raise Failed(f"{page.name} ({page.path}): status {seen.status}, without “{page.text}”")
        if bool(name) != ("data-private" in text or "Signed in as" in text):
            raise Failed(f"{page.name} ({page.path}) was not made for {'a member' if name else 'a visitor'}")
        return seen

    def _fetch(self, path: str) -> bytes:
        answer = Browser(self.address).ask(path)
        if answer.status != 200:
            raise Failed(f"{path}: status {answer.status}")
        return answer.body

    def add_replies(self, name: str, path: str, writers: list[Browser]) -> None:
        """Replies by one member after the other; the form is fetched before the time is counted."""
        turns = cycle(writers)
        waiting: list[tuple[Browser, dict[str, str]]] = []
        number = iter(range(1_000_000))

        def ready() -> None:
            for _n in range(REPLIES):
                browser = next(turns)
                page = browser.ask(path)
                fields = hidden_fields(page.body)
                if page.status != 200 or "csrfmiddlewaretoken" not in fields:
                    raise Failed(f"{path}: status {page.status}, no form to reply with")
                words = f"A reply about the long walk, number {next(number)}. It was an ordinary evening."
                waiting.append((browser, {**fields, "text": words, "send": "1"}))

        def send(*, counted: bool = False) -> Answer:
            browser, form = waiting.pop(0)
            return browser.ask(path, form=form, counted=counted)

        ready()
        first = send(counted=True)
        if first.status != 302:
            raise Failed(f"{name}: status {first.status} instead of a redirect")
        while waiting:
            send()
        row = Row(
            name=name, who=asked.MEMBER, queries=first.queries, writes=first.writes, limit=asdict(asked.REPLY)
        )
        self.subjects.append(
            _Subject(row=row, ask=send, expects=302, base=f"select, {asked.MEMBER}", n=REPLIES, ready=ready)
        )

    def run(self, rounds: int = ROUNDS) -> list[Row]:
        """All the rounds; raises Failed at the first answer that is not as expected."""
        for number in range(rounds + 1):
            for subject in self.subjects:
                subject.ready()
                before = self.spent()
                for _n in range(subject.n):
                    answer = subject.ask()
                    if answer.status != subject.expects:
                        raise Failed(f"{subject.row.name}: status {answer.status} under load")
                if number:  # the first round warms both workers
                    subject.rounds.append((self.spent() - before) / subject.n)
            if time.monotonic() > self.until:
                break
        bases = {subject.row.name: subject for subject in self.subjects}
        for subject in self.subjects:
            subject.row.milliseconds = 1000 * median(subject.rounds)
            base = bases[subject.base]
            subject.row.times = median(
                mine / bare for mine, bare in zip(subject.rounds, base.rounds, strict=True)
            )
        return [subject.row for subject in self.subjects]


__all__ = ["Bench", "Failed", "Row", "Weight"]
