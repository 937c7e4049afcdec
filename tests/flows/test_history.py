"""The wordings a post had, for its author and the team (scenario A17, A19; hazard H19)."""

import html

import pytest

from forum import actions
from forum.models import PostRevision
from forum.states import Decision
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, topic_by, url_of
from tests.flows.test_quoting import quoting

pytestmark = pytest.mark.django_db

FIRST, SECOND = "We sat in the kitchen all night.", "We sat in the garden all night."


@pytest.fixture
def shown(answers):
    topic = open_topic(answers.member, make_board(audience="public"))
    return again(write_reply(answers.member, topic, text=FIRST))


def history(person, post, more: str = "") -> str:
    response = person.get(url_of(post, "history") + more)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_author_and_team_read_each_wording_and_what_changed(answers, moderator, shown):
    post = edited(answers, shown, text=SECOND)
    page = history(answers, post)
    assert page.index("Wording 2") < page.index("Wording 1")
    assert "you · Waiting for a person" in page
    assert "you · Members read this one" in page
    assert "kitchen</del>" in page
    assert "garden</ins>" in page
    decided(moderator, post)
    page = history(moderator, post)
    assert "answers · Members read this one" in page
    assert "answers · Replaced by a newer text" in page
    assert FIRST in page


def test_for_everyone_else_there_is_no_such_page(stranger, newcomer, visitor, author, operator, shown):
    made_up = "/talk/p/AAAAAAAAAAAA/history/"
    for person in (stranger, newcomer, author, operator):
        assert person.get(url_of(shown, "history")).status_code == 404
        assert person.get(made_up).status_code == 404
    for address in (url_of(shown, "history"), made_up):
        response = visitor.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


def test_a_moderator_does_not_look_through_the_post_of_someone_they_know(answers, moderator, shown):
    actions.declare_acquaintance(by=moderator.member, other=answers.member)
    moderator = moderator.anew()
    assert moderator.get(url_of(shown, "history")).status_code == 404


def test_the_mark_leads_there_for_author_and_team_and_is_plain_for_others(
    answers, stranger, moderator, shown
):
    post = decided(moderator, edited(answers, shown, text=SECOND))
    link = f'href="{url_of(post, "history")}"'
    for person, leads in ((answers, True), (moderator, True), (stranger, False)):
        page = person.get(post.topic.get_absolute_url()).content.decode()
        assert "changed" in page
        assert (link in page) is leads
    assert link in answers.get("/talk/mine/").content.decode()


def test_what_the_team_took_out_is_for_its_author_alone(answers, moderator, second_moderator, shown):
    """H19: nor what stood before it, where the same words would stand."""
    post = edited(answers, shown, text=f"{FIRST} He is in room 12.")
    post = decided(moderator, post)
    actions.amend_post(
        by=moderator.member, post=again(post), wording=actions.prepare(source=FIRST), reason_code="private"
    )
    theirs = history(answers, post)
    assert "room 12" in theirs
    assert "the team · Members read this one" in theirs
    assert moderator.user.handle not in theirs
    for person in (moderator, second_moderator):
        page = history(person, post)
        assert "room 12" not in page
        assert page.count("The team took words out of this one.") == 2
        assert "<del>" not in page


def test_a_title_by_the_team_takes_nothing_out(answers, moderator, shown):
    actions.split_topic(by=moderator.member, posts=[shown], board=shown.topic.board, title="Goes on here")
    page = history(moderator, shown)
    assert "The team took words out" not in page
    assert "Goes on here" in page


def test_deleted_words_say_so(answers, moderator, shown):
    import datetime as dt

    from django.utils import timezone

    from forum.actions.purging import purge_texts

    post = decided(moderator, edited(answers, shown, text=SECOND), Decision.REJECT, reason_code="unkind")
    purge_texts(now=timezone.now() + dt.timedelta(days=31))
    page = history(answers, post)
    assert "garden" not in page
    assert "deleted" in page
    assert FIRST in page


def test_changed_needs_and_notes_stand_there(answers, moderator):
    post = topic_by(answers, text=FIRST)
    wording = actions.prepare(
        title="A first evening", source=FIRST, asks_for=["ideas"], content_notes=["grief"]
    )
    actions.edit_post(by=answers.member, post=post, wording=wording)
    page = history(answers, post)
    assert "Asks for: Ideas" in page
    assert "Mentions: A death" in page


def test_quoted_words_that_are_gone_are_in_no_history(answers, stranger, moderator, shown):
    post = quoting(stranger, shown, own="Yes.")
    edited(stranger, post, text="No quote any more.")
    assert FIRST in history(stranger, post)
    actions.withdraw_post(by=answers.member, post=again(shown))
    for person in (stranger, moderator):
        assert FIRST not in history(person, post)


def test_a_long_history_goes_on_behind_a_link_and_costs_the_same(
    answers, shown, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    history(answers, shown)
    with CaptureQueriesContext(connection) as one:
        history(answers, shown)
    rows = [
        PostRevision(
            post=shown,
            number=n,
            editor=answers.member,
            source=f"Wording of {n}",
            html=f"<p>Wording of {n}</p>",
            renderer_version="1",
            sha256="0" * 64,
            state="superseded",
            created_at=shown.submitted_at,
        )
        for n in range(2, 26)
    ]
    PostRevision.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        page = history(answers, shown)
    assert len(many) == len(one)
    assert "Wording of 25" in page
    assert "Wording of 15" not in page.split("Earlier ones")[0].split("<details")[-1]
    assert "?before=16" in page
    assert "Wording of 6" in history(answers, shown, "?before=16")
    for odd in ("?before=x", "?before=-1", "?before=99999999999"):
        assert "Wording of 25" in history(answers, shown, odd)
