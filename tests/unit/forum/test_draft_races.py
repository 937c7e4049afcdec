"""Two windows save at the same moment, on real connections: neither text is lost."""

from collections import Counter

import pytest

from forum import rules
from forum.actions.drafting import draft_fields
from forum.models import Draft
from tests.factories import make_board
from tests.flows.forum_scene import opened
from tests.unit.forum.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("postgresql_only"),
    pytest.mark.django_db(transaction=True),
]

NEW = "/talk/b/parents/new/"


@pytest.fixture(autouse=True)
def _without_a_test_transaction(postgresql_only, transactional_db):
    """Real commits, asked for before the cast is made."""


def _saves(person, words):
    """A window of its own for each text, and the call that saves it."""
    calls = []
    for text in words:
        browser = person.anew()
        form = opened(browser, NEW) | {"title": "T", "text": text, "turn": "1"}
        calls.append(lambda browser=browser, form=form: browser.post("/talk/drafts/", form))
    return calls


def _texts():
    return sorted(draft_fields(draft)["text"] for draft in Draft.objects.all())


def test_of_two_first_saves_at_once_one_is_the_draft_and_the_other_stands_beside_it(answers):
    make_board()
    for round_number in range(4):
        Draft.objects.all().delete()
        words = [f"One {round_number}", f"Two {round_number}"]
        told = at_once(_saves(answers, words))
        assert Counter(answer.status_code for answer in told) == {200: 1, 409: 1}
        assert _texts() == words
        assert Draft.objects.filter(is_aside=False).count() == 1


def test_of_two_windows_on_one_draft_neither_writes_over_the_other(answers):
    make_board()
    _saves(answers, ["Yesterday"])[0]()
    told = at_once(_saves(answers, ["Yesterday, one", "Yesterday, two"]))
    assert Counter(answer.status_code for answer in told) == {200: 1, 409: 1}
    assert _texts() == ["Yesterday, one", "Yesterday, two"]


def test_many_windows_at_once_keep_within_the_bound(answers):
    make_board()
    told = at_once(_saves(answers, [f"Window {n}" for n in range(rules.ASIDES_A_PLACE + 3)]))
    assert Counter(answer.status_code for answer in told) == {200: 1, 409: rules.ASIDES_A_PLACE, 422: 2}
    assert Draft.objects.count() == rules.ASIDES_A_PLACE + 1
