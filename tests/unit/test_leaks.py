"""What members write stays out of the CMS, out of searches and out of counts (scenarios A03, A47; H11, I5).

A word that stands nowhere else is planted in title and text of a post in every non-public state, and must be
nowhere. The crawl of all other addresses is test_canaries.py.
"""

import itertools
import uuid

import pytest

from accounts.models import Notice
from forum import actions
from forum.models import Post
from tests.addresses import every_address
from tests.factories import bring_to, make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import again, time_to_change_is_over
from tests.flows.test_quoting import quoting

pytestmark = pytest.mark.django_db

NEVER_PUBLIC = ("held", "returned", "rejected", "withdrawn")
TAKEN_DOWN = ("hidden", "removed", "retracted")
#: Signing in and out would end the session in the middle of the walk.
ENDS_SESSIONS = ("/leave/", "/sign-out/", "/cms/logout/")

#: Pictures, and Wagtail's own page that breaks on purpose.
NOT_PAGES = ("/sprite", "/failwhale/")


def _canary(state: str, what: str) -> str:
    return f"canary{state}{what}{uuid.uuid4().hex[:8]}"


class Planted:
    """The words, and the posts that hold them."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.posts: list[Post] = []

    def word(self, state: str, what: str) -> str:
        self.words[f"{state} {what}"] = _canary(state, what)
        return self.words[f"{state} {what}"]


@pytest.fixture
def planted(asks, answers, moderator) -> Planted:
    """A topic and a reply in every non-public state, and a changed text that waits."""
    from forum import rules

    rules.POSTS_AN_HOUR, usual = 1000, rules.POSTS_AN_HOUR
    found = Planted()
    board = make_board(audience="public")
    shown = open_topic(answers.member, board, title="Shown to all", text="Shown to all.")
    for state in (*NEVER_PUBLIC, *TAKEN_DOWN):
        title, text, reply = (found.word(state, what) for what in ("title", "text", "reply"))
        first = write_topic(asks.member, board, title=f"About {title}", text=f"It is {text}.")
        answer = write_reply(asks.member, shown, text=f"It is {reply}.")
        if state in TAKEN_DOWN:  # somebody quoted it while it could be read
            bring_to("published", post=answer, author=asks.member, moderator=moderator.member)
            assert quoting(answers, again(answer)).latest_revision.quotes.exists()
        for post in (first, answer):
            if state != "held":
                post = bring_to(state, post=post, author=asks.member, moderator=moderator.member)
            found.posts.append(again(post))
    for first in (True, False):
        what = "edit" if first else "editreply"
        post = again(shown.first_post if first else write_reply(answers.member, shown, text="Old words."))
        title = f"About {found.word(what, 'title')}" if first else ""
        post = time_to_change_is_over(post)
        wording = actions.prepare(title=title, source=f"It is {found.word(what, 'text')}.")
        actions.edit_post(by=answers.member, post=post, wording=wording)
        found.posts.append(again(post))
    yield found
    rules.POSTS_AN_HOUR = usual


def _cms_addresses(planted: Planted) -> list[str]:
    word = next(iter(planted.words.values()))
    searches = ("pages/search", "images", "documents", "reports/site-history", "snippets/education/source")
    found = [f"/cms/{search}/?q={word}" for search in searches]
    return found + [
        address
        for address in every_address(without=ENDS_SESSIONS)
        if address.startswith("/cms/") and not any(part in address for part in NOT_PAGES)
    ]


def _seen_by(person, addresses: list[str], words: list[str]) -> dict[str, set[str]]:
    """Which of these words this person meets, and where; headers count too."""
    met: dict[str, set[str]] = {}
    for address in addresses:
        response = person.get(address)
        content = b"".join(response) if response.streaming else response.content
        page = content.decode("utf-8", "replace") + str(dict(response.headers))
        page = page.replace(address, "")  # the address asked for may stand there
        for word in words:
            if word in page:
                met.setdefault(word, set()).add(address)
    return met


def test_a_search_for_the_word_finds_nothing(planted, visitor, stranger):
    searches = ("/search/", "/glossary/", "/talk/", "/learn/")
    for person, path, word in itertools.product((visitor, stranger), searches, planted.words.values()):
        page = person.get(path, {"q": word}).content.decode()
        assert f"It is {word}" not in page
        assert f"About {word}" not in page


@pytest.mark.slow
@pytest.mark.one_database
def test_a_lesson_author_meets_none_of_it_in_the_cms(author, planted):
    addresses = _cms_addresses(planted)
    assert len(addresses) > 100
    assert author.get("/cms/").status_code == 200
    asked = next(iter(planted.words.values()))
    met = _seen_by(author, addresses, [word for word in planted.words.values() if word != asked])
    assert met == {}
    for address in addresses[:5]:
        page = author.get(address).content.decode()
        assert f"It is {asked}" not in page
        assert f"About {asked}" not in page


def test_a_lesson_author_finds_no_member_by_handle_in_the_cms(author, asks):
    for address in (
        "/cms/pages/search/?q=asks",
        "/cms/users/?q=asks",
        "/cms/reports/site-history/?user=asks",
    ):
        response = author.get(address)
        shown = response.content.decode().replace("q=asks", "").replace("<em>asks</em>", "")
        assert response.status_code in {302, 403, 404} or ">asks<" not in shown, address


def test_nobody_but_author_and_team_hears_of_a_post_that_was_never_public(planted, asks):
    """I5."""
    never = [post for post in planted.posts if post.published_at is None]
    assert len(never) == 2 * len(NEVER_PUBLIC)
    for post in never:
        told = Notice.objects.filter(subject_id=post.public_id)
        assert not told.exists()
    decided = Notice.objects.filter(kind="post.decided")
    assert set(decided.values_list("person_id", flat=True)) == {asks.user.pk}


def test_counts_and_positions_say_nothing_of_what_waits(planted, stranger):
    page = stranger.get("/talk/b/parents/").content.decode()
    assert "Shown to all" in page
    assert page.count('class="row"') <= 1
