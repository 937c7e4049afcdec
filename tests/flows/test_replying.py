"""A member replies in a topic (scenarios A01, A03, A04, A35, A41)."""

import pytest

from accounts.models import Notice
from accounts.notices import shown_to
from forum import actions
from forum.models import Post, Topic, TopicMember
from forum.states import Level, PostState, ReasonKind
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, hidden_fields, item_of, news_goes_out, opened
from tests.flows.writing_scene import SUICIDAL, fill_in, helplines, main_of

pytestmark = pytest.mark.django_db

TEXT = "We had a silent month too."


@pytest.fixture
def topic(answers) -> Topic:
    return open_topic(answers.member, make_board(), title="First week home")


@pytest.fixture
def form(topic) -> str:
    return f"{topic.get_absolute_url()}reply/"


def newest() -> Post:
    return Post.objects.latest("pk")


# --- it works ----------------------------------------------------------------------------------------------


def test_a_new_member_s_reply_waits_and_only_they_and_the_team_see_it(asks, stranger, moderator, topic, form):
    """A01, A03."""
    response = fill_in(asks, form, text=TEXT)
    assert response.status_code == 200
    assert "Your post waits for a person" in main_of(response)
    assert newest().state == PostState.HELD
    address = topic.get_absolute_url()
    assert TEXT not in stranger.get(address).content.decode()
    own = asks.get(address).content.decode()
    assert TEXT in own
    assert "Waiting for a person" in own
    assert TEXT in moderator.get(address).content.decode()


def test_a_known_member_s_reply_stands_last_at_once(stranger, asks, topic, form):
    response = fill_in(stranger, form, text=TEXT)
    assert response.status_code == 302
    page = stranger.get(response["Location"], follow=True)
    assert page.redirect_chain[-1][0].endswith(f"#post-{newest().public_id}")
    assert TEXT in page.content.decode()
    assert newest().position == 2
    topic.refresh_from_db()
    assert (topic.published_count, topic.last_position, topic.next_position) == (2, 2, 3)


def test_an_approved_reply_is_last_counted_and_told_once(asks, answers, stranger, moderator, topic, form):
    """A04."""
    fill_in(asks, form, text=TEXT)
    held = newest()
    write_reply(stranger.member, topic, text="Sent later, published sooner.")
    Notice.objects.all().delete()
    decided(moderator, held)
    page = stranger.get(topic.get_absolute_url()).content.decode()
    assert page.index("Sent later, published sooner.") < page.index(TEXT)
    topic.refresh_from_db()
    assert topic.published_count == 3
    told = Notice.objects.values_list("person__username", "kind")
    assert sorted(told) == [("answers", "post.addressed"), ("asks", "post.published")]
    news_goes_out()
    assert [notice.text for notice in shown_to(asks.user)] == [
        "Your post is published. Others can read it now."
    ]


def test_the_writer_of_a_topic_watches_it_and_one_who_replies_tracks_it(answers, stranger, topic, form):
    fill_in(stranger, form, text=TEXT)
    levels = dict(TopicMember.objects.values_list("member__user__username", "level"))
    assert levels["answers"] == Level.WATCHING
    assert levels["stranger"] == Level.TRACKING


def test_replies_in_a_heated_topic_wait_whoever_writes(stranger, topic, form):
    Topic.objects.update(hold_replies=True)
    assert fill_in(stranger, form, text=TEXT).status_code == 200
    assert newest().state == PostState.HELD
    assert ReasonKind.TOPIC_HOLD in item_of(newest()).reasons.values_list("kind", flat=True)


def test_replies_in_a_board_that_is_read_first_wait_whoever_writes(stranger, form):
    topic = open_topic(stranger.member, make_board(slug="grief", name="Grief"))
    topic.board.premoderation = "all"
    topic.board.save()
    fill_in(stranger, f"{topic.get_absolute_url()}reply/", text=TEXT)
    assert newest().state == PostState.HELD


def test_help_stands_in_the_answer_to_a_reply_in_danger(asks, form):
    helplines()
    said = main_of(fill_in(asks, form, text=SUICIDAL))
    assert said.index('class="help-panel"') < said.index("<h1")
    assert newest().latest_revision.source == SUICIDAL


# --- refusals give the text back -------------------------------------------------------------------------------


def test_an_empty_reply_is_asked_for_again(stranger, form):
    response = fill_in(stranger, form, text="  \n ")
    assert response.status_code == 422
    assert 'class="error-summary"' in response.content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("text", ["a word " * 150_000, "> > > > four deep"], ids=["megabyte", "quotes"])
