"""The search page: lessons and explained words for everyone, posts for those who may read them.

What is looked for stands in the address, and nowhere else: not in our logs, no cache, not in what the next
page is told (docs/operate.md says what the server in front must leave out).
"""

import datetime as dt
import ipaddress
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from education.searching import find_lessons, find_terms
from education.states import HelpKind
from forum.models import Board
from forum.search_showing import show_hits, unfolded_for
from forum.searching import MOST_RANKED, Found, find, words_in
from forum.searching.words import MOST_CHARACTERS, telling_words
from forum.states import Relation
from safety.screening import screen

TIMES = {
    "week": (_("The last week"), dt.timedelta(days=7)),
    "month": (_("The last month"), dt.timedelta(days=31)),
    "year": (_("The last year"), dt.timedelta(days=366)),
}
NEWEST = "newest"

#: More searches than a person makes, in so many seconds; counted by person, or for visitors by address.
MOST_SEARCHES = 60
WINDOW_S = 300

#: Words that ask for no post when they are searched for, but for help. A panel too many costs little.
ASKS_FOR_HELP = frozenset(
    "die dies dying dead death lethal fatal dose dosage naloxone narcan overdosed "
    "morir muere muerto muerta muerte letal mortal dosis naloxona".split()
)
_HELP = (HelpKind.OVERDOSE, HelpKind.EMERGENCY, HelpKind.SUICIDE)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; whatever is unknown there counts as not said, and `ignored` says so."""

    text: str
    board: Board | None
    relation: str
    when: str
    newest: bool
    after: str
    ignored: bool

    @property
    def narrows(self) -> bool:
        """Does it ask for certain posts alone?"""
        return bool(self.board or self.relation or self.when or self.newest)

    def address(self, after: str) -> str:
        """The same question, going on behind `after`."""
        said = {
            "q": self.text,
            "board": self.board.slug if self.board else "",
            "relation": self.relation,
            "when": self.when,
            "sort": NEWEST if self.newest else "",
            "after": after,
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})


def context(request: Any) -> dict[str, Any]:
    """What the page shows: what was found, and help first where the words sound like danger."""
    boards = list(Board.objects.seen_by(request.user))
    asked = _read(request, boards)
    words = words_in(asked.text)
    too_many = bool(words) and _too_many(request)
    page: dict[str, Any] = {
        "asked": asked,
        "boards": boards,
        "relations": Relation.choices,
        "times": [(name, label) for name, (label, _span) in TIMES.items()],
        "help_kinds": _help_kinds(asked.text),
        "no_words": bool(asked.text) and not words,
        "too_many": too_many,
        "searched": bool(words) and not too_many,
    }
    if page["searched"]:
        page |= _found(request, asked)
    return page


def _found(request: Any, asked: Asked) -> dict[str, Any]:
    telling = telling_words(asked.text) or words_in(asked.text)
    # Who narrows Talk, or goes on in it, looks there.
    first = not asked.after and not asked.narrows
    found = find(
        user=request.user,
        words=asked.text,
        board=asked.board,
        relation=asked.relation,
        since=TIMES[asked.when][1] if asked.when else None,
        newest=asked.newest,
        after=asked.after,
    )
    lessons = find_lessons(words=telling) if first else []
    terms = find_terms(words=telling) if first else []
    return {
        "lessons": lessons,
        "terms": terms,
        "hits": show_hits(found.hits, unfolds=unfolded_for(request.user) if found.hits else ()),
        "only_some": found.only_some,
        "more_url": asked.address(found.more) if found.more else "",
        "nothing": not (lessons or terms or found.hits or asked.after),
        "shown_at_most": _shown_at_most(found, asked),
    }


def _shown_at_most(found: Found, asked: Asked) -> int:
    """How many hits the best ones end after, on their last page; else 0."""
    is_last = not asked.newest and asked.after and not found.more and found.hits
    return MOST_RANKED if is_last and len(found.hits) + int(asked.after) == MOST_RANKED else 0


def _too_many(request: Any) -> bool:
    """Count one search; allauth's own limits pass over every GET. Two at once may count as one: no harm."""
    user = request.user
    who = f"member {user.pk}" if user.is_authenticated else _home(get_adapter().get_client_ip(request))
    window = int(time.time()) // WINDOW_S
    key = f"search:{salted_hmac('family_hub.searching', who).hexdigest()}:{window}"
    searches: int = cache.get(key, 0)
    if searches >= MOST_SEARCHES:
        return True
    cache.set(key, searches + 1, WINDOW_S)
    return False


def _home(address: str) -> str:
    """A home has one IPv4 address, and as many IPv6 ones as it likes in one network."""
    try:
        return str(ipaddress.ip_network((address, 64 if ":" in address else 32), strict=False))
    except ValueError:
        return address


def _help_kinds(text: str) -> tuple[str, ...]:
    """Which helplines stand above everything else for these words; none when nothing sounds like danger."""
    if not text:
        return ()
    screening = screen(title="", body=text[:MOST_CHARACTERS], lang=get_language() or "en")
    if screening.kinds:
        return screening.kinds
    asks = any(word.casefold() in ASKS_FOR_HELP for word in words_in(text))
    return _HELP if asks or screening.failed else ()


def _read(request: Any, boards: list[Board]) -> Asked:
    names = ("board", "relation", "when", "sort", "after")
    said = {name: request.GET.get(name, "").strip() for name in names}
    known = {
        "board": {board.slug for board in boards},
        "relation": set(Relation.values),
        "when": set(TIMES),
        "sort": {NEWEST},
    }
    ignored = [name for name, values in known.items() if said[name] and said[name] not in values]
    for name in ignored:
        said[name] = ""
    newest = said["sort"] == NEWEST
    after = said["after"]
    if not newest and not (after.isascii() and after.isdigit() and 0 < int(after[:4]) < MOST_RANKED):
        after = ""
    return Asked(
        text=request.GET.get("q", "").strip()[:MOST_CHARACTERS],
        board=next((board for board in boards if board.slug == said["board"]), None),
        relation=said["relation"],
        when=said["when"],
        newest=newest,
        after=after[:16],
        ignored=bool(ignored),
    )
