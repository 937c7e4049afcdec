"""An author takes a post back: one that waits, one that is published, a whole topic."""

import pytest

from accounts.models import Notice
from forum import actions
from forum.models import Board, ModAction, ReviewItem, Topic
from forum.states import Decision, ItemStatus, PostState, RevisionState, TopicState
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, item_of, opened, page_of, topic_by, url_of
from tests.flows.writing_scene import SUICIDAL

pytestmark = pytest.mark.django_db

TEXT = "I should not have written this."


@pytest.fixture
def topic(answers) -> Topic:
    return open_topic(answers.member, make_board(), title="Answered by others")


def take_back(person, post):
    assert person.get(url_of(post, "withdraw")).status_code == 200
    return person.post(url_of(post, "withdraw"))


# --- it works ----------------------------------------------------------------------------------------------------


def test_a_post_that_waits_is_taken_back_and_leaves_the_queue(asks, moderator, topic):
    post = write_reply(asks.member, topic, text=TEXT)
    response = take_back(asks, post)
    assert (response.status_code, response["Location"]) == (302, "/talk/mine/")
    after = again(post)
    assert after.state == PostState.WITHDRAWN
    assert after.latest_revision.state == RevisionState.WITHDRAWN
    item = item_of(post)
    assert (item.status, item.resolution) == (ItemStatus.RESOLVED, "withdrawn")
    assert f"/queue/{item.pk}/" not in moderator.get("/queue/").content.decode()
    page = asks.get("/talk/mine/").content.decode()
    assert "Withdrawn by you" in page
    assert TEXT in page


def test_a_published_post_is_taken_back_and_one_line_keeps_its_place(stranger, answers, asks, topic):
    post = write_reply(stranger.member, topic, text=TEXT)
    write_reply(answers.member, topic, text="What comes after.")
    take_back(stranger, post)
    assert again(post).state == PostState.RETRACTED
    page = asks.get(topic.get_absolute_url()).content.decode()
    assert TEXT not in page
    assert page.count("A post was taken down here.") == 1
    assert page.index("A post was taken down here.") < page.index("What comes after.")
    topic.refresh_from_db()
    assert (topic.published_count, topic.last_position) == (2, 3)


def test_a_topic_nobody_answered_goes_with_its_first_post(answers, stranger, topic):
    page = answers.get(url_of(topic.first_post, "withdraw")).content.decode()
    assert "The topic goes with it" in page
    take_back(answers, topic.first_post)
    topic.refresh_from_db()
    assert topic.state == TopicState.REMOVED
    assert Board.objects.get().topic_count == 0
    assert stranger.get(topic.get_absolute_url()).status_code == 404
    assert "Answered by others" not in stranger.get("/talk/b/parents/").content.decode()


def test_the_replies_of_others_stay_when_the_first_post_is_taken_back(answers, stranger, person, topic):
    """Nobody's words go by another's act; the title was the author's, and goes."""
    write_reply(stranger.member, topic, text="An answer of mine.")
    page = answers.get(url_of(topic.first_post, "withdraw")).content.decode()
    assert "The replies of others stay." in page
    take_back(answers, topic.first_post)
    topic.refresh_from_db()
    assert (topic.state, topic.published_count, Board.objects.get().topic_count) == (TopicState.OPEN, 1, 1)
    for reader in (person("a-third-one", trust=1), answers, stranger):
        for address in ("/talk/b/parents/", topic.get_absolute_url(), "/talk/mine/"):
            shown = reader.get(address).content.decode()
            assert "Answered by others" not in shown or (reader is answers and address == "/talk/mine/")
        assert "1 reply" in reader.get("/talk/b/parents/").content.decode()
        there = reader.get(topic.get_absolute_url()).content.decode()
        assert "An answer of mine." in there
        assert "A topic whose first post was taken back" in there


def test_a_topic_that_waits_is_taken_back(asks, stranger):
    post = topic_by(asks)
    take_back(asks, post)
    assert again(post).state == PostState.WITHDRAWN
    assert again(post).topic.state == TopicState.HELD
    assert "A first evening" not in asks.get("/talk/b/parents/").content.decode()
    assert stranger.get(post.topic.get_absolute_url()).status_code == 404


def test_a_post_that_was_sent_back_can_be_left_unsent(asks, moderator):
    post = topic_by(asks)
    decided(moderator, post, Decision.RETURN, reason_code="private")
    take_back(asks, post)
    assert again(post).state == PostState.WITHDRAWN


def test_a_change_that_waits_goes_with_its_post(answers, moderator, topic):
    post = edited(answers, topic.first_post, text="Changed words.")
    form = opened(moderator, page_of(post))
    take_back(answers, post)
    after = again(post)
    assert after.state == PostState.RETRACTED
    assert after.latest_revision.state == RevisionState.WITHDRAWN
    assert item_of(post).status == ItemStatus.RESOLVED
    assert moderator.post(page_of(post), form | {"decision": "approve"}).status_code == 409


