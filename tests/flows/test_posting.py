"""A member starts a topic (story point 3; scenarios A01, A03, A20-A22, A25, A35, A41, A50)."""

import datetime as dt
import re
import time

import pytest
from django.utils import timezone

from accounts.models import Notice
from forum import rules
from forum.actions import wording as wording_module
from forum.models import Board, ModAction, Post, ReviewItem, Topic
from forum.states import ItemStatus, PostState, ReasonKind, Severity, TopicState
from safety.screening import Screening
from tests.factories import make_board
from tests.flows.forum_scene import hidden_fields, item_of, opened, topic_by
from tests.flows.writing_scene import SUICIDAL, fill_in, helplines, main_of

pytestmark = pytest.mark.django_db

NEW = "/talk/b/parents/new/"
WORDS = {"title": "First week home", "text": "He barely speaks."}


@pytest.fixture(autouse=True)
def board() -> Board:
    return make_board()


def the_post() -> Post:
    return Post.objects.select_related("topic", "latest_revision").get()


def numbers_in(html: str) -> set[str]:
    """Phone-like numbers on a page: what can be called, and three or more digits in a row in its words."""
    words = re.sub(r"<(svg|time|script)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)
    return {number for number in re.findall(r"[0-9][0-9-]{2,}", words)} | set(
        re.findall(r'(?:tel|sms):([^"]+)"', html)
    )


# --- it works --------------------------------------------------------------------------------------------


def test_a_new_member_is_told_that_a_person_reads_it_and_how_long_that_takes(asks, moderator, answers):
    """A01."""
    response = fill_in(asks, NEW, **WORDS)
    assert response.status_code == 200
    said = main_of(response)
    assert "Your post waits for a person" in said
    assert "A person reads it before others see it" in said
    assert "We cannot yet say how long that takes" in said
    assert the_post().state == PostState.HELD
    assert the_post().topic.state == TopicState.HELD
    assert the_post().latest_revision.source == WORDS["text"]
    assert WORDS["title"] not in answers.get("/talk/b/parents/").content.decode()
    own = asks.get("/talk/b/parents/").content.decode()
    assert WORDS["title"] in own
    assert "Only you can see these" in own
    assert "Waiting for a person" in asks.get(the_post().topic.get_absolute_url()).content.decode()
    assert WORDS["text"] in moderator.get(f"/queue/{item_of(the_post()).pk}/").content.decode()


def test_a_known_member_s_topic_is_there_at_once(answers, asks):
    response = fill_in(answers, NEW, **WORDS)
    assert response.status_code == 302
    assert "Your post is published" not in response.content.decode()
    page = asks.get(response["Location"], follow=True).content.decode()
    assert WORDS["text"] in page
    assert Board.objects.get().topic_count == 1
    assert not ReviewItem.objects.exists()


def test_every_word_is_kept_to_the_letter(answers):
    typed = "  First line\r\n\r\n\tSecond — “quoted”, naïve, 🏡, <b>not bold</b> & more  "
    fill_in(answers, NEW, title="  Spaces   inside  ", text=typed)
    revision = the_post().latest_revision
    assert revision.title == "Spaces inside"
    assert revision.source == typed.replace("\r\n", "\n").strip()
    assert "&lt;b&gt;not bold&lt;/b&gt; &amp; more" in revision.html


def test_a_link_of_a_new_member_waits_and_of_a_known_one_is_marked(asks, answers):
    """A25."""
    words = {"title": "A page", "text": "See https://example.org/help for more."}
    fill_in(asks, NEW, **words)
    held = Post.objects.get(author=asks.member)
    assert held.state == PostState.HELD
    assert ReasonKind.LINK in item_of(held).reasons.values_list("kind", flat=True)
    page = answers.get(fill_in(answers, NEW, **words)["Location"], follow=True).content.decode()
    link = re.search(r'<a href="https://example.org/help"[^>]*>', page)
    assert link
    assert 'rel="nofollow ugc noopener noreferrer"' in link[0]


def test_the_preview_is_what_is_published(answers):
    text = "**Bold**, a [link](https://example.org) and\n\n> a quote\n\n- one\n- two"
    response = fill_in(answers, NEW, press="preview", title="As it looks", text=text)
    assert response.status_code == 200
    assert not Post.objects.exists()
    sent = answers.post(NEW, hidden_fields(response) | {"title": "As it looks", "text": text, "send": "1"})
    html = the_post().published_revision.html
    assert html in response.content.decode()
    assert html in answers.get(sent["Location"], follow=True).content.decode()
    assert "<strong>Bold</strong>" in html


def test_the_preview_keeps_the_words_in_the_form(answers):
    page = fill_in(answers, NEW, press="preview", title="A & B", text="x < y").content.decode()
    assert 'value="A &amp; B"' in page
    assert "x &lt; y</textarea>" in page
    assert "Nothing is sent yet." in page


# --- what is missing or too much ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said", "where"),
    [
        ({"title": "", "text": "Kept words."}, "Give it a short title.", "#id_title"),
        ({"title": "   ", "text": "Kept words."}, "Give it a short title.", "#id_title"),
        ({"title": "Kept title", "text": ""}, "Write something first.", "#id_text"),
        ({"title": "Kept title", "text": " \n "}, "", "#id_text"),
        ({"title": "K" * 121, "text": "Kept words."}, "121 letters; 120 fit", "#id_title"),
    ],
)
def test_what_is_missing_is_said_with_a_link_and_nothing_is_lost(answers, words, said, where):
    response = fill_in(answers, NEW, **words)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'class="error-summary"' in page
    assert said in page
    assert f'href="{where}"' in page
    assert all(word.strip() in page for word in words.values())
    assert not Post.objects.exists()
    assert not Topic.objects.exists()


