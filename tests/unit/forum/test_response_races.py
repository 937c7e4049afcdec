"""Many answer a post at the same moment, on real connections: its counters are right."""

import pytest

from forum.actions import counting
from forum.models import Distance, Post, Response
from tests.flows.forum_scene import published_by, url_of
from tests.unit.forum.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def _press(person, post, words):
    browser = person.anew()
    return lambda: browser.post(url_of(post, "respond"), {"response": words})


def _counts(post):
    kept = Post.objects.get(pk=post.pk)
    return kept.thinking_count, kept.me_too_count, kept.thanks_count


def test_eight_people_at_once_are_eight_responses(answers, moderator, person):
    post = published_by(answers, moderator)
    people = [person(f"reader-{n}", trust=1) for n in range(8)]
    told = at_once([_press(one, post, "thanks") for one in people])
    assert [answer.status_code for answer in told] == [302] * 8
    assert _counts(post) == (0, 0, 8)
    told = at_once([_press(one, post, "none" if n % 2 else "me_too") for n, one in enumerate(people)])
    assert [answer.status_code for answer in told] == [302] * 8
    assert _counts(post) == (0, 4, 0)
    assert counting.recount() == []


def test_eight_windows_of_one_person_are_one_response(answers, stranger, moderator):
    post = published_by(answers, moderator)
    words = ["thanks", "me_too", "thinking", "thanks", "none", "thanks", "none", "me_too"]
    for _round in range(3):
        told = at_once([_press(stranger, post, one) for one in words])
        assert {answer.status_code for answer in told} == {302}
        assert sum(_counts(post)) == Response.objects.count() <= 1
        assert counting.recount() == []


def test_two_windows_that_mute_and_block_are_one_distance(answers, stranger, moderator):
    post = published_by(answers, moderator)
    calls = []
    for kind in ("mute", "block", "mute", "block"):
        browser = stranger.anew()
        calls.append(
            lambda browser=browser, kind=kind: browser.post(url_of(post, "distance"), {"kind": kind})
        )
    assert {answer.status_code for answer in at_once(calls)} == {302}
    assert Distance.objects.count() == 1
