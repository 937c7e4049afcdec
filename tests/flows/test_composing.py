"""What helps a person to write: needs, content notes, a rule, first lines, topics like theirs, the preview."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from forum.models import Board, Post, PostRevision
from forum.states import ContentNote, Need
from tests.factories import make_board, open_topic
from tests.flows.forum_scene import hidden_fields, opened, url_of
from tests.flows.test_drafts import Window, field_of
from tests.flows.writing_scene import fill_in, main_of

pytestmark = pytest.mark.django_db

NEW = "/talk/b/parents/new/"
WORDS = {"title": "First week home", "text": "He barely speaks."}
OPENINGS = (
    "I am new. My son is in treatment.\nTonight is hard.\nI have a question about visits.\nA fourth line."
)


@pytest.fixture(autouse=True)
def board() -> Board:
    return make_board()


def checked(response, name: str) -> list[str]:
    """The boxes of this name that are ticked on the page."""
    boxes = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', response.content.decode())
    return [re.search(r'value="(\w+)"', box)[1] for box in boxes if "checked" in box]


# --- what I need, and what the post mentions -----------------------------------------------------------------


def test_a_topic_says_what_its_writer_needs_and_what_it_mentions(answers):
    fill_in(answers, NEW, **WORDS, asks_for=["ideas", "listen"], content_notes=["use"])
    revision = PostRevision.objects.get()
    assert (revision.asks_for, revision.content_notes) == (["listen", "ideas"], ["use"])
    assert revision.lang == "en"


def test_a_reply_has_content_notes_and_asks_for_nothing(answers, stranger, board):
    address = f"{open_topic(answers.member, board).get_absolute_url()}reply/"
    page = main_of(stranger.get(address))
    assert 'name="asks_for"' not in page
    assert all(str(note.label) in page for note in ContentNote)
    fill_in(stranger, address, text="My brother died.", content_notes=["grief"], asks_for=["ideas"])
    revision = PostRevision.objects.get(post__author=stranger.member)
    assert (revision.asks_for, revision.content_notes) == ([], ["grief"])


def test_the_language_of_the_page_is_kept_with_the_words(answers):
    fill_in(answers, "/es" + NEW, **WORDS)
    assert PostRevision.objects.get().lang == "es"


def test_a_change_of_notes_alone_is_a_change(answers):
    fill_in(answers, NEW, **WORDS, asks_for=["listen"], content_notes=["use"])
    post = Post.objects.get()
    page = answers.get(url_of(post, "edit"))
    assert (checked(page, "asks_for"), checked(page, "content_notes")) == (["listen"], ["use"])
    fill_in(answers, url_of(post, "edit"), **WORDS, asks_for=["listen"], content_notes=["use"])
    assert post.revisions.count() == 1
    fill_in(answers, url_of(post, "edit"), **WORDS, asks_for=["listen"], content_notes=["use", "grief"])
    assert post.revisions.latest("number").content_notes == ["grief", "use"]


def test_the_preview_shows_needs_and_notes_as_others_meet_them(answers):
    page = fill_in(answers, NEW, press="preview", **WORDS, asks_for=["facts"], content_notes=["overdose"])
    shown = main_of(page)
    looks = shown[shown.index('id="how-it-looks"') :]
    assert str(Need.FACTS.label) in looks
    assert "It mentions: Overdose." in looks
    assert (checked(page, "asks_for"), checked(page, "content_notes")) == (["facts"], ["overdose"])


@pytest.mark.parametrize("odd", ["made-up", "listen'; --", "\x00", "🏡" * 500])
def test_a_made_up_need_is_refused_and_the_words_are_given_back(answers, odd):
    response = fill_in(answers, NEW, **WORDS, asks_for=[odd])
    assert response.status_code == 422
    assert WORDS["text"] in main_of(response)
    assert not Post.objects.exists()


def test_ticked_boxes_survive_a_refusal(answers):
    response = fill_in(answers, NEW, title="", text="Words", asks_for=["listen"], content_notes=["grief"])
    assert response.status_code == 422
    assert (checked(response, "asks_for"), checked(response, "content_notes")) == (["listen"], ["grief"])


# --- a rule a day ----------------------------------------------------------------------------------------------


def test_one_rule_a_day_stands_above_the_text_and_leads_to_its_reasons(answers, monkeypatch):
    seen = []
    now = timezone.now()
    for day in range(6):
        monkeypatch.setattr(timezone, "now", lambda day=day: now + dt.timedelta(days=day))
        page = main_of(answers.anew().get(NEW))
        seen += re.findall(r"/talk/guidelines/#rule-(\d)", page)
    assert sorted(seen[:5]) == ["1", "2", "3", "4", "5"]
    assert seen[5] == seen[0]


# --- a first line -----------------------------------------------------------------------------------------------


@pytest.fixture
def with_openings(board) -> Board:
    board.openings = OPENINGS
    board.save()
    return board


def test_three_first_lines_are_offered_and_a_press_puts_one_into_the_text(answers, with_openings):
    page = main_of(answers.get(NEW))
    assert page.count('name="opening"') == 3
    assert "A fourth line." not in page
    chosen = fill_in(answers, NEW, press="opening", title="", text="")
    assert field_of(chosen).strip() == "I am new. My son is in treatment."
    assert not Post.objects.exists()


def test_a_first_line_takes_no_typed_word_away(answers, with_openings):
    typed = {"title": "My own title", "text": "My own words."}
    form = opened(answers, NEW)
    chosen = answers.post(NEW, form | typed | {"opening": "2"})
    assert field_of(chosen) == "My own words.\n\nTonight is hard. "
    assert 'value="My own title"' in chosen.content.decode()
    again = answers.post(NEW, form | typed | {"text": field_of(chosen), "opening": "2"})
    assert field_of(again).count("Tonight is hard.") == 1


def test_a_link_to_a_first_line_takes_no_draft_away(answers, with_openings):
    assert field_of(answers.get(f"{NEW}?opening=2")).strip() == "Tonight is hard."
    Window(answers, NEW).saves(title="T", text="My draft")
    page = answers.get(f"{NEW}?opening=2")
    assert field_of(page) == "My draft"
    assert 'name="opening"' not in main_of(page)


@pytest.mark.parametrize("odd", ["0", "9", "-1", "x", "9" * 500, "١"])
def test_a_line_that_is_not_there_changes_nothing(answers, with_openings, odd):
    page = answers.post(NEW, opened(answers, NEW) | WORDS | {"opening": odd})
    assert page.status_code == 200
    assert field_of(page) == WORDS["text"]


# --- topics like mine -------------------------------------------------------------------------------------------

SIMILAR = "/talk/similar/"


def test_topics_like_mine_are_shown_while_i_write_the_title(answers, stranger, board):
    topic = open_topic(stranger.member, board, title="Visiting rules at the clinic")
    fragment = answers.post(SIMILAR, {"title": "visiting the clinic"}).content.decode()
    assert topic.get_absolute_url() in fragment
    assert "Visiting rules at the clinic" in fragment
    assert "<html" not in fragment


def test_without_script_a_button_looks_and_nothing_is_lost(answers, stranger, board):
    topic = open_topic(stranger.member, board, title="Visiting rules at the clinic")
    form = opened(answers, NEW)
    looked = answers.post(
        NEW, form | {"title": "Visiting the clinic", "text": "Words", "asks_for": "ideas", "similar": "1"}
    )
    assert topic.get_absolute_url() in main_of(looked)
    assert field_of(looked) == "Words"
    assert checked(looked, "asks_for") == ["ideas"]
    assert hidden_fields(looked)["token"] == form["token"]
    nothing = answers.post(NEW, form | {"title": "Zebras", "text": "", "similar": "1"})
    assert "No topic like this yet" in main_of(nothing)
    preview = answers.post(NEW, form | {"title": "Visiting the clinic", "text": "Words", "preview": "1"})
    assert topic.get_absolute_url() in main_of(preview)
    assert not Post.objects.filter(author=answers.member).exists()


def test_the_list_holds_what_this_reader_may_read_and_is_not_kept(answers, asks, visitor, board):
    waiting = open_topic(asks.member, board, title="A secret question about visits")
    waiting.__class__.objects.filter(pk=waiting.pk).update(state="hidden")
    response = answers.post(SIMILAR, {"title": "A secret question about visits"})
    assert "secret" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert visitor.post(SIMILAR, {"title": "visits"})["Location"].startswith("/sign-in/")
    assert answers.get(f"{SIMILAR}?title=visits").status_code == 405


@pytest.mark.parametrize("title", ["", "ab", "'\"*()", "\x00", "x" * 100_000, "AND OR NOT", "🏡"])
def test_odd_titles_are_looked_up_quietly(answers, title):
    assert answers.post(SIMILAR, {"title": title}).status_code == 200


# --- the page ----------------------------------------------------------------------------------------------------


def test_enter_in_the_title_shows_the_preview_and_neither_sends_nor_deletes(answers):
    Window(answers, NEW).saves(**WORDS)
    page = main_of(answers.get(NEW))
    form = page[page.index('id="write"') :]
    first_button = re.search(r"<button[^>]*>", form)[0]
    assert 'name="preview"' in first_button


ODD = {
    "zero width": "Wo\u200brds and\u2060 more",
    "direction": "\u202eWords turned round\u202c",
    "long word": "w" * 200,
    "one letter": "a" * 10_000,
    "quotes": "> > > deep",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_words_are_shown_safely_or_given_back_to_the_letter(answers, text):
    window = Window(answers, NEW)
    assert window.saves(title="Odd", text=text).status_code == 200
    assert field_of(answers.get(NEW)) == text
    preview = window.presses("preview", title="Odd", text=text)
    assert preview.status_code in {200, 422}
    assert field_of(preview) == text
    shown = main_of(preview)
    if 'class="post-body"' in shown:
        body = shown[shown.index('class="post-body"') :]
        assert not set("\u200b\u2060\u202e\u202c") & set(body[: body.index("</section>")])


@pytest.mark.parametrize("letters", [10_001, 1_000_000])
def test_too_much_text_is_refused_everywhere_and_given_back(answers, letters):
    text = "x" * letters
    for button in ("send", "preview"):
        response = Window(answers, NEW).presses(button, title="Long", text=text)
        assert response.status_code == 422
        assert field_of(response) == text
    assert not Post.objects.exists()
