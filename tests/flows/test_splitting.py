"""The team moves posts to where they belong, and readers find them there."""

import pytest

from accounts.models import Notice
from forum import actions
from forum.actions.counting import recount
from forum.models import ModAction, Topic
from forum.states import PostState, TopicState
from forum.views import splitting
from tests.factories import bring_to, make_board, open_topic
from tests.flows.forum_scene import again, hidden_fields, opened, reply_by, topic_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(answers):
    return topic_by(answers, title="A long evening").topic


@pytest.fixture
def other(stranger):
    return topic_by(stranger, title="Sleepless").topic


@pytest.fixture
def replies(topic, stranger):
    return [reply_by(stranger, topic, text=f"Reply number {n}") for n in range(3)]


def url_of(topic) -> str:
    return f"{topic.get_absolute_url()}split/"


def now(topic) -> Topic:
    return Topic.objects.with_title().get(pk=topic.pk)


def checked(person, topic, posts, **fields):
    """The page that says what will happen."""
    data = opened(person, url_of(topic)) | {"post": [post.public_id for post in posts], "check": "1"}
    return person.post(url_of(topic), data | fields)


def into(other) -> dict[str, str]:
    return {"where": "existing", "address": f"https://hub.example{other.get_absolute_url()}?page=2"}


def moved(person, topic, posts, **fields):
    """All three steps; the fields of the last form are returned too."""
    response = checked(person, topic, posts, **fields)
    assert response.status_code == 200, response.content.decode()
    data = hidden_fields(response) | {"post": [post.public_id for post in posts], "move": "1"}
    return person.post(url_of(topic), data), data


def test_posts_move_to_another_topic_and_their_old_address_leads_there(
    moderator, newcomer, topic, other, replies
):
    told = Notice.objects.count()
    response, _data = moved(moderator, topic, replies[:2], **into(other))
    assert (response.status_code, response["Location"]) == (302, f"{other.get_absolute_url()}?page=last")
    page = newcomer.get(other.get_absolute_url()).content.decode()
    assert page.index("Reply number 0") < page.index("Reply number 1")
    old = newcomer.get(topic.get_absolute_url()).content.decode()
    assert "Reply number 0" not in old
    assert old.count("A post was moved to") == 2
    assert "Sleepless" in old
    leads_to = newcomer.get(f"/talk/p/{replies[0].public_id}/")["Location"]
    assert leads_to == f"{other.get_absolute_url()}?page=1#post-{replies[0].public_id}"
    assert Notice.objects.count() == told
    assert recount() == []


def test_before_anything_moves_the_page_says_what_will_happen(moderator, asks, topic, other, replies):
    reply_by(asks, topic)
    page = checked(moderator, topic, replies[:2], **into(other)).content.decode()
    assert "2 posts move: to the end of “Sleepless” in Parents." in page
    assert "1 post that waits stays in this topic." in page
    assert not ModAction.objects.filter(subject_kind="topic").exists()


def test_sent_twice_it_is_one_move(moderator, topic, other, replies):
    first, data = moved(moderator, topic, replies[:1], **into(other))
    second = moderator.post(url_of(topic), data)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert ModAction.objects.filter(verb="move_posts").count() == 1
    assert now(other).last_position == 2


def test_posts_become_a_topic_of_their_own_whose_title_is_the_teams(
    moderator, newcomer, stranger, topic, replies
):
    response, data = moved(moderator, topic, replies[1:], where="new", board="parents", title="About sleep")
    new = Topic.objects.with_title().latest("pk")
    assert response["Location"].startswith(new.get_absolute_url())
    assert "About sleep" in newcomer.get("/talk/b/parents/").content.decode()
    page = newcomer.get(new.get_absolute_url()).content.decode()
    assert "title by the moderation team" in page
    assert "changed by the moderation team" not in page
    assert page.index("Reply number 1") < page.index("Reply number 2")
    again_sent = moderator.post(url_of(topic), data)
    assert again_sent["Location"] == response["Location"]
    assert Topic.objects.count() == 2
    mine = stranger.get("/talk/mine/").content.decode()
    assert "About sleep" in mine
    assert "moderator" not in mine.replace("moderators", "")


def test_when_all_posts_move_the_old_topic_says_where_it_goes_on(
    moderator, newcomer, asks, topic, other, replies
):
    waiting = reply_by(asks, topic)
    response = checked(moderator, topic, [], everything="1", **into(other))
    assert "1 post that waits goes along." in response.content.decode()
    moderator.post(url_of(topic), hidden_fields(response) | {"move": "1"})
    page = newcomer.get(topic.get_absolute_url()).content.decode()
    assert "It goes on in" in page
    assert "A long evening" not in page
    assert newcomer.get("/talk/b/parents/").content.decode().count('class="row"') == 1
    assert now(topic).state == TopicState.LOCKED
    assert again(waiting).topic == other
    assert asks.get(f"/talk/p/{waiting.public_id}/")["Location"].startswith(other.get_absolute_url())
    assert recount() == []


def test_a_marker_names_no_topic_that_its_reader_may_not_see(moderator, visitor, stranger, newcomer, answers):
    """A public topic's posts moved among members: visitors learn that they moved, and nothing of where."""
    public = open_topic(answers.member, make_board(slug="open", name="Open", audience="public"))
    private = topic_by(stranger, title="Only for members").topic
    posts = [reply_by(stranger, public, text=f"Reply number {n}") for n in range(2)]
    actions.move_posts(by=moderator.member, posts=posts, to_topic=private)
    page = visitor.get(public.get_absolute_url()).content.decode()
    assert page.count("A post was moved by the team.") == 2
    for secret in ("Only for members", private.public_id, posts[0].public_id):
        assert secret not in page
    assert "Only for members" in newcomer.get(public.get_absolute_url()).content.decode()
    bring_to("removed", post=again(posts[0]), author=stranger.member, moderator=moderator.member)
    page = newcomer.get(public.get_absolute_url()).content.decode()
    assert posts[0].public_id not in page
    assert posts[1].public_id in page


