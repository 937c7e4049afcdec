"""What a post mentions folds it, unless its reader chose otherwise; the team can name it too."""

import pytest

from forum import actions
from forum.models import Member, PostRevision
from forum.states import ContentNote, Decision
from tests.factories import make_board
from tests.flows.forum_scene import (
    again,
    item_of,
    opened,
    page_of,
    reply_by,
    topic_by,
    url_of,
)

pytestmark = pytest.mark.django_db

WORDS = "It was a long night at the hospital."


def mentions(post, *notes):
    """The post's shown wording mentions these."""
    kept = again(post).shown_revision
    PostRevision.objects.filter(pk=kept.pk).update(content_notes=list(notes))
    return again(post)


@pytest.fixture
def post(answers):
    make_board(audience="public")
    return mentions(topic_by(answers, text=WORDS), "overdose", "grief")


def part(person, post):
    page = person.get(post.topic.get_absolute_url()).content.decode()
    return page.split(f'id="post-{post.public_id}"')[1].split("</article>")[0]


def unfold(person, *notes):
    actions.choose_what_i_see(by=person.member, unfolds=[ContentNote(one) for one in notes], relation=None)


def test_it_is_folded_for_visitors_and_for_who_chose_nothing_and_says_why(visitor, stranger, moderator, post):
    for person in (visitor, stranger, moderator):
        shown = part(person, post)
        assert "Mentions: overdose, a death" in shown
        assert "Show post" in shown
        assert WORDS in shown.split("</summary>")[1]


def test_it_stands_open_for_who_chose_all_it_mentions_and_for_nobody_who_chose_a_part(stranger, asks, post):
    unfold(stranger, "overdose", "grief", "violence")
    unfold(asks, "overdose")
    assert "<details" not in part(stranger, post)
    assert WORDS in part(stranger, post)
    assert "<details" in part(asks, post)


def test_ones_own_post_is_never_folded(answers, post):
    assert "<details" not in part(answers, post)


def test_a_reply_that_mentions_nothing_stands_open(stranger, answers, post):
    assert "<details" not in part(stranger, reply_by(answers, post.topic))


def test_of_someone_muted_it_stays_folded_and_says_both(stranger, answers, post):
    unfold(stranger, *ContentNote.values)
    stranger.post(url_of(post, "distance"), {"kind": "mute"})
    assert "<strong>Folded for you</strong>" in part(stranger, post)
    unfold(stranger)
    assert "<strong>Folded for you. Mentions: overdose, a death</strong>" in part(stranger, post)


def test_a_note_that_is_no_longer_known_folds_nothing_shut_for_ever(stranger, post):
    mentions(post, "spoilers")
    assert "<details" not in part(stranger, post)
    mentions(post, "spoilers", "grief")
    unfold(stranger, "grief")
    assert "<details" not in part(stranger, post)


def test_folding_changes_no_row(stranger, post):
    before = Member.objects.filter(pk=stranger.member.pk).values().get()
    part(stranger, post)
    assert Member.objects.filter(pk=stranger.member.pk).values().get() == before


# --- the team -----------------------------------------------------------------------------------------------


def amend(moderator, post, **typed):
    address = url_of(post, "amend")
    form = opened(moderator, address) | {"title": "A first evening", "text": WORDS, "reason_code": "other"}
    return moderator.post(address, form | {"message": "We named what it mentions."} | typed)


def test_a_moderator_names_what_a_published_post_mentions(moderator, stranger, post):
    assert amend(moderator, post, content_notes=["suicide"]).status_code == 302
    assert again(post).published_revision.content_notes == ["suicide"]
    assert "Mentions: suicide" in part(stranger, post)


def test_the_form_of_the_team_begins_with_the_authors_notes(moderator, post):
    page = moderator.get(url_of(post, "amend")).content.decode()
    chips = page.split('name="content_notes"')
    assert ["checked" in one.split(">")[0] for one in chips[1:]] == [True, False, False, False, True, False]


