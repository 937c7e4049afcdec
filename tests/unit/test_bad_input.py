"""Broken, hostile and huge input at every address: a page or a 4xx, never a 500 (design: hazards H18)."""

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.test import Client

from tests.addresses import every_address, templates
from tests.factories import make_board, open_topic

pytestmark = pytest.mark.django_db

SURROGATE = "%ED%A0%80"
BROKEN = ("%00", "%FF%FE", "%C3%28", SURROGATE, "%EF%BF%BD", "%F0%9F%98%80", "%E2%80%AE", "%0d%0aX:1")
HUGE = "9" * 40
NUMBERS = ("0", "-1", "99999999999999999999", HUGE, "9" * 5000, "1e9", "%D9%A1", "1.5", "last", "", "None")
CURSORS = (
    "0.0.0",
    "-1.-1.-1",
    f"{HUGE}.1.1",
    f"-{HUGE}.1.1",
    f"1.{HUGE}.1",
    f"1.-{HUGE}.1",
    f"1.1.{HUGE}",
    f"1.1.-{HUGE}",
    "0.-62135596800000000.1",
    "0.253402300799999999.1",
    "1.1",
    "a.b.c",
    "1.1.1.1",
)
PARAMETERS = ("page", "before", "after", "risk_after", "kind", "post", "next", "q", "name", "invite", "sent")
FIELDS = (
    "title",
    "text",
    "token",
    "category",
    "note",
    "message",
    "reason_code",
    "decision",
    "version",
    "revision_id",
    "item",
    "username",
    "login",
    "password",
    "password1",
    "handle",
    "phrase",
    "passphrase",
    "role",
    "email",
    "next",
    "kept",
    "lesson",
    "preview",
    "send",
    "act",
    "seconds",
    "reason",
    "end",
    "post",
    "page",
    "where",
    "address",
    "board",
    "move",
    "seen",
    "slug",
    "about",
    "position",
    "pattern",
    "kind",
    "severity",
    "sample",
    "try",
    "day_0",
    "trust_posts",
)
#: 503 is what /health/ready says while no worker runs.
BROKE = (500, 502)
ENDS_SESSIONS = ("/leave/", "/sign-out/")
OURS = ("/cms/",)  # Wagtail's own pages stand behind a role and are not ours to bend


@pytest.fixture
def faults():
    """The exceptions that became a 500, with the address."""
    found: list[str] = []

    def note(sender, request=None, **rest):
        import sys

        found.append(f"{request.method} {request.get_full_path()[:120]}: {sys.exc_info()[1]!r:.200}")

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


#: The team has the most forms, and PostgreSQL is the pickier reader of what arrives in them.
ON_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@pytest.fixture(params=["moderator"] if ON_POSTGRESQL else ["visitor", "stranger"])
def someone(request, answers) -> Client:
    topic = open_topic(answers.member, make_board(audience="public"))
    person = request.getfixturevalue(request.param)
    person.raise_request_exception = False
    person.topic = topic
    return person


def _places(person) -> dict[str, list[str]]:
    return {"public_id": [person.topic.public_id, person.topic.first_post.public_id], "slug": ["parents"]}


def _ours(person) -> list[str]:
    return every_address(_places(person), without=(*OURS, *ENDS_SESSIONS))


def test_broken_letters_in_a_query_are_answered(someone, faults):
    for address in _ours(someone):
        everything = "&".join(f"{name}=x{BROKEN[n % len(BROKEN)]}" for n, name in enumerate(PARAMETERS))
        assert someone.get(f"{address}?{everything}").status_code not in BROKE, address
    for address in ("/", "/talk/", "/talk/b/parents/", "/sign-in/", "/join/", "/help/"):
        for bad in BROKEN:
            for query in (f"page=x{bad}", f"{bad}=1", f"next=/talk/{bad}", bad):
                assert someone.get(f"{address}?{query}").status_code not in BROKE, (address, query)
    assert faults == []


def test_huge_and_odd_page_numbers_and_cursors_are_answered(someone, faults):
    paged = [
        "/talk/b/parents/",
        someone.topic.get_absolute_url(),
        "/talk/mine/",
        "/queue/",
        "/learn/",
        "/search/",
    ]
    for address in paged:
        for value in (*NUMBERS, *CURSORS):
            query = "&".join(f"{name}={value}" for name in PARAMETERS)
            assert someone.get(f"{address}?{query}").status_code not in BROKE, (address, value)
    for address in _ours(someone):
        query = "&".join(f"{name}={HUGE}" for name in PARAMETERS)
        assert someone.get(f"{address}?{query}").status_code not in BROKE, address
    assert faults == []


def test_broken_and_huge_places_in_an_address_are_answered(someone, faults):
    values = (*(f"x{bad}" for bad in BROKEN), HUGE, "9" * 5000, "-1", "..", "a" * 3000, "<b>", "🏡")
    for template, names in templates(without=(*OURS, *ENDS_SESSIONS)):
        if not names:
            continue
        for value in values:
            address = template % dict.fromkeys(names, value)
            assert someone.get(address).status_code not in BROKE, address[:200]
    assert faults == []


def _token_of(person, address):
    from accounts import writing

    return writing.make_token(user=person.user, place=address) if person.user else "x"


def test_broken_letters_in_a_form_are_answered(someone, faults):
    for address in _ours(someone):
        for bad in ("%00", "%FF", SURROGATE, "%EF%BF%BD"):
            fields = {name: f"x{bad}" for name in FIELDS} | {"token": _token_of(someone, address)}
            body = "&".join(f"{name}={value}" for name, value in fields.items())
            response = someone.post(address, body, content_type="application/x-www-form-urlencoded")
            assert response.status_code not in BROKE, (address, bad)
    assert faults == []


@pytest.mark.one_database
def test_words_in_another_coding_are_answered(someone, faults):
    """A declared charset can turn harmless bytes into letters that no database takes."""
    for address in _ours(someone):
        fields = dict.fromkeys(FIELDS, "+2AA-") | {"token": _token_of(someone, address)}
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        body = (parts + "--b--\r\n").encode()
        for charset in ("utf-7", "utf-16", "idna", "made-up"):
            kind = f"multipart/form-data; boundary=b; charset={charset}"
            assert someone.generic("POST", address, body, kind).status_code not in BROKE, address
            asked = someone.get(f"{address}?page=+2AA-", headers={"content-type": kind})
            assert asked.status_code not in BROKE, address
    assert faults == []


@pytest.mark.one_database
def test_bodies_that_are_no_forms_are_answered(someone, faults):
    bodies = (
        (b"\x00\xff\xfe", "application/octet-stream"),
        (b'{"text": "\\ud800"}', "application/json"),
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
        (b"a=1&" * 11_000, "application/x-www-form-urlencoded"),
    )
    for address in _ours(someone):
        for body, kind in bodies:
            assert someone.post(address, body, content_type=kind).status_code not in BROKE, (address, kind)
    assert faults == []


def test_a_megabyte_is_answered_everywhere(someone, faults):
    for address in _ours(someone):
        body = {"text": "a " * 500_000, "note": "x" * 10, "token": _token_of(someone, address)}
        assert someone.post(address, body).status_code not in BROKE, address
    body = {"text": "a" * 3_000_000, "title": "A"}
    assert someone.post("/talk/b/parents/new/", body).status_code not in BROKE
    assert faults == []


@pytest.mark.one_database
def test_other_methods_are_answered(someone, faults):
    for address in _ours(someone):
        for method in ("put", "patch", "delete", "options", "head", "trace"):
            assert getattr(someone, method)(address).status_code not in BROKE, (method, address)
    assert faults == []