TOO_MUCH = {
    "a megabyte": "a word " * 150_000,
    "one letter too many": "a" * 10_001,
    "quotes four deep": "> > > > too deep",
    "ten thousand brackets": "[" * 10_000,
    "ten thousand quotes": ">" * 10_000,
    "ten thousand stars": "*" * 10_000,
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_what_cannot_be_shown_is_given_back_whole_and_soon(answers, kind):
    """A41: an answer within 2 s of computing, a refusal keeps the text, nothing is cut in silence."""
    text = TOO_MUCH[kind]
    form = opened(answers, NEW)
    start = time.process_time()
    response = answers.post(NEW, form | {"title": "Much", "text": text, "send": "1"})
    assert time.process_time() - start < 2
    if response.status_code == 302:
        revision = the_post().published_revision
        assert revision.source == text
        assert kind != "ten thousand brackets" or revision.html.count("[") == 10_000
        return
    assert response.status_code == 422
    page = response.content.decode()
    assert text.strip().replace(">", "&gt;") in page
    assert 'href="#id_text"' in page
    assert not Post.objects.exists()


def test_ten_thousand_letters_are_not_too_much(answers):
    assert fill_in(answers, NEW, title="Long", text="a" * 10_000).status_code == 302
    assert len(the_post().published_revision.source) == 10_000


def test_broken_letters_are_asked_for_again(answers):
    response = fill_in(answers, NEW, title="A", text="Broken \ufffd here")
    assert response.status_code == 422
    assert "arrived broken" in response.content.decode()
    assert "Broken \ufffd here" in response.content.decode()


# --- words of danger ---------------------------------------------------------------------------------------


def test_someone_in_danger_sees_help_in_that_very_answer_and_comes_first(asks, moderator, monkeypatch):
    """A20."""
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    lines = helplines()
    older = [topic_by(asks, title=f"Routine {n}", text="We wait.") for n in range(50)]
    ReviewItem.objects.update(due_at=timezone.now() - dt.timedelta(days=1))
    response = fill_in(asks, NEW, title="Tonight", text=SUICIDAL)
    assert response.status_code == 200
    said = main_of(response)
    assert said.index('class="help-panel"') < said.index("<h1")
    assert 'href="tel:5550133"' in said
    assert "It is safe here." in said
    assert "<script" not in said
    post = Post.objects.latest("pk")
    assert post.latest_revision.source == SUICIDAL
    assert post.state == PostState.HELD
    first = ReviewItem.objects.open().first()
    assert (first.post_id, first.severity) == (post.pk, Severity.IMMINENT)
    queue = moderator.get("/queue/").content.decode()
    assert queue.index(f"/queue/{first.pk}/") < queue.index(f"/queue/{item_of(older[0]).pk}/")
    assert lines


@pytest.mark.parametrize("text", ["He is not suicidal any more.", "This is killing me."])
def test_words_that_only_sound_like_danger_do_not_go_first(answers, text):
    """A21."""
    fill_in(answers, NEW, title="Tired", text=text)
    assert not ReviewItem.objects.filter(severity=Severity.IMMINENT).exists()


def test_someone_not_breathing_brings_the_emergency_number_and_naloxone_help_first(asks):
    """A22."""
    helplines()
    response = fill_in(asks, NEW, title="Now", text="He used heroin and he is not breathing.")
    said = main_of(response)
    assert said.index('href="tel:5550111"') < said.index("<h1")
    assert item_of(the_post()).severity == Severity.IMMINENT


def test_a_known_member_s_worry_is_published_with_help_beside_it(answers):
    """A concern (severity 1) never holds a known member's words."""
    helplines()
    response = fill_in(answers, NEW, title="Worried", text="Some days I wish I was dead.")
    assert the_post().state in {PostState.PUBLISHED, PostState.HELD}
    if the_post().state == PostState.PUBLISHED:
        assert response.status_code == 200
        assert "Your post is published" in main_of(response)
    assert 'class="help-panel"' in main_of(response)
    assert item_of(the_post()).status == ItemStatus.OPEN


def test_the_preview_of_words_of_danger_shows_help_too(asks):
    helplines()
    page = main_of(fill_in(asks, NEW, press="preview", title="Tonight", text=SUICIDAL))
    assert 'class="help-panel"' in page
    assert not Post.objects.exists()


def test_no_number_stands_on_a_page_but_those_of_the_helplines(asks):
    lines = helplines()
    known = {line.phone for line in lines} | {line.sms for line in lines}
    known |= {number.replace("-", "") for number in known}
    pages = [
        asks.get(NEW),
        fill_in(asks, NEW, press="preview", title="Tonight", text=SUICIDAL),
        fill_in(asks, NEW, title="Tonight", text=SUICIDAL),
    ]
    for page in pages:
        assert numbers_in(page.content.decode()) <= known
    assert numbers_in(pages[2].content.decode())


def test_a_scanner_that_breaks_holds_the_post_shows_help_and_loses_nothing(answers, moderator, monkeypatch):
    """A50: from inside the scanner."""
    helplines()
    import safety.screening

    def broken():
        raise RuntimeError("the rules cannot be read")

    monkeypatch.setattr(safety.screening, "rulebook", broken)
    response = fill_in(answers, NEW, **WORDS)
    assert response.status_code == 200
    said = main_of(response)
    assert 'class="help-panel"' in said
    assert "Your post waits for a person" in said
    assert the_post().state == PostState.HELD
    assert the_post().latest_revision.source == WORDS["text"]
    assert ReasonKind.SCAN_ERROR in item_of(the_post()).reasons.values_list("kind", flat=True)
    page = moderator.get(f"/queue/{item_of(the_post()).pk}/").content.decode()
    assert "The check of the text did not finish" in page


def test_a_scanner_that_says_failed_never_lets_words_through(answers, monkeypatch):
    failed = Screening(hits=(), show_help=True, severity=None, kinds=(), ruleset="unknown", failed=True)
    monkeypatch.setattr(wording_module, "screen", lambda **words: failed)
    fill_in(answers, NEW, **WORDS)
    assert the_post().state == PostState.HELD


# --- twice ---------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_post(asks):
    """A35."""
    form = opened(asks, NEW) | WORDS | {"send": "1"}
    first, second = asks.post(NEW, form), asks.post(NEW, form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert Post.objects.count() == Topic.objects.count() == ReviewItem.objects.count() == 1
    assert item_of(the_post()).version == 0


def test_two_forms_are_two_posts_even_with_the_same_words(asks):
    """A35."""
    fill_in(asks, NEW, **WORDS)
    fill_in(asks, NEW, **WORDS)
    assert Post.objects.count() == 2


def test_a_form_sent_again_with_other_words_loses_neither(answers):
    form = opened(answers, NEW) | {"send": "1"}
    answers.post(NEW, form | WORDS)
    response = answers.post(NEW, form | WORDS | {"text": "Words written after going back."})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Words written after going back.</textarea>" in page
    assert Post.objects.count() == 1
    again = answers.post(
        NEW, hidden_fields(response) | WORDS | {"text": "Words written after going back.", "send": "1"}
    )
    assert again.status_code == 302
    assert Post.objects.count() == 2


def test_too_many_posts_in_an_hour_are_refused_with_the_words_kept(answers, monkeypatch):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 2)
    for _n in range(2):
        fill_in(answers, NEW, **WORDS)
    response = fill_in(answers, NEW, **WORDS)
    assert response.status_code == 422
    assert "You have sent 2 posts in an hour." in response.content.decode()
    assert WORDS["text"] in response.content.decode()
    assert Post.objects.count() == 2


# --- who may, and how ------------------------------------------------------------------------------------------


def test_a_visitor_is_asked_to_sign_in_at_real_and_made_up_boards_alike(visitor):
    for address in (NEW, "/talk/b/made-up/new/"):
        for response in (visitor.get(address), visitor.post(address, WORDS)):
            assert response.status_code == 302
            assert response["Location"] == f"/sign-in/?next={address}"
    assert not Post.objects.exists()


def test_a_board_that_is_not_there_is_not_there(answers):
    assert answers.get("/talk/b/made-up/new/").status_code == 404
    assert answers.post("/talk/b/made-up/new/", WORDS).status_code == 404


def test_other_methods_are_refused(answers):
    for method in (answers.put, answers.delete, answers.patch):
        assert method(NEW).status_code == 405


def test_looking_at_the_form_changes_nothing(answers):
    answers.get(NEW)
    answers.head(NEW)
    assert not Post.objects.exists()


def test_a_form_of_another_place_or_too_old_is_asked_for_again_with_the_words_kept(answers):
    make_board(slug="partners", name="Partners")
    elsewhere = opened(answers, "/talk/b/partners/new/")
    for form in (elsewhere, {"token": "made-up"}, {}):
        response = answers.post(NEW, form | WORDS | {"send": "1"})
        assert response.status_code == 422
        assert WORDS["text"] in response.content.decode()
    assert not Post.objects.exists()


# --- side effects ------------------------------------------------------------------------------------------------


def test_a_post_that_waits_is_told_to_nobody_and_counted_nowhere(asks, mailoutbox):
    fill_in(asks, NEW, **WORDS)
    assert not Notice.objects.exists()
    assert not mailoutbox
    assert Board.objects.get().topic_count == 0
    topic = Topic.objects.get()
    assert (topic.published_count, topic.last_position, topic.next_position) == (0, 0, 1)
    assert asks.member.approved_count == 0


def test_writing_is_no_act_of_the_team_and_not_on_its_record(asks):
    before = ModAction.objects.count()
    fill_in(asks, NEW, **WORDS)
    assert ModAction.objects.count() == before


def test_the_answer_is_kept_by_no_browser(asks):
    response = fill_in(asks, NEW, **WORDS)
    assert "no-store" in response["Cache-Control"]
