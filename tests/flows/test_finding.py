"""Finding: lessons for everyone, posts for those who may read them, help before everything else."""

import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from education.models import CrisisResource, GlossaryTerm, LessonPage
from forum import actions
from forum.models import Board, Distance, Member, Post, PostRevision, TopicMember
from forum.searching import HITS_A_PAGE, similar_topics
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, reply_by, topic_by
from tests.unit.education.making import make_draft, make_live, make_tree

pytestmark = pytest.mark.django_db

SECRET = "zqlighthouse"
HEADING = "<h2>From Talk</h2>"


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


@pytest.fixture
def helpline():
    make_tree()
    return CrisisResource.objects.create(
        key="one",
        kinds="emergency, suicide, overdose",
        name_en="A line",
        name_es="Una línea",
        what_en="Day and night.",
        what_es="Día y noche.",
        phone="555-0100",
        languages="en",
    )


def page(person, words=SECRET, **rest) -> str:
    response = person.get("/search/", {"q": words, **rest})
    assert response.status_code == 200
    return response.content.decode()


def hits(person, words=SECRET, **rest) -> list[str]:
    """The addresses of the posts a search page shows."""
    return re.findall(r'class="row-title" href="(/talk/p/[^"]+)"', page(person, words, **rest))


# --- who finds what ----------------------------------------------------------------------------------------------


def test_a_member_finds_what_others_wrote_and_lands_on_it(stranger, answers, topic):
    post = reply_by(answers, topic, text=f"We sat by the {SECRET} & talked.")
    shown = page(stranger)
    assert HEADING in shown
    assert f"by the <mark>{SECRET}</mark> &amp; talked" in shown
    assert topic.title in shown
    assert answers.member.handle in shown
    assert hits(stranger) == [post.get_absolute_url()]
    assert stranger.get(post.get_absolute_url(), follow=True).status_code == 200


@pytest.mark.parametrize(
    "state", ["held", "returned", "rejected", "withdrawn", "hidden", "removed", "retracted"]
)
def test_nobody_finds_what_is_not_published(
    state, visitor, asks, stranger, moderator, safety_lead, operator, topic
):
    """Not its author, not the team; and the page is the one for words that stand nowhere."""
    Board.objects.update(audience="public")
    reply = write_reply(asks.member, topic, text=f"A text with {SECRET}.")
    first = topic_by(asks, title=f"Title {SECRET}", text=f"Words {SECRET}.")
    for post in (reply, first):
        if state != "held":
            bring_to(state, post=post, author=asks.member, moderator=moderator.member)
    for person in (visitor, asks, stranger, moderator, safety_lead, operator):
        for way in ({}, {"sort": "newest"}, {"board": topic.board.slug}, {"when": "week"}):
            assert page(person, SECRET, **way).replace(SECRET, "-") == page(
                person, "zqelsewhere", **way
            ).replace("zqelsewhere", "-")
        user = person.user if person is not visitor else visitor.get("/").wsgi_request.user
        assert similar_topics(user=user, title=f"Title {SECRET}") == []


def test_a_canary_in_each_thing_that_is_no_post_is_found_by_nobody(asks, answers, moderator, topic):
    report = actions.report_post(
        by=asks.member, post=topic.first_post, category="unkind", note=f"note {SECRET}"
    )
    assert report
    actions.hide_post(
        by=moderator.member,
        post=reply_by(answers, topic, text="Nothing much."),
        reason_code="unkind",
        message=f"message {SECRET}",
        note=f"note {SECRET}",
    )
    for person in (asks, answers, moderator):
        assert hits(person) == []


def test_words_that_were_taken_out_or_changed_are_found_by_nobody(answers, moderator, stranger, topic):
    post = reply_by(answers, topic, text=f"A text with {SECRET} in it.")
    actions.amend_post(
        by=moderator.member,
        post=again(post),
        wording=actions.prepare(source="A text with nothing in it."),
        reason_code="private",
    )
    for person in (answers, moderator, stranger):
        assert hits(person) == []


def test_who_left_is_still_found_by_words_and_not_by_name(answers, stranger, topic):
    from accounts import actions as account_actions

    reply_by(answers, topic, text=SECRET)
    name = answers.user.handle
    account_actions.delete_account(person=answers.user) if hasattr(account_actions, "delete_account") else (
        answers.user.delete()
    )
    assert len(hits(stranger)) == 1
    assert hits(stranger, name) == []
    assert name not in page(stranger)


def test_visitors_find_lessons_and_public_boards_and_read_how_to_search_the_rest(visitor, answers, topic):
    reply_by(answers, topic, text=SECRET)
    assert hits(visitor) == []
    assert "you need an account" in page(visitor)
    Board.objects.update(audience="public")
    assert len(hits(visitor)) == 1


