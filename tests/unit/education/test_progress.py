"""The place a reader keeps: one cookie of their own, signed, small, and nobody's name in it."""

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory

from education import progress
from education.progress import COOKIE, MAX_BYTES, SALT, Progress


def request_with(text):
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = text
    return request


def written(kept):
    response = HttpResponse()
    progress.write(response, kept)
    return response.cookies[COOKIE]


def test_what_is_written_is_read():
    kept = Progress(at=7, done=(1, 2, 3))
    assert progress.read(request_with(written(kept).value)) == kept


def test_the_cookie_is_for_the_server_alone():
    cookie = written(Progress(at=7))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_cookie_stays_under_four_kilobytes_and_keeps_the_newest():
    many = tuple(range(10_000_000, 10_003_000, 1))
    cookie = written(Progress(at=1, done=many))
    assert len(cookie.OutputString()) < 4096
    kept = progress.read(request_with(cookie.value))
    assert kept.done
    assert kept.done[-1] == many[-1]


def test_two_hundred_lessons_fit():
    many = tuple(range(1, 401, 2))
    assert progress.read(request_with(written(Progress(at=1, done=many)).value)).done == many


@pytest.mark.parametrize(
    "text",
    [
        "made-up",
        "x" * (MAX_BYTES + 1),
        signing.dumps((1, [2]), salt="another"),
        signing.dumps("a string", salt=SALT),
        signing.dumps((1, ["a"]), salt=SALT),
        signing.dumps({"at": 1}, salt=SALT),
        signing.dumps((None, 5), salt=SALT),
        signing.dumps((1, [2]), salt=SALT)[:-1] + "x",
    ],
    # Named, since a signature holds the time: two test processes would give two names to one case.
    ids=[
        "made up",
        "too long",
        "of another form",
        "words",
        "letters",
        "a dict",
        "a number",
        "one letter off",
    ],
)
def test_a_cookie_that_was_changed_counts_as_none_and_is_said(text):
    kept = progress.read(request_with(text))
    assert kept == Progress(broken=True)


def test_done_and_undone():
    kept = Progress().with_done(4, then=5).with_done(5, then=None).with_done(4, then=6)
    assert kept == Progress(at=6, done=(5, 4))
    assert kept.without(5) == Progress(at=5, done=(4,))
