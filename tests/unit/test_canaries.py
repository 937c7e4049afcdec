"""The canary crawl (scenarios A03, A14, A47; hazards H10, H11): no word reaches whoever may not meet it.

A word that stands nowhere else is in each thing that is not for everyone (tests/canaries.py says who may meet
which). Then every address of the urlconf is opened by everyone of the cast, and mail, notices, sessions, cache
and search index are read. The team must meet the words, so that this can fail; and a test takes one filter away
and shows that it does.
"""

import itertools
import pickle
from collections.abc import Iterable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from accounts import notices, outbox, seal
from accounts.models import Notice, Outbox, ParkedText, RoleGrant, User
from forum import rules
from forum.models import Member, PostSearch, ReviewItem, SafetyEscalation, Sanction, WatchedRule
from forum.states import READABLE_TOPICS
from tests.addresses import ANYTHING, templates
from tests.canaries import MAY, NOT_MET, Planted, plant
from tests.cast import Person

pytestmark = pytest.mark.django_db

#: Signing out would end the session in the middle of the walk; pages of the CMS: test_leaks.py.
LEFT_OUT = ("/leave/", "/sign-out/", "/cms/", "/es/cms/")
#: In Spanish the same views answer; the words of members are the same.
SPANISH = "/es/"

#: Which rows an address is about that has a number in it; all others are about items of the queue.
ABOUT = {
    "escalations": SafetyEscalation,
    "standing": Sanction,
    "lift": Sanction,
    "phrases": WatchedRule,
    "people": Member,
    "team": RoleGrant,
}
#: Where a post or a topic is read.
READ = frozenset({"/talk/p/%(public_id)s/", "/talk/t/%(public_id)s/"})
#: Who tries each act on each post and topic; the others try each act once, and read everything.
TRIES_ALL = "answers"

WHO = (
    "visitor",
    "newcomer",
    "answers",
    "asks",
    "stranger",
    "moderator",
    "second_moderator",
    "safety_lead",
    "clinician",
    "author",
    "reviewer",
    "operator",
    "suspended",
)


@pytest.fixture
def planted(monkeypatch) -> Planted:
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    return Planted()


@pytest.fixture
def everyone(planted, person, operator, visitor) -> dict[str, Person]:
    """The cast; names that must not be met are words of the table themselves."""
    cast = {
        "visitor": visitor,
        "newcomer": person("newcomer"),
        "asks": person("asks"),
        "answers": person("answers", trust=1),
        "stranger": person(planted.word("who reported"), trust=1),
        "moderator": person(planted.word("who decided"), role="moderator"),
        "second_moderator": person("second-moderator", role="moderator"),
        "safety_lead": person("safety-lead", role="safety_lead"),
        "clinician": person("clinician", role="on_call_clinician"),
        "author": person("author", role="author"),
        "reviewer": person("reviewer", role="clinical_reviewer"),
        "operator": operator,
        "suspended": person("suspended", trust=1),
    }
    for who, client in cast.items():
        if client.user is not None:
            address = seal.seal(f"{who}@example.org")
            EmailAddress.objects.create(user=client.user, email=address, verified=True, primary=True)
    return cast


@pytest.fixture
def story(planted, everyone) -> Planted:
    """All of it has happened."""
    names = ("asks", "answers", "stranger", "moderator", "clinician", "suspended")
    plant(planted, **{name: everyone[name] for name in names})
    assert set(planted.words) == set(MAY)
    everyone["suspended"].force_login(User.objects.get(username="suspended"))  # comes back
    return planted


def addresses_of(planted: Planted, *, all_of_them: bool) -> list[str]:
    """Every address of the urlconf, with what was planted in its places, and the ways to ask for more.

    `all_of_them`: each act on each post and topic; else each act once, and each post and topic read.
    """
    posts = [post.public_id for post in planted.posts]
    topics = sorted({post.topic.public_id for post in planted.posts})
    found: set[str] = set()
    for address, names in templates(without=LEFT_OUT):
        if address.startswith(SPANISH):
            continue
        ids = topics if address.startswith("/talk/t/") else posts
        if not (all_of_them or address in READ):
            ids = ids[:1]
        choices = {"public_id": ids, "pk": keys_for(address), "slug": ["parents"]}
        for chosen in itertools.product(*(choices.get(name, ANYTHING) for name in names)):
            found.add(address % dict(zip(names, chosen, strict=True)))
    found |= {f"/talk/mine/?{name}={public_id}" for name in ("post", "before") for public_id in posts[:2]}
    found |= {f"/talk/t/{planted.shown.public_id}/{rest}" for rest in ("?page=last", "?page=2", "?after=0")}
    found |= {
        "/talk/b/parents/?before=0.1.1",
        "/search/?q=About",
        "/search/?q=plainly",
        "/glossary/?q=canary",
    }
    found |= {"/search/?q=plainly&order=newest", "/search/?q=Thank", "/search/?q=home"}
    found |= {"/queue/?show=all", "/queue/?board=parents", "/queue/insights/?days=90"}
    return sorted(found)


