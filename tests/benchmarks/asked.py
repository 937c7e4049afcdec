"""The pages that are measured, as whom, and what each must not exceed (design: performance 7)."""

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from forum.actions import filling_words
from forum.management.commands.fill import READER
from forum.models import Board, Member, Topic
from forum.states import Audience
from forum.views.reading import POSTS_A_PAGE
from tests.benchmarks.browser import Browser

SELECT = "/bare/select/"
VISITOR, MEMBER = "visitor", "member"
#: Who writes the replies: as many that nobody comes near the hourly limit.
WRITERS = 24


@dataclass(frozen=True)
class Limit:
    """Multiples of the bare page: aimed at, and never more; queries of visitor and member; bytes of HTML."""

    aim: float
    most: float
    queries: tuple[int, int]
    raw: int
    #: Statements that write, when the page is read again: searches are counted, so that nobody asks all night.
    writes: int = 0


INDEX = Limit(1.8, 3, (3, 6), 15_000)
LIST = Limit(1.8, 2.5, (4, 7), 18_000)
TOPIC = Limit(2.5, 4, (4, 8), 30_000)
REPLY = Limit(2.3, 3, (0, 12), 0)
SEARCH = Limit(2.5, 4, (12, 14), 30_000, writes=1)


@dataclass(frozen=True)
class Page:
    """One page to ask for, and what must stand on it."""

    name: str
    path: str
    text: str
    limit: Limit | None = None


@dataclass(frozen=True)
class Asked:
    """Everything to ask of one filled site."""

    pages: list[Page]
    #: A topic of ordinary length, and the longest: their addresses for replies.
    ordinary: str
    longest: str


def what_to_ask() -> Asked:
    """Found in the data: the busiest public board, the longest topic, one of ordinary length."""
    board = Board.objects.filter(audience=Audience.PUBLIC).order_by("-topic_count")[0]
    topics = Topic.objects.filter(board__audience=Audience.PUBLIC, state="open").with_title()
    longest = topics.order_by("-last_position")[0]
    ordinary = topics.filter(last_position__range=(10, 40)).order_by("pk")[0]
    newest = board.topics.listed_for(User()).with_title().order_by("-pinned_rank", "-last_published_at")[0]
    last = -(-longest.last_position // POSTS_A_PAGE)
    address = longest.get_absolute_url()
    middle = longest.posts.filter(position__gt=(last // 2 - 1) * POSTS_A_PAGE, state="published")
    pages = [
        Page("boards", reverse("talk"), board.purpose, INDEX),
        Page("topic list", board.get_absolute_url(), newest.title, LIST),
        Page("topic, first page", address, longest.title, TOPIC),
        Page("topic, middle page", f"{address}?page={last // 2}", _author_of(middle), TOPIC),
        Page("topic, last page", f"{address}?page={last}", longest.title, TOPIC),
        Page("topic, ordinary", ordinary.get_absolute_url(), ordinary.title, TOPIC),
    ]
    pages += _search()
    return Asked(pages=pages, ordinary=_reply_to(ordinary), longest=_reply_to(longest))


def _author_of(posts: Any) -> str:
    return str(posts.order_by("position").select_related("author__user")[0].author.handle)


def _search() -> list[Page]:
    """A word of few posts, and one of very many; none while the site has no search."""
    try:
        address = reverse("search")
    except NoReverseMatch:
        return []
    rare = filling_words.RARE[0]
    return [
        Page("search, a rare word", f"{address}?q={rare}", rare, SEARCH),
        Page("search, a common word", f"{address}?q=kitchen", "kitchen", SEARCH),
    ]


def _reply_to(topic: Topic) -> str:
    return reverse("reply", args=[topic.public_id])


def signed_in(address: str, user: User) -> Browser:
    """A browser of this person; nobody types a passphrase."""
    client = Client()
    client.force_login(user)
    return Browser(address, {name: morsel.value for name, morsel in client.cookies.items()})


def reader() -> User:
    """The member who looks at pages."""
    return User.objects.get(username=READER)


def writers() -> list[User]:
    """Members who reply: known ones, whose replies nobody holds back."""
    some = Member.objects.filter(trust__gte=1, user__isnull=False).exclude(user__username=READER)
    return [member.user for member in some.select_related("user").order_by("?")[:WRITERS]]