# --- what stays with the team --------------------------------------------------------------------------------------


def test_words_of_danger_stay_with_the_team_when_they_are_taken_back(asks, moderator):
    """Taking the words back does not end the danger."""
    post = topic_by(asks, text=SUICIDAL)
    take_back(asks, post)
    item = item_of(post)
    assert item.status == ItemStatus.OPEN
    assert f"/queue/{item.pk}/" in moderator.get("/queue/").content.decode()
    assert SUICIDAL in moderator.get(page_of(post)).content.decode()
    decided(moderator, post, Decision.KEEP)
    assert again(post).state == PostState.WITHDRAWN


def test_a_reported_post_stays_with_the_team_when_it_is_taken_back(answers, stranger, moderator, topic):
    actions.report_post(by=stranger.member, post=again(topic.first_post), category="worried")
    take_back(answers, topic.first_post)
    item = item_of(topic.first_post)
    assert item.status == ItemStatus.OPEN
    assert moderator.get(page_of(topic.first_post)).status_code == 200
    decided(moderator, topic.first_post, Decision.KEEP)
    assert again(topic.first_post).state == PostState.RETRACTED


def test_approving_what_was_taken_back_meanwhile_is_a_conflict(asks, moderator, topic):
    for text in (TEXT, SUICIDAL):
        post = write_reply(asks.member, topic, text=text)
        form = opened(moderator, page_of(post))
        take_back(asks, post)
        assert moderator.post(page_of(post), form | {"decision": "approve"}).status_code == 409
        assert again(post).state == PostState.WITHDRAWN
        assert again(post).position is None


# --- twice, side effects -----------------------------------------------------------------------------------------------


def test_taking_back_twice_is_one_act(asks, topic):
    post = write_reply(asks.member, topic)
    first, second = asks.post(url_of(post, "withdraw")), asks.post(url_of(post, "withdraw"))
    assert first["Location"] == second["Location"] == "/talk/mine/"
    assert ModAction.objects.filter(verb="withdraw_post").count() == 1


def test_taking_back_is_on_the_record_and_told_to_nobody(stranger, answers, topic, mailoutbox):
    post = write_reply(stranger.member, topic)
    Notice.objects.all().delete()
    take_back(stranger, post)
    act = ModAction.objects.get(verb="withdraw_post")
    assert (act.role, act.from_state, act.to_state) == ("author", "published", "retracted")
    assert act.actor_id == stranger.member.pk
    assert not Notice.objects.exists()
    assert not mailoutbox


def test_asking_once_changes_nothing(asks, topic):
    post = write_reply(asks.member, topic)
    page = asks.get(url_of(post, "withdraw")).content.decode()
    assert "Take it back?" in page
    assert again(post).state == PostState.HELD


def test_a_published_change_in_between_is_a_conflict(asks, moderator, topic, monkeypatch):
    """The author pressed while a moderator published it: nothing is done twice, the page says so."""
    from forum.views import mine

    post = write_reply(asks.member, topic, text=TEXT)
    real = mine.actions.withdraw_post

    def slower(*, by, post):
        decided(moderator, post)
        return real(by=by, post=post)

    monkeypatch.setattr(mine.actions, "withdraw_post", slower)
    response = asks.post(url_of(post, "withdraw"))
    assert response.status_code == 409
    assert "Someone was faster" in response.content.decode()
    assert again(post).state == PostState.PUBLISHED
    assert not ModAction.objects.filter(verb="withdraw_post").exists()


# --- who may, and how -----------------------------------------------------------------------------------------------------


def test_nobody_takes_back_another_s_post(stranger, moderator, author, answers, topic):
    for person in (stranger, moderator, author):
        assert person.get(url_of(topic.first_post, "withdraw")).status_code == 404
        assert person.post(url_of(topic.first_post, "withdraw")).status_code == 404
    assert again(topic.first_post).state == PostState.PUBLISHED


def test_a_visitor_is_asked_to_sign_in(visitor, topic):
    for address in (url_of(topic.first_post, "withdraw"), "/talk/p/AAAAAAAAAAAA/withdraw/"):
        for response in (visitor.get(address), visitor.post(address)):
            assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize("state", ["hidden", "removed", "rejected"])
def test_what_the_team_took_down_is_not_taken_back(asks, moderator, topic, state):
    post = write_reply(asks.member, topic)
    bring_to(state, post=post, author=asks.member, moderator=moderator.member)
    assert asks.get(url_of(post, "withdraw")).status_code == 403
    assert asks.post(url_of(post, "withdraw")).status_code == 403
    assert again(post).state == state


def test_other_methods_are_refused(asks, topic):
    post = write_reply(asks.member, topic)
    for method in (asks.put, asks.delete, asks.patch):
        assert method(url_of(post, "withdraw")).status_code == 405
    assert not ReviewItem.objects.filter(status=ItemStatus.RESOLVED).exists()
