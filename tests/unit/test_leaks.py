"""Nothing that is not public reaches anyone else, at any address (scenarios A02, A03, A27; hazards H10, H11).

A word that stands nowhere else is planted in title and text of a post in every non-public state. Then every
address of the site is opened as a visitor, a stranger and a lesson author, and the word must be nowhere. The
moderator opens the same addresses and must find it, so that this test can fail.
"""

import itertools
import uuid

import pytest
from django.core import mail

from accounts.models import Notice, Outbox
from accounts.notices import words_for
from forum import actions
from forum.models import Post, ReviewItem
from tests.addresses import every_address
from tests.factories import bring_to, decide, make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import again

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
        for post in (first, answer):
            if state != "held":
                post = bring_to(state, post=post, author=asks.member, moderator=moderator.member)
            found.posts.append(again(post))
    for first in (True, False):
        what = "edit" if first else "editreply"
        post = again(shown.first_post if first else write_reply(answers.member, shown, text="Old words."))
        title = f"About {found.word(what, 'title')}" if first else ""
        wording = actions.prepare(title=title, source=f"It is {found.word(what, 'text')}.")
        actions.edit_post(by=answers.member, post=post, wording=wording)
        found.posts.append(again(post))
    yield found
    rules.POSTS_AN_HOUR = usual


def _addresses(planted: Planted, *, without=ENDS_SESSIONS) -> list[str]:
    post_ids = [post.public_id for post in planted.posts]
    topic_ids = sorted({post.topic.public_id for post in planted.posts})
    items = [str(pk) for pk in ReviewItem.objects.values_list("pk", flat=True)]
    places = {"public_id": post_ids + topic_ids, "slug": ["parents"], "pk": [*items, "1"]}
    found = every_address(places, without=(*without, "/cms/"))
    word = next(iter(planted.words.values()))
    found += [f"/talk/mine/?post={public_id}" for public_id in post_ids]
    found += [f"/talk/mine/?before={public_id}" for public_id in post_ids]
    found += ["/talk/b/parents/?before=0.1.1", f"/search/?q={word}", f"/glossary/?q={word}"]
    found += [f"/talk/t/{topic_ids[0]}/?page=last"]
    return found


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


@pytest.mark.parametrize("who", ["visitor", "stranger", "author", "newcomer"])
def test_nobody_else_meets_a_word_that_is_not_public(who, planted, request):
    person = request.getfixturevalue(who)
    asked_for = f"q={next(iter(planted.words.values()))}"
    addresses = [address for address in _addresses(planted) if asked_for not in address]
    assert len(addresses) > 150
    assert _seen_by(person, addresses, list(planted.words.values())) == {}


def test_a_search_for_the_word_finds_nothing(planted, visitor, stranger):
    searches = ("/search/", "/glossary/", "/talk/", "/learn/")
    for person, path, word in itertools.product((visitor, stranger), searches, planted.words.values()):
        page = person.get(path, {"q": word}).content.decode()
        assert f"It is {word}" not in page
        assert f"About {word}" not in page


@pytest.mark.slow
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


def test_the_moderator_finds_every_word(planted, moderator):
    met = _seen_by(moderator, _addresses(planted), list(planted.words.values()))
    missing = [name for name, word in planted.words.items() if word not in met]
    assert missing == []


def test_the_author_finds_every_word_of_their_own(planted, asks):
    addresses = [address for address in _addresses(planted) if address.startswith("/talk/")]
    met = _seen_by(asks, addresses, list(planted.words.values()))
    own = {name: word for name, word in planted.words.items() if not name.startswith("edit")}
    assert [name for name, word in own.items() if word not in met] == []


def test_no_notice_and_no_mail_holds_a_word_of_a_post(planted, asks, answers, stranger, moderator):
    decide(
        moderator.member, planted.posts[0], "approve"
    )  # one that is told, so that there is something to read
    assert Notice.objects.exists()
    words = list(planted.words.values())
    for row in (*Notice.objects.select_related("person"), *Outbox.objects.select_related("person")):
        said = words_for(row.person, row.kind, row.subject_id)
        text = f"{said.text} {said.link}" if said else ""
        text += f"{row.kind} {row.subject_id} {row.dedupe_key}"
        assert not any(word in text for word in words)
    for message in mail.outbox:
        assert not any(word in message.subject + message.body for word in words)


def test_nobody_but_author_and_team_hears_of_a_post_that_was_never_public(planted, asks):
    """I5."""
    never = [post for post in planted.posts if post.published_at is None]
    assert len(never) == 2 * len(NEVER_PUBLIC)
    for post in never:
        told = Notice.objects.filter(subject_id=post.public_id)
        assert not told.exists()
    decided = Notice.objects.filter(kind="post.decided")
    assert set(decided.values_list("person_id", flat=True)) == {asks.user.pk}


def _headers(response, real: str, made_up: str) -> dict[str, str]:
    """The headers, without the second at which they were made."""
    headers = {name: value.replace(real, made_up) for name, value in response.headers.items()}
    headers.pop("Expires", None)
    return headers


ACTS = ("", "edit/", "withdraw/", "report/", "hide/", "remove/", "restore/", "amend/")


@pytest.mark.parametrize("act", ACTS)
def test_what_one_may_not_see_answers_as_what_was_never_there(act, planted, visitor, stranger):
    """A02, A27: status, bytes and headers, for reading and for sending."""
    for person, post in itertools.product((visitor, stranger), planted.posts):
        if post.state == "published":
            continue  # a published post with a waiting change may be seen
        real, made_up = f"/talk/p/{post.public_id}/{act}", f"/talk/p/AAAAAAAAAAAA/{act}"
        for send in (person.get, person.post):
            first, second = send(real), send(made_up)
            assert first.status_code == second.status_code, (post.state, act)
            assert first.status_code in {302, 404} or (first.status_code == 405 and not act)
            assert first.content.decode().replace(real, made_up) == second.content.decode()
            assert _headers(first, real, made_up) == _headers(second, real, made_up)


@pytest.mark.parametrize("act", ["", "reply/", "calm/", "split/"])
def test_a_topic_one_may_not_see_answers_as_one_that_was_never_there(act, planted, visitor, stranger):
    hidden = [post.topic for post in planted.posts if post.topic.state not in {"open", "locked"}]
    assert len(hidden) == len(NEVER_PUBLIC) + len(TAKEN_DOWN)
    for person, topic in itertools.product((visitor, stranger), hidden):
        real, made_up = f"/talk/t/{topic.public_id}/{act}", f"/talk/t/AAAAAAAAAAAA/{act}"
        first, second = person.get(real), person.get(made_up)
        assert first.status_code == second.status_code == (302 if person is visitor else 404)
        assert first.content.decode().replace(real, made_up) == second.content.decode()


def test_counts_and_positions_say_nothing_of_what_waits(planted, stranger):
    page = stranger.get("/talk/b/parents/").content.decode()
    assert "Shown to all" in page
    assert page.count('class="row"') <= 1