def test_the_teams_wording_keeps_what_its_author_asked_for_and_the_language(moderator, post):
    kept = again(post).published_revision
    PostRevision.objects.filter(pk=kept.pk).update(asks_for=["listen"], lang="es")
    assert amend(moderator, post, text="Shorter.", content_notes=["overdose", "grief"]).status_code == 302
    now = again(post).published_revision
    assert (now.asks_for, now.lang, now.content_notes) == (["listen"], "es", ["overdose", "grief"])


def test_approving_with_changes_keeps_and_names_them_too(asks, moderator):
    held = mentions(topic_by(asks, text=WORDS), "use")
    PostRevision.objects.filter(post=held).update(asks_for=["ideas"], lang="es")
    page = moderator.get(page_of(held)).content.decode()
    assert page.count('name="content_notes"') == len(ContentNote)
    form = opened(moderator, page_of(held)) | {
        "decision": Decision.REDACT.value,
        "reason_code": "private",
        "title": "A first evening",
        "text": WORDS,
        "content_notes": ["overdose", "use"],
    }
    assert moderator.post(page_of(held), form).status_code == 302
    now = again(held).published_revision
    assert (now.content_notes, now.asks_for, now.lang) == (["overdose", "use"], ["ideas"], "es")
    assert now.source == WORDS


def test_approving_with_changes_that_change_nothing_is_given_back(asks, moderator):
    held = mentions(topic_by(asks, text=WORDS), "use")
    wording = actions.prepare(title="A first evening", source=WORDS, content_notes=["use"])
    PostRevision.objects.filter(post=held).update(sha256=wording.sha256)
    form = opened(moderator, page_of(held)) | {
        "decision": Decision.REDACT.value,
        "reason_code": "private",
        "title": "A first evening",
        "text": WORDS,
        "content_notes": ["use"],
    }
    response = moderator.post(page_of(held), form)
    assert response.status_code == 422
    assert "Nothing is taken out" in response.content.decode()
    assert item_of(held).status == "open"


# --- everyone at once ---------------------------------------------------------------------------------------


def test_a_topic_with_erased_muted_blocked_and_limited_people_opens_for_everyone(
    person, visitor, stranger, moderator, answers
):
    from tests.flows.test_responding import limit, press

    make_board(audience="public")
    first = topic_by(answers)
    cast = {name: person(name, trust=1) for name in ("muted", "blocked", "blocking", "limited", "gone")}
    posts = {name: reply_by(one, first.topic, text=f"Words of {name}.") for name, one in cast.items()}
    for one in posts.values():
        press(answers, one)
    press(cast["gone"], first)
    cast["gone"].post("/talk/what-i-see/", {"relation": "parent"})
    cast["gone"].user.delete()
    limit(moderator, cast["limited"], "suspend")
    stranger.post(url_of(posts["muted"], "distance"), {"kind": "mute"})
    stranger.post(url_of(posts["blocked"], "distance"), {"kind": "block"})
    theirs = reply_by(stranger, first.topic, text="Mine.")
    cast["blocking"].post(url_of(theirs, "distance"), {"kind": "block"})
    for reader in (visitor, stranger, moderator, answers, cast["blocked"].anew(), cast["blocking"].anew()):
        for name, one in posts.items():
            shown = part(reader, one)
            assert f"Words of {name}." in shown
            folds = reader is stranger and name in {"muted", "blocked", "blocking"}
            assert ("Folded for you" in shown) == folds
    gone = part(visitor, posts["gone"])
    assert "former member" in gone
    assert "Parent ·" not in gone
    assert "Folded for you" in part(cast["blocked"].anew(), theirs)
    assert "Folded for you" in part(cast["blocking"].anew(), theirs)
    names = answers.get(url_of(first, "responses")).content.decode()
    assert "former member" in names
