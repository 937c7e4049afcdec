"""The visibility matrix, by the query, by the page, and as it stands in docs/safety.md."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from forum.models import Post, Topic
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.unit.forum.matrix import MATRIX, PEOPLE, as_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(asks, stranger, moderator, author, visitor):
    return dict(zip(PEOPLE, (visitor, stranger, asks, moderator, author), strict=True))


def make_case(people, answers, *, audience: str, topic_state: str, post_state: str):
    """A reply by `asks` in the given state, in a topic of someone else in the given state."""
    board = make_board(audience=audience)
    topic = open_topic(answers.member, board)
    post = write_reply(people["its author"].member, topic, text="CANARY-3141")
    moderator = people["moderator"].member
    if post_state != "held":
        post = bring_to(post_state, post=post, author=people["its author"].member, moderator=moderator)
    if topic_state == "locked":
        Topic.objects.filter(pk=topic.pk).update(state="locked")
    elif topic_state in {"hidden", "removed"}:
        bring_to(topic_state, post=topic.first_post, author=answers.member, moderator=moderator)
    return post


@pytest.mark.parametrize("case", list(MATRIX), ids="-".join)
def test_each_person_reads_what_the_matrix_says(case, people, answers):
    audience, topic_state, post_state = case
    post = make_case(people, answers, audience=audience, topic_state=topic_state, post_state=post_state)
    for (name, person), sees in zip(people.items(), MATRIX[case], strict=True):
        user = person.user or AnonymousUser()
        assert Post.objects.seen_by(user).filter(pk=post.pk).exists() == sees, name
        page = person.get(f"/talk/p/{post.public_id}/", follow=True)
        assert (b"CANARY-3141" in page.content) == sees, name


@pytest.mark.parametrize("state", ["held", "returned", "rejected", "withdrawn", "hidden", "removed"])
def test_a_post_one_may_not_see_looks_like_one_that_was_never_there(state, people, answers):
    post = make_case(people, answers, audience="members", topic_state="open", post_state=state)
    stranger = people["member"]
    real = stranger.get(f"/talk/p/{post.public_id}/")
    made_up = stranger.get("/talk/p/AAAAAAAAAAAA/")
    assert real.status_code == made_up.status_code == 404
    assert real.content == made_up.content
    assert sorted(real.headers.items()) == sorted(made_up.headers.items())


@pytest.mark.parametrize(
    "address", ["/talk/p/{}/", "/talk/t/{}/", "/talk/p/{}/edit/", "/talk/p/{}/report/", "/talk/t/{}/reply/"]
)
def test_a_visitor_cannot_tell_a_real_address_from_a_made_up_one(address, people, answers):
    post = make_case(people, answers, audience="members", topic_state="open", post_state="published")
    real_id = post.topic.public_id if "/t/" in address else post.public_id
    answers_to = {}
    for public_id in (real_id, "AAAAAAAAAAAA"):
        path = address.format(public_id)
        answer = people["visitor"].get(path)
        answers_to[public_id] = (answer.status_code, answer.content, answer["Location"].replace(path, "PATH"))
    assert answers_to[real_id] == answers_to["AAAAAAAAAAAA"]
    assert answers_to[real_id][0] == 302


def test_nobody_s_list_or_count_holds_what_others_cannot_see(people, answers):
    board = make_board()
    topic = open_topic(answers.member, board, title="Seen by all")
    held = write_reply(people["its author"].member, topic)
    topic.refresh_from_db()
    assert topic.published_count == 1
    assert held.position is None
    for person in (people["member"], people["its author"], people["moderator"]):
        page = person.get(f"/talk/b/{board.slug}/")
        assert b"No replies yet" in page.content


def test_the_matrix_in_the_documents_is_this_one():
    text = (Path(settings.BASE_DIR) / "docs" / "safety.md").read_text(encoding="utf-8")
    assert as_table() in text
