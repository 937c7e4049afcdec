"""A member names someone in a topic with an @ (scenario A37; hazard H15)."""

import html
import uuid

import pytest

from accounts.models import User
from forum import actions
from forum.models import Distance, Member, Mention, Post, PostRevision
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, item_of, opened, reply_by, url_of
from tests.flows.writing_scene import fill_in, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(audience="public"))


def address_of(topic) -> str:
    return f"/talk/t/{topic.public_id}/reply/"


def naming(person, topic, text) -> Post:
    wording = actions.prepare(source=text, by=person.member, topic=topic)
    sent = actions.submit_reply(by=person.member, topic=topic, wording=wording, client_token=uuid.uuid4().hex)
    return again(sent.post)


def named_in(post) -> set[str]:
    found = Mention.objects.filter(revision=post.latest_revision)
    return {one.member.handle for one in found.select_related("member__user")}


def read(person, topic) -> str:
    return html.unescape(person.get(topic.get_absolute_url()).content.decode())


def field_of(person, address: str) -> str:
    return person.get(address).context["form"]["text"].value()


def test_the_reply_page_says_how(stranger, topic):
    assert "write @ and their name" in main_of(stranger.get(address_of(topic)))


def test_a_name_is_kept_by_person_and_shown_as_it_is_today(stranger, answers, visitor, topic):
    response = fill_in(stranger, address_of(topic), text="Thank you @Answers, truly.")
    assert response.status_code == 302
    post = again(Post.objects.latest("pk"))
    assert named_in(post) == {"answers"}
    row = post.published_revision
    assert not any("answers" in words.lower() for words in (row.source, row.html, row.text_norm))
    assert '<span class="mention">@answers</span>' in read(visitor, topic)
    answers.user.username = "quiet-oak"
    answers.user.save()
    assert '<span class="mention">@quiet-oak</span>' in read(visitor, topic)
    assert field_of(stranger, url_of(post, "edit")) == "Thank you @quiet-oak, truly."


def test_a_person_who_left_is_named_no_more(stranger, answers, topic):
    post = naming(stranger, topic, "Thank you @answers.")
    Member.objects.filter(pk=answers.member.pk).update(user=None)
    User.objects.filter(pk=answers.user.pk).update(is_active=False)
    assert '<span class="mention">former member</span>' in read(stranger, topic)
    assert field_of(stranger, url_of(post, "edit")) == "Thank you former member."


@pytest.mark.parametrize(
    "text",
    [
        "Write to a@answers.example",
        "https://example.org/@answers",
        r"\@answers",
        "@answerssss",
        "@all and @everyone",
        "@nobody-here",
        "@stranger is me",
        "answers",
        "@@answers",
    ],
)
def test_other_signs_stay_as_they_were_typed(stranger, topic, text):
    post = naming(stranger, topic, text)
    assert post.published_revision.source == text
    assert not Mention.objects.exists()


@pytest.mark.parametrize(
    "text", ["@answers", "(@answers)", "**@answers**", "_@answers_", "@answers's", "> @answers"]
)
def test_a_name_is_found_wherever_it_stands(stranger, topic, text):
    assert named_in(naming(stranger, topic, f"{text} hello")) == {"answers"}


def test_only_people_whose_words_can_be_read_here_are_named(stranger, newcomer, moderator, answers, topic):
    """A name says nothing about who wrote what waits, was taken down, or stands elsewhere."""
    held = write_reply(newcomer.member, topic)
    assert named_in(naming(stranger, topic, "@newcomer?")) == set()
    bring_to("published", post=held, author=newcomer.member, moderator=moderator.member)
    assert named_in(naming(stranger, topic, "@newcomer!")) == {"newcomer"}
    bring_to("removed", post=held, author=newcomer.member, moderator=moderator.member)
    assert named_in(naming(stranger, topic, "@newcomer?!")) == set()


def test_five_people_fit_and_six_are_given_back(stranger, person, topic):
    names = [f"quiet-{word}" for word in ("oak", "elm", "fir", "yew", "ash")]
    for name in names:
        reply_by(person(name, trust=1), topic)
    all_five = " ".join(f"@{name}" for name in names)
    assert len(named_in(naming(stranger, topic, f"{all_five} and again {all_five}"))) == 5
    response = fill_in(stranger, address_of(topic), text=f"{all_five} @answers hello")
    assert response.status_code == 422
    assert f"{all_five} @answers hello" in html.unescape(response.content.decode())
    assert "at most 5" in response.context["form"].errors["text"][0]


@pytest.mark.parametrize("blocker", ["answers", "stranger"])
def test_across_a_block_a_name_is_plain_text(stranger, answers, topic, blocker):
    pair = {"answers": answers.member, "stranger": stranger.member}
    one = pair.pop(blocker)
    Distance.objects.create(member=one, other=pair.popitem()[1], kind="block")
    response = fill_in(stranger, address_of(topic), text="Thank you @answers.")
    assert response.status_code == 302
    assert again(Post.objects.latest("pk")).published_revision.source == "Thank you @answers."
    assert not Mention.objects.exists()


def test_one_name_typed_in_two_ways_is_one_person(stranger, topic):
    post = naming(stranger, topic, "@answers and @ANSWERS and @an-swers")
    assert Mention.objects.filter(revision=post.latest_revision).count() == 1


def test_names_in_words_a_moderator_changes_stay_names(asks, moderator, topic):
    post = naming(asks, topic, "Thank you @answers, call 555-0100.")
    address = f"/queue/{item_of(post).pk}/"
    assert "@answers" in main_of(moderator.get(address))
    assert field_of(moderator, address) == "Thank you @answers, call 555-0100."
    fields = opened(moderator, address)
    fields |= {"decision": "redact", "text": "Thank you @answers.", "reason_code": "private"}
    assert moderator.post(address, fields).status_code == 302
    assert named_in(again(post)) == {"answers"}


def test_a_text_of_names_alone_costs_one_look(stranger, topic, django_assert_num_queries):
    by = stranger.member
    text = " ".join(f"@name{n:04d}" for n in range(1000))
    with django_assert_num_queries(1):
        actions.prepare(source=text, by=by, topic=topic)
    with django_assert_num_queries(0):
        actions.prepare(source="No name, no quote.", by=by, topic=topic)


def test_the_preview_shows_the_name_and_keeps_nothing(stranger, topic):
    response = fill_in(stranger, address_of(topic), press="preview", text="Hello @answers")
    assert '<span class="mention">@answers</span>' in response.content.decode()
    assert not Mention.objects.exists()
    assert PostRevision.objects.count() == 1