def test_people_one_keeps_apart_from_are_left_out(answers, stranger, topic):
    reply_by(answers, topic, text=SECRET)
    Distance.objects.create(member=stranger.member, other=answers.member, kind="mute")
    assert hits(stranger) == []


def test_what_a_post_mentions_is_said_in_place_of_its_words(answers, stranger, topic):
    wording = actions.prepare(source=f"The night of {SECRET}.", content_notes=["overdose"])
    actions.submit_reply(by=answers.member, topic=topic, wording=wording, client_token="one")
    shown = page(stranger)
    assert "Mentions: Overdose" in shown
    assert "The night of" not in shown
    Member.objects.filter(user=stranger.user).update(unfolds=["overdose"])
    shown = page(stranger)
    assert "Mentions:" not in shown
    assert "The night of" in shown


# --- lessons and words explained ---------------------------------------------------------------------------------


def test_everyone_finds_lessons_the_public_may_read_and_no_draft(visitor, stranger):
    course = make_tree()
    make_live(course, slug="sleep", title="When they cannot sleep")
    make_draft(course, slug="night", title="Sleep and the night")
    for person in (visitor, stranger):
        shown = page(person, "sleep")
        assert "/learn/skills/sleep/" in shown
        assert "Sleep and the night" not in shown


def test_a_lesson_that_lost_its_signature_is_not_found(visitor):
    course = make_tree()
    make_live(course, slug="sleep", title="When they cannot sleep")
    LessonPage.objects.update(live_revision=None)
    assert "/learn/skills/sleep/" not in page(visitor, "sleep")


def test_a_whole_question_finds_the_lesson_with_some_of_its_words(visitor):
    make_live(make_tree(), slug="sleep", title="When they cannot sleep")
    assert "/learn/skills/sleep/" in page(visitor, "What do I do when my son will not sleep at night?")


def test_an_explained_word_stands_above_everything(visitor):
    locale = make_tree().locale
    GlossaryTerm.objects.create(
        key="relapse", locale=locale, term="Relapse", meaning="Using again after a pause."
    )
    assert "Using again after a pause." in page(visitor, "relapses")
    assert "Using again after a pause." not in page(visitor, "bread")


def test_the_spanish_page_searches_and_speaks_spanish_addresses(visitor):
    response = visitor.get("/es/search/", {"q": "dormir"})
    assert response.status_code == 200
    assert 'action="/es/search/"' in response.content.decode()


# --- help first ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "how much to overdose",
        "overdose",
        "I want to die",
        "lethal dose",
        "sobredosis",
        "narcan",
        "he is not breathing",
    ],
)
def test_who_searches_for_danger_sees_whom_to_call_before_all_else(words, visitor, stranger, helpline):
    for person in (visitor, stranger):
        shown = page(person, words)
        assert shown.index('href="tel:') < shown.index('id="q"')


def test_ordinary_words_show_no_panel(visitor, helpline):
    assert "help-panel" not in page(visitor, "sleep and money")


# --- what is typed ---------------------------------------------------------------------------------------------------

ODD = [
    '"',
    "a AND OR NOT",
    "title:first",
    "col:x",
    "(((",
    "'; --",
    "😀",
    "\u202eabc",
    "x" * 9_999,
    "%s",
    "*",
    "<b>hi</b>",
]


@pytest.mark.parametrize("words", ODD)
def test_odd_words_get_a_kind_page_with_the_words_kept(words, visitor, stranger, topic):
    for person in (visitor, stranger):
        for sort in ("", "newest"):
            shown = page(person, words, sort=sort, board="x", after="'", when="ever", relation="king")
            assert "we left it out" in shown
            assert "<b>hi</b>" not in shown
    assert "Type a word or two" in page(stranger, "😀 !!")


def test_nothing_found_is_said_kindly_and_an_empty_box_is_a_page_too(stranger, topic):
    assert "That says nothing about you" in page(stranger, "zebra")
    assert stranger.get("/search/").status_code == 200
    assert stranger.post("/search/", {"q": "x"}).status_code == 405


def test_filters_stay_chosen_and_narrow(answers, stranger, topic):
    other = Board.objects.create(slug="other", name="Other", purpose="Other things.")
    here = reply_by(answers, topic, text=SECRET)
    open_topic(stranger.member, other, text=SECRET)
    assert len(hits(stranger)) == 2
    assert hits(stranger, board=topic.board.slug) == [here.get_absolute_url()]
    shown = page(stranger, board=topic.board.slug, when="month")
    assert f'<option value="{topic.board.slug}" selected>' in shown
    assert '<option value="month" selected>' in shown