def test_where_a_topic_goes_on_is_named_only_to_those_who_may_see_it(
    moderator, visitor, stranger, newcomer, answers
):
    public = open_topic(answers.member, make_board(slug="open", name="Open", audience="public"))
    private = topic_by(stranger, title="Only for members").topic
    actions.move_posts(by=moderator.member, posts=[again(public.first_post)], to_topic=private)
    page = visitor.get(public.get_absolute_url()).content.decode()
    assert "It goes on somewhere else." in page
    assert "Only for members" not in page
    assert private.public_id not in page
    bring_to("hidden", post=again(private.first_post), author=stranger.member, moderator=moderator.member)
    page = newcomer.get(public.get_absolute_url()).content.decode()
    assert "Only for members" not in page
    assert private.public_id not in page


def test_ticks_stay_while_the_page_is_turned(moderator, topic, other, replies, monkeypatch):
    monkeypatch.setattr(splitting, "POSTS_A_PAGE", 2)
    first = moderator.get(url_of(topic))
    data = hidden_fields(first) | {"post": [replies[0].public_id], "title": "Half a title", "page": "2"}
    page = moderator.post(url_of(topic), data).content.decode()
    assert "1 post on other pages is chosen too." in page
    assert "Half a title" in page
    assert "Reply number 2" in page
    assert f'name="post" value="{replies[0].public_id}"' in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose where they go."),
        ({"where": "existing", "address": "/talk/t/AAAAAAAAAAAA/"}, "No topic has this address."),
        ({"where": "existing", "address": "nonsense here"}, "No topic has this address."),
        ({"where": "new", "board": "parents", "title": " "}, "Give it a short title."),
        ({"where": "new", "board": "nowhere", "title": "Sleep"}, "Choose a board."),
    ],
    ids=["nothing", "missing", "nonsense", "no title", "no board"],
)
def test_what_is_missing_is_said_and_the_words_stay(moderator, topic, replies, fields, says):
    response = checked(moderator, topic, replies[:1], note="My note", **fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert "My note" in page


def test_no_posts_no_move(moderator, topic, other, replies):
    response = checked(moderator, topic, [], **into(other))
    assert response.status_code == 422
    assert "Choose the posts to move." in response.content.decode()
    same = checked(moderator, topic, replies[:1], **into(topic))
    assert "The posts are in this topic now." in same.content.decode()


def test_what_a_rule_refuses_is_said_with_the_choice_kept(moderator, topic, other, replies):
    response, _data = moved(moderator, topic, [topic.first_post, replies[0]], **into(other))
    page = response.content.decode()
    assert response.status_code == 422
    assert "It moves only when all posts move." in page
    assert "checked" in page
    assert now(other).last_position == 1


def test_a_post_that_was_moved_meanwhile_is_a_conflict(moderator, second_moderator, topic, other, replies):
    third = topic_by(second_moderator).topic
    response = checked(moderator, topic, replies[:2], **into(other))
    actions.move_posts(by=moderator.member, posts=[replies[0]], to_topic=third)
    data = hidden_fields(response) | {"post": [post.public_id for post in replies[:2]], "move": "1"}
    late = moderator.post(url_of(topic), data)
    assert late.status_code == 409
    assert "Look again, then choose." in late.content.decode()
    assert again(replies[1]).topic == topic
    assert again(replies[0]).topic == third


def test_for_members_the_page_does_not_exist_and_in_ones_own_topic_it_is_refused(
    stranger, visitor, moderator, topic, other
):
    for send in (stranger.get, stranger.post):
        assert send(url_of(topic)).status_code == 404
    assert visitor.get(url_of(topic))["Location"] == f"/sign-in/?next={url_of(topic)}"
    own = topic_by(moderator).topic
    assert moderator.get(url_of(own)).status_code == 403
    into_own = checked(moderator, topic, [topic.first_post], **into(own))
    assert "You, or somebody you know, began it." in into_own.content.decode()


def test_a_moved_post_keeps_its_state_answers_and_reports(
    moderator, newcomer, stranger, topic, other, replies
):
    answer = reply_by(newcomer, topic)
    actions.report_post(by=newcomer.member, post=replies[0], category="unkind")
    actions.move_posts(by=moderator.member, posts=[replies[0]], to_topic=other)
    moved_post = again(replies[0])
    assert (moved_post.state, moved_post.published_at) == (PostState.PUBLISHED, replies[0].published_at)
    item = moved_post.items.get()
    assert moderator.get(f"/queue/{item.pk}/").status_code == 200
    assert again(answer).topic == topic


def test_a_reply_that_crosses_a_merge_is_given_back_and_lands_nowhere(
    moderator, stranger, topic, other, replies
):
    as_it_was_read = again(replies[0]).topic
    everything = [again(post) for post in topic.posts.all()]
    actions.move_posts(by=moderator.member, posts=everything, to_topic=now(other))
    with pytest.raises(actions.Conflict):
        reply_by(stranger, as_it_was_read)
    assert not topic.posts.exists()
    assert recount() == []


def test_a_made_up_post_among_the_chosen_is_no_error(moderator, topic, other, replies):
    address = url_of(topic)
    data = opened(moderator, address) | {"post": [replies[0].public_id, "a\x00b", "é" * 16], "check": "1"}
    assert "1 post moves" in moderator.post(address, data | into(other)).content.decode()