def test_what_cannot_be_shown_is_given_back_whole(stranger, form, text):
    """A41."""
    response = fill_in(stranger, form, text=text)
    assert response.status_code == 422
    assert text.strip().replace(">", "&gt;") in response.content.decode()
    assert Post.objects.count() == 1


def test_a_topic_that_closes_while_one_writes_gives_the_words_back(stranger, topic, form):
    fields = opened(stranger, form)
    Topic.objects.update(state="locked")
    response = stranger.post(form, fields | {"text": TEXT, "send": "1"})
    assert response.status_code == 403
    page = response.content.decode()
    assert TEXT in page
    assert "This cannot be sent here any more." in page
    assert Post.objects.count() == 1


@pytest.mark.parametrize("act", [actions.hide_post, actions.remove_post])
def test_a_topic_that_goes_away_while_one_writes_gives_the_words_back_and_is_not_named(
    stranger, moderator, topic, form, act
):
    fields = opened(stranger, form)
    act(by=moderator.member, post=again(topic.first_post), reason_code="unkind")
    response = stranger.post(form, fields | {"text": TEXT, "send": "1"})
    assert response.status_code == 404
    page = response.content.decode()
    assert f"{TEXT}</textarea>" in page
    assert "First week home" not in page
    assert Post.objects.count() == 1
    assert stranger.post(form, {"text": TEXT}).status_code == 404
    assert TEXT not in stranger.post(form, {"text": TEXT}).content.decode()


# --- twice -----------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_reply_and_one_notice(stranger, topic, form):
    """A35."""
    fields = opened(stranger, form) | {"text": TEXT, "send": "1"}
    first, second = stranger.post(form, fields), stranger.post(form, fields)
    assert first["Location"] == second["Location"]
    assert Post.objects.count() == 2
    assert Notice.objects.filter(kind="post.addressed").count() == 1
    topic.refresh_from_db()
    assert topic.published_count == 2


def test_sending_twice_is_one_reply_even_when_the_topic_closed_in_between(stranger, topic, form):
    fields = opened(stranger, form) | {"text": TEXT, "send": "1"}
    first = stranger.post(form, fields)
    Topic.objects.update(state="locked")
    assert stranger.post(form, fields)["Location"] == first["Location"]
    assert Post.objects.count() == 2


def test_one_member_s_form_is_not_another_s(stranger, answers, form):
    theirs = opened(stranger, form) | {"text": TEXT, "send": "1"}
    response = answers.post(form, theirs)
    assert response.status_code == 302
    assert Post.objects.count() == 1
    assert TEXT not in answers.get(form).content.decode()
    assert TEXT in stranger.get(form).content.decode()  # it waits for the one who wrote it


# --- who may, and how --------------------------------------------------------------------------------------------


def test_nobody_replies_in_a_closed_topic(stranger, topic, form):
    Topic.objects.update(state="locked")
    assert stranger.get(form).status_code == 403
    assert "Write a reply" not in stranger.get(topic.get_absolute_url()).content.decode()


def test_a_topic_one_may_not_see_cannot_be_answered(asks, stranger):
    from tests.flows.forum_scene import topic_by

    held = topic_by(asks).topic
    for address in (f"{held.get_absolute_url()}reply/", "/talk/t/AAAAAAAAAAAA/reply/"):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"text": TEXT}).status_code == 404
    assert Post.objects.count() == 1


def test_nobody_replies_to_their_own_topic_while_it_waits(asks):
    from tests.flows.forum_scene import topic_by

    held = topic_by(asks).topic
    assert asks.get(f"{held.get_absolute_url()}reply/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(visitor, topic, form):
    for address in (form, "/talk/t/AAAAAAAAAAAA/reply/"):
        for response in (visitor.get(address), visitor.post(address, {"text": TEXT})):
            assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")
    assert Post.objects.count() == 1


def test_other_methods_are_refused(stranger, form):
    for method in (stranger.put, stranger.delete, stranger.patch):
        assert method(form).status_code == 405


def test_a_preview_sends_nothing(stranger, form):
    response = fill_in(stranger, form, press="preview", text="**Soon**")
    assert "<strong>Soon</strong>" in response.content.decode()
    assert Post.objects.count() == 1
    stranger.post(form, hidden_fields(response) | {"text": "**Soon**", "send": "1"})
    assert newest().published_revision.html.strip() == "<p><strong>Soon</strong></p>"


def test_nobody_hears_of_a_reply_that_waits(asks, form, mailoutbox):
    """I5."""
    fill_in(asks, form, text=TEXT)
    assert not Notice.objects.exists()
    assert not mailoutbox