def keys_for(address: str) -> list[str]:
    """The newest rows of what this address is about."""
    model = next((model for part, model in ABOUT.items() if f"/{part}/" in address), ReviewItem)
    return [str(pk) for pk in model.objects.order_by("-pk").values_list("pk", flat=True)[:2]]


def met_by(person: Person, addresses: Iterable[str], words: Iterable[str]) -> dict[str, set[str]]:
    """Which of these words this person meets in a body or header, and where."""
    met: dict[str, set[str]] = {}
    words = list(words)
    for address in addresses:
        answer = person.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        said = body.decode("utf-8", "replace") + str(dict(answer.headers))
        if "canary" in said:
            for word in words:
                if word in said:
                    met.setdefault(word, set()).add(address)
    return met


def leaks(planted: Planted, cast: dict[str, Person], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each of these people: the words they met without being named in the table, and where first."""
    found: dict[str, dict[str, str]] = {}
    for who in names:
        addresses = addresses_of(planted, all_of_them=who == TRIES_ALL)
        assert len(addresses) > 100
        met = met_by(cast[who], addresses, planted.words.values())
        wrong = set(met) - planted.may(who)
        if wrong:
            places = {word: sorted(met[word])[0] for word in wrong}
            found[who] = {name: places[planted.words[name]] for name in planted.names_of(wrong)}
    return found


@pytest.mark.slow
@pytest.mark.one_database
def test_nobody_meets_a_word_that_is_not_for_them(story, everyone, caplog):
    """A03, A14, A47, H10, H11: every page, as everyone of the cast; then what the pages left behind."""
    assert leaks(story, everyone, [who for who in WHO if who not in {"second_moderator", "asks"}]) == {}
    assert story.names_of(word for word in story.words.values() if word in caplog.text) == []
    sessions_and_cache_hold_nothing(story, everyone)
    mail_and_notices_hold_nothing(story)
    assert found_in_tables(story.words["purged text"]) == []
    assert found_in_tables(story.words["purged note"]) == []
    for sealed in ("parked text", "draft", "draft put aside"):
        assert found_in_tables(story.words[sealed]) == []
    assert ParkedText.objects.exists()


@pytest.mark.slow
@pytest.mark.one_database
def test_the_team_and_the_author_meet_their_words(story, everyone):
    """So that the crawl can fail; and what is theirs does reach them."""
    found = [f"/queue/{pk}/" for pk in ReviewItem.objects.values_list("pk", flat=True)]
    found += [f"/talk/mine/?post={post.public_id}" for post in story.posts]
    found += [f"/queue/people/{post.public_id}/" for post in story.posts]
    found += [f"/talk/p/{post.public_id}/{act}/" for post in story.posts for act in ("edit", "appeal")]
    found += addresses_of(story, all_of_them=False)
    for who in ("second_moderator", "asks"):
        met = set(met_by(everyone[who], found, story.words.values()))
        assert story.names_of(met - story.may(who)) == [], who
        missed = story.may(who) - met - {story.words[name] for name in NOT_MET}
        assert ", ".join(story.names_of(missed)) == "", who
    assert story.words["message of the clinician"] in met  # her words reach whom they are for
    pages = [address for address in found if "/escalations/" in address]
    met = story.names_of(met_by(everyone["clinician"], pages, story.words.values()))
    assert {"escalated text", "note on an item", "clinical note"} <= set(met)


@pytest.mark.slow
@pytest.mark.one_database
def test_without_the_filter_of_posts_the_crawl_fails(story, everyone, monkeypatch):
    """The companion: one filter less, and the crawl says so."""
    monkeypatch.setattr(rules, "posts_seen_by", lambda user: Q())
    found = leaks(story, everyone, ["newcomer"])
    assert {"held reply", "rejected reply", "removed reply"} & set(found["newcomer"])


@pytest.mark.one_database
def test_without_the_door_of_the_team_the_crawl_fails(story, everyone, monkeypatch):
    monkeypatch.setattr(rules, "may_moderate", lambda user: user.is_authenticated)
    found = leaks(story, everyone, ["newcomer"])
    assert {"hand-over", "who decided"} <= set(found["newcomer"])


def sessions_and_cache_hold_nothing(planted: Planted, cast: dict[str, Person]) -> None:
    owners = {str(client.user.pk): who for who, client in cast.items() if client.user is not None}
    assert Session.objects.count() >= len(owners) - 1
    for row in Session.objects.all():
        kept = SessionStore().decode(row.session_data)
        may = planted.may(owners.get(kept.get("_auth_user_id"), "visitor"))
        assert planted.names_of(word for word in set(planted.words.values()) - may if word in str(kept)) == []
    for name, stored in cache._cache.items():
        kept = f"{name} {pickle.loads(stored)!r}"  # noqa: S301  written by this process
        assert planted.names_of(word for word in planted.words.values() if word in kept) == []


def mail_and_notices_hold_nothing(planted: Planted) -> None:
    """Ids in the rows, neutral words in notices and mail; the names of moderators and reporters neither."""
    words = list(planted.words.values())
    Outbox.objects.update(not_before=timezone.now())
    while outbox.drain():
        pass
    assert Notice.objects.count() > 10
    for row in (*Notice.objects.select_related("person"), *Outbox.objects.select_related("person")):
        said = [row.kind, row.subject_id, row.dedupe_key]
        for language in ("en", "es"):
            with override(language):
                told = notices.words_for(row.person, row.kind, row.subject_id)
                said += [str(told.text), told.link] if told else []
        assert planted.names_of(word for word in words if word in " ".join(said)) == [], row.kind
    for message in mail.outbox:
        raw = message.message().as_string()
        assert planted.names_of(word for word in words if word in raw) == []


def found_in_tables(word: str) -> list[str]:
    """Tables that hold this word anywhere."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(word in str(value) for row in cursor.fetchall() for value in row if value is not None):
                found.append(table)
    return found


#: Published posts of a topic that nobody else can open: in the index, and filtered inside each search.
IN_A_HIDDEN_TOPIC = frozenset({"reply in a hidden topic", "moved into a hidden topic"})


def test_the_search_index_holds_no_word_that_is_not_published(story):
    """Held, taken down, taken out, purged: no row of the index holds it, whoever searches."""
    indexed = str(list(PostSearch.objects.values_list()))
    assert "plainly" not in indexed
    assert "Thank you for this" in indexed
    found = {name for name, word in story.words.items() if word in indexed}
    assert found <= IN_A_HIDDEN_TOPIC


@pytest.mark.parametrize("who", ["visitor", "newcomer", "asks", "moderator"])
def test_topics_like_a_title_name_none_that_members_cannot_read(who, story, everyone):
    """Asked by POST, so that no title stands in an address; the crawl only opens pages."""
    said = everyone[who].post("/talk/similar/", {"title": "About plainly Thank home"}).content.decode()
    assert story.names_of(word for word in story.words.values() if word in said) == []


# --- what may not be seen answers as what was never there (H13, H14, A02, A27) ----------------------------------


MADE_UP = "AAAAAAAAAAAA"


def acts_on(kind: str) -> list[str]:
    """What stands behind the id in the addresses of this kind, from the urlconf."""
    start = f"/talk/{kind}/%(public_id)s/"
    return [
        address.removeprefix(start)
        for address, names in templates()
        if address.startswith(start) and names == ("public_id",)
    ]


@pytest.mark.parametrize("who", ["visitor", "stranger"])
def test_what_one_may_not_see_answers_as_what_was_never_there(who, story, everyone):
    """A02, A27, H13, H23: status, bytes and headers, read and sent, for each act of the urlconf."""
    person = everyone[who]
    hidden = {}
    for post in story.posts:
        if not (post.state == "published" and post.topic.state in READABLE_TOPICS):
            hidden.setdefault((post.state, post.is_first), post)
    assert len(hidden) >= 14
    for kind in ("p", "t"):
        ids = [
            post.public_id if kind == "p" else post.topic.public_id
            for post in hidden.values()
            if kind == "p" or post.is_first
        ]
        for act, send in itertools.product(acts_on(kind), (person.get, person.post)):
            made_up = f"/talk/{kind}/{MADE_UP}/{act}"
            nothing = send(made_up)
            assert nothing.status_code in {302, 404, 405}, made_up
            for public_id in ids:
                real = f"/talk/{kind}/{public_id}/{act}"
                answer = send(real)
                assert answer.status_code == nothing.status_code, real
                assert answer.content.decode().replace(public_id, MADE_UP) == nothing.content.decode(), real
                assert headers_of(answer, public_id) == headers_of(nothing, public_id), real


def headers_of(answer, public_id: str) -> dict[str, str]:
    """The headers, without the second at which they were made, and with the made-up id."""
    kept = {name: value.replace(public_id, MADE_UP) for name, value in answer.headers.items()}
    kept.pop("Expires", None)
    return kept


def test_an_item_of_the_team_answers_a_member_as_one_that_was_never_there(story, everyone):
    """H10, H13: at each address below the queue."""
    item = ReviewItem.objects.filter(status="open").first()
    for address, names in templates():
        if address.startswith("/queue/") and names == ("pk",):
            real, made_up = address % {"pk": item.pk}, address % {"pk": 987654321}
            for person in (everyone["stranger"], everyone["author"], everyone["reviewer"]):
                for send in (person.get, person.post):
                    one, other = send(real), send(made_up)
                    assert one.status_code == other.status_code == 404, real
                    assert one.content.decode().replace(real, made_up) == other.content.decode()


@pytest.mark.parametrize("act", ["", "edit/", "report/"])
def test_a_held_post_costs_a_stranger_as_many_queries_as_none(act, story, everyone):
    """H14: counted, not timed."""
    held = next(post for post in story.posts if post.state == "held" and not post.is_first)
    counted = []
    for public_id in (held.public_id, MADE_UP):
        everyone["stranger"].get(f"/talk/p/{public_id}/{act}")  # what a first request prepares
        with CaptureQueriesContext(connection) as queries:
            assert everyone["stranger"].get(f"/talk/p/{public_id}/{act}").status_code == 404
        counted.append(len(queries))
    assert counted[0] == counted[1]
