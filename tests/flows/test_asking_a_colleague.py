"""A moderator asks a colleague for a second opinion, with a note; somebody else decides."""

import pytest
from django.core.exceptions import PermissionDenied

from forum import actions
from forum.models import ItemNote, ModAction, ReviewItem
from forum.states import Decision, ItemStatus, PostState
from tests.flows.forum_scene import again, decided, item_of, page_of, published_by, topic_by

pytestmark = pytest.mark.django_db

QUESTION = "Is this about her own child?"


@pytest.fixture
def held(asks):
    return topic_by(asks)


@pytest.fixture
def taken(held, moderator) -> ReviewItem:
    """The item, in the hands of the moderator who will ask."""
    actions.claim_item(by=moderator.member, item=item_of(held))
    return item_of(held)


def _ask(person, item, *, note=QUESTION, key="one") -> ModAction:
    return actions.ask_colleague(
        by=person.member, item=item, version=item.version, note=note, idempotency_key=key
    )


def test_it_is_let_go_and_remembers_who_asked(moderator, held, taken):
    action = _ask(moderator, taken)
    item = item_of(held)
    assert (item.status, item.claimed_by, item.claimed_until) == (ItemStatus.OPEN, None, None)
    assert item.asked_by == moderator.member
    assert item.version == taken.version + 1
    # Asking is not an answer: the clock of the first one runs on.
    assert item.first_action_at is None
    assert (action.verb, action.text.note) == ("ask_colleague", QUESTION)
    assert [note.text for note in ItemNote.objects.filter(item=item)] == [QUESTION]
    assert again(held).state == PostState.HELD


def test_the_note_says_what_is_asked(moderator, held, taken):
    for empty in ("", "  \n"):
        with pytest.raises(actions.Refused):
            _ask(moderator, taken, note=empty)
    assert item_of(held).asked_by is None
    assert not ModAction.objects.filter(verb="ask_colleague").exists()


def test_the_next_one_gives_it_to_somebody_else(moderator, second_moderator, held, taken):
    _ask(moderator, taken)
    assert moderator.post("/queue/next/")["Location"] == "/queue/"
    assert second_moderator.post("/queue/next/")["Location"] == page_of(held)
    assert decided(second_moderator, held, Decision.APPROVE).state == PostState.PUBLISHED


def test_twice_with_one_key_is_one(moderator, held, taken):
    assert _ask(moderator, taken).pk == _ask(moderator, taken).pk
    assert ItemNote.objects.count() == 1
    assert item_of(held).version == taken.version + 1


def test_what_a_colleague_holds_is_not_handed_on(moderator, second_moderator, taken):
    with pytest.raises(actions.Conflict):
        _ask(second_moderator, taken)
    assert ItemNote.objects.count() == 0


def test_only_the_team_asks(answers, asks, held):
    for person in (answers, asks):
        with pytest.raises(PermissionDenied):
            _ask(person, item_of(held))


def test_nobody_hands_on_what_is_about_their_own_words(moderator, second_moderator, answers):
    own = published_by(second_moderator, moderator)
    actions.report_post(by=answers.member, post=own, category="unkind")
    with pytest.raises(PermissionDenied):
        _ask(second_moderator, item_of(own))
    assert item_of(own).asked_by is None