def test_a_visitor_is_offered_no_board_they_may_not_open(visitor, topic):
    assert topic.board.name not in page(visitor)
    assert "we left it out" in page(visitor, board=topic.board.slug)
    assert "we left it out" in page(visitor, board="made-up")


def test_the_next_page_goes_on_and_keeps_the_question(answers, stranger, topic, monkeypatch):
    from forum import rules

    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 10_000)
    for _n in range(HITS_A_PAGE + 3):
        reply_by(answers, topic, text=SECRET)
    for sort in ("", "newest"):
        first = page(stranger, sort=sort)
        more = re.search(r'href="(\?q=[^"]+)"', first).group(1).replace("&amp;", "&")
        second = stranger.get(f"/search/{more}").content.decode()
        shown = hits(stranger, sort=sort) + re.findall(r'class="row-title" href="(/talk/p/[^"]+)"', second)
        assert len(shown) == len(set(shown)) == HITS_A_PAGE + 3


# --- what is kept of it ----------------------------------------------------------------------------------------------


def test_a_search_is_kept_by_nobody_and_told_to_no_next_page(visitor, stranger, topic):
    for person in (visitor, stranger):
        response = person.get("/search/", {"q": SECRET})
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]


def test_the_words_stand_in_no_log_even_when_the_page_breaks(stranger, topic, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="django.db.backends")  # every statement: only where a site debugs
    stranger.get("/search/", {"q": SECRET})
    stranger.get("/search/nowhere/", {"q": SECRET})
    stranger.raise_request_exception = False

    def breaks(**rest):
        raise RuntimeError("broken")

    monkeypatch.setattr("family_hub.searching.find", breaks)
    assert stranger.get("/search/", {"q": SECRET}).status_code == 500
    assert any("/search/" in record.getMessage() for record in caplog.records)
    assert SECRET not in caplog.text


def test_searching_writes_nothing_of_the_forum(stranger, answers, topic):
    reply_by(answers, topic, text=SECRET)
    stranger.member  # noqa: B018 (made on first need)
    before = list(TopicMember.objects.values()), list(Member.objects.values())
    page(stranger)
    assert (list(TopicMember.objects.values()), list(Member.objects.values())) == before


def test_many_searches_in_a_short_time_wait_with_the_words_kept(visitor, monkeypatch, stranger, helpline):
    monkeypatch.setattr("family_hub.searching.MOST_SEARCHES", 2)
    for _n in range(2):
        page(visitor, "overdose")
    refused = visitor.get("/search/", {"q": "overdose"})
    assert refused.status_code == 429
    shown = refused.content.decode()
    assert 'value="overdose"' in shown
    assert 'href="tel:' in shown
    page(stranger, "sleep")  # another person's searches are their own


# --- the way there ----------------------------------------------------------------------------------------------------


def test_search_stands_in_the_navigation_of_everyone_and_five_places_fit(visitor, stranger, moderator, topic):
    for person, places in (
        (visitor, ["Learn", "Talk", "Words", "Search", "You"]),
        (stranger, ["Learn", "Talk", "Words", "Search", "You"]),
        (moderator, ["Learn", "Talk", "Queue", "Search", "You"]),
    ):
        shown = person.get("/search/").content.decode()
        nav = shown[shown.index('class="site-nav"') : shown.index("</nav>")]
        assert re.findall(r"<span>(\w+)</span></a>", nav) == places
        assert '<a href="/search/" aria-current="true">' in nav
        assert "/glossary/" in shown


# --- what it costs ----------------------------------------------------------------------------------------------------

MOST = {"visitor": 8, "member": 13}


def _queries(person) -> int:
    page(person)
    with CaptureQueriesContext(connection) as captured:
        page(person)
    return len(captured)


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_a_search_costs_the_same_for_one_and_for_many(who, visitor, stranger, answers, topic, monkeypatch):
    from forum import rules

    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 10_000)
    Board.objects.update(audience="public")
    course = make_tree()
    make_live(course, slug="one", title=f"One {SECRET}")
    person = visitor if who == "visitor" else stranger
    reply_by(answers, topic, text=SECRET)
    one = _queries(person)
    for n in range(12):
        reply_by(answers, topic, text=SECRET)
        open_topic(answers.member, topic.board, title=f"{SECRET} {n}")
    make_live(course, slug="two", title=f"Two {SECRET}")
    many = _queries(person)
    assert len(hits(person)) == HITS_A_PAGE
    assert many == one <= MOST[who]


def test_no_number_of_a_row_stands_on_the_page(answers, stranger, topic):
    post = reply_by(answers, topic, text=SECRET)
    Post.objects.filter(pk=post.pk).update(version=3)
    shown = page(stranger, sort="newest")
    assert PostRevision.objects.filter(post=post).exists()
    assert f'"{post.pk}"' not in shown
