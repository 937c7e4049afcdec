"""What a person types is kept on the way: drafts, two windows, a session that ended, what was sent."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import ParkedText
from forum import actions, rules
from forum.actions.drafting import draft_fields, purge_drafts
from forum.models import Draft, Post
from forum.states import Decision, SanctionKind
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, hidden_fields, opened, topic_by, url_of
from tests.flows.writing_scene import main_of

pytestmark = pytest.mark.django_db

NEW = "/talk/b/parents/new/"
DRAFTS = "/talk/drafts/"
WORDS = {"title": "A long evening", "text": "Everything I wrote for an hour."}


@pytest.fixture(autouse=True)
def board():
    return make_board()


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(slug="partners", name="Partners"))


def reply_page(topic) -> str:
    return f"{topic.get_absolute_url()}reply/"


class Window:
    """A writing page that is open, with its script: it saves on the way and learns from each answer."""

    def __init__(self, person, address: str) -> None:
        self.person, self.address, self.turn = person, address, 0
        self.fields = opened(person, address)

    def saves(self, **words):
        self.turn += 1
        response = self.person.post(DRAFTS, self.fields | words | {"turn": self.turn})
        known = response.json().get("known", {})
        self.fields |= {name: str(value) for name, value in known.items()}
        return response

    def presses(self, button: str, value: str = "1", **words):
        response = self.person.post(self.address, self.fields | words | {button: value})
        if response.status_code != 302:
            self.fields |= hidden_fields(response)
        return response


def field_of(response) -> str:
    """What stands in the text field."""
    return response.context["form"]["text"].value() or ""


def others_on(response) -> list[str]:
    return [text.fields["text"] for text in response.context.get("others") or []]


def texts() -> list[str]:
    return sorted(draft_fields(draft)["text"] for draft in Draft.objects.all())


# --- it is kept, and it is back ----------------------------------------------------------------------------


def test_what_is_typed_is_saved_and_stands_in_the_fields_again(answers):
    saved = Window(answers, NEW).saves(**WORDS, asks_for=["listen"], content_notes=["grief", "use"])
    assert saved.status_code == 200
    assert saved.json()["words"].startswith("Saved at ")
    page = answers.anew().get(NEW)
    assert field_of(page) == WORDS["text"]
    assert 'value="A long evening"' in page.content.decode()
    assert "Your draft from" in main_of(page)
    assert re.search(r'value="listen"[^>]*checked', page.content.decode())
    assert len(re.findall(r'name="content_notes"[^>]*checked', page.content.decode())) == 2


def test_the_button_keeps_a_draft_without_any_script(answers, topic):
    window = Window(answers, reply_page(topic))
    kept = window.presses("keep", text="Half a sentence")
    assert kept.status_code == 200
    assert "Saved at" in main_of(kept)
    assert field_of(kept) == "Half a sentence"
    again_kept = window.presses("keep", text="Half a sentence, and more")
    assert again_kept.status_code == 200
    assert texts() == ["Half a sentence, and more"]
    assert field_of(answers.get(reply_page(topic))) == "Half a sentence, and more"
    assert not Post.objects.filter(author=answers.member, topic=topic, position=None).exists()


def test_a_draft_may_be_unfinished_in_every_way(answers):
    kept = Window(answers, NEW).presses("keep", title="", text="\u200b \u202eodd" + "w" * 200)
    assert kept.status_code == 200
    assert field_of(answers.get(NEW)) == "\u200b \u202eodd" + "w" * 200
    assert "Give it a short title" not in main_of(kept)


def test_nothing_typed_keeps_nothing_and_takes_nothing_away(answers):
    window = Window(answers, NEW)
    assert window.saves(title=" ", text="\n").json()["words"] == ""
    assert not Draft.objects.exists()
    window.saves(**WORDS)
    window.saves(title="", text="")
    assert texts() == [WORDS["text"]]


def test_a_reply_a_topic_and_a_change_have_drafts_of_their_own(answers, topic):
    post = write_reply(answers.member, topic)
    for n, address in enumerate((NEW, reply_page(topic), url_of(post, "edit"))):
        Window(answers, address).saves(title="T", text=f"Words {n}")
    for n, address in enumerate((NEW, reply_page(topic), url_of(post, "edit"))):
        assert field_of(answers.get(address)) == f"Words {n}"
    assert [draft.key.split(":")[0] for draft in Draft.objects.order_by("pk")] == ["topic", "reply", "edit"]


def test_a_draft_begun_in_one_language_is_back_in_the_other(answers):
    Window(answers, "/es" + NEW).saves(**WORDS)
    assert field_of(answers.get(NEW)) == WORDS["text"]


# --- two windows -------------------------------------------------------------------------------------------


def test_the_older_text_never_takes_the_place_of_the_newer_and_both_are_kept(answers):
    """Vanilla's fault: an autosave of an old window wrote over the newer text."""
    first, second = Window(answers, NEW), Window(answers, NEW)
    assert second.saves(title="T", text="The newer words").status_code == 200
    late = first.saves(title="T", text="The older words")
    assert late.status_code == 409
    assert "another window" in late.json()["words"]
    page = answers.get(NEW)
    assert field_of(page) == "The newer words"
    assert others_on(page) == ["The older words"]
    assert "You wrote another text here" in main_of(page)
    assert "The older words" in main_of(page)


def test_each_window_goes_on_with_its_own_text(answers):
    Window(answers, NEW).saves(title="T", text="Yesterday")
    first, second = Window(answers, NEW), Window(answers, NEW)
    assert first.saves(title="T", text="Yesterday, one").status_code == 200
    assert second.saves(title="T", text="Yesterday, two").status_code == 409
    assert second.saves(title="T", text="Yesterday, two and three").status_code == 409
    assert first.saves(title="T", text="Yesterday, one and four").status_code == 200
    assert texts() == ["Yesterday, one and four", "Yesterday, two and three"]


def test_two_windows_without_script_keep_both_texts_and_show_both(answers):
    first, second = Window(answers, NEW), Window(answers, NEW)
    second.presses("keep", title="T", text="Second")
    shown = first.presses("keep", title="T", text="First")
    assert shown.status_code == 409
    assert field_of(shown) == "First"
    assert others_on(shown) == ["Second"]
    for words in ("First, and on", "First, and on and on"):
        first.presses("keep", title="T", text=words)
    assert texts() == ["First, and on and on", "Second"]


def test_either_text_can_be_used_and_the_other_stays(answers):
    first, second = Window(answers, NEW), Window(answers, NEW)
    second.saves(title="T", text="Second")
    first.saves(title="T", text="First")
    page = answers.get(NEW)
    window = Window(answers, NEW)
    other = re.search(r'name="use" value="(\d+)"', page.content.decode())[1]
    went = window.presses("use", other, title="T", text="Second")
    assert went.status_code == 302
    page = answers.get(went["Location"])
    assert (field_of(page), others_on(page)) == ("First", ["Second"])
    assert Window(answers, NEW).saves(title="T", text="First, better").status_code == 200
    assert texts() == ["First, better", "Second"]


def test_taking_the_other_text_twice_takes_it_once(answers):
    """A button pressed twice on a slow line: the choice is not taken back."""
    Window(answers, NEW).saves(title="T", text="The draft")
    signed = Window(answers, NEW)
    late = Window(answers, NEW)
    late.fields |= {"draft": "0", "sequence": "0"}
    late.saves(title="T", text="The other")
    form = signed.fields | {
        "title": "T",
        "text": "The draft",
        "use": str(Draft.objects.get(is_aside=True).pk),
    }
    for _n in range(2):
        answers.post(NEW, form)
        assert field_of(answers.get(NEW)) == "The other"
    own = late.fields | {"title": "T", "text": "The draft", "use": str(Draft.objects.get(is_aside=True).pk)}
    own |= {"draft": own["use"], "sequence": str(Draft.objects.get(is_aside=True).sequence)}
    for _n in range(2):
        answers.post(NEW, own)
        assert field_of(answers.get(NEW)) == "The draft"
    assert texts() == ["The draft", "The other"]


def test_taking_the_other_text_keeps_what_was_typed_and_not_saved(answers):
    first, second = Window(answers, NEW), Window(answers, NEW)
    second.saves(title="T", text="Second")
    first.saves(title="T", text="First")
    window = Window(answers, NEW)
    other = re.search(r'name="use" value="(\d+)"', answers.get(NEW).content.decode())[1]
    window.presses("use", other, title="T", text="Second, typed on")
    assert texts() == ["First", "Second, typed on"]


def test_the_words_in_the_field_can_become_the_draft(answers):
    first, second = Window(answers, NEW), Window(answers, NEW)
    second.saves(title="T", text="Second")
    shown = first.presses("keep", title="T", text="First")
    own = re.search(r'name="use" value="(\d+)">Keep these', shown.content.decode())[1]
    first.presses("use", own, title="T", text="First")
    page = answers.get(NEW)
    assert (field_of(page), others_on(page)) == ("First", ["Second"])


def test_an_answer_that_was_lost_is_no_other_window(answers):
    window = Window(answers, NEW)
    before = dict(window.fields)
    window.saves(title="T", text="One")
    window.fields = before
    assert window.saves(title="T", text="One two").status_code == 200
    assert texts() == ["One two"]


def test_a_save_that_comes_late_changes_nothing(answers):
    window = Window(answers, NEW)
    late = window.fields | {"title": "T", "text": "On", "turn": 1}
    window.turn = 1
    window.saves(title="T", text="One two")
    assert answers.post(DRAFTS, late).status_code == 200
    assert texts() == ["One two"]


def test_the_same_text_twice_is_one(answers):
    first, second = Window(answers, NEW), Window(answers, NEW)
    for window in (first, second, first):
        assert window.saves(**WORDS).status_code == 200
    assert Draft.objects.count() == 1


def test_no_text_is_dropped_to_make_room(answers):
    windows = [Window(answers, NEW) for _n in range(rules.ASIDES_A_PLACE + 2)]
    answers_given = [window.saves(title="T", text=f"Window {n}") for n, window in enumerate(windows)]
    assert [answer.status_code for answer in answers_given] == [200] + [409] * rules.ASIDES_A_PLACE + [422]
    assert "Delete one" in answers_given[-1].json()["words"]
    refused = windows[-1].presses("keep", title="T", text="The last window")
    assert refused.status_code == 422
    assert field_of(refused) == "The last window"
    assert "Delete one" in main_of(refused)
    assert len(texts()) == rules.ASIDES_A_PLACE + 1


# --- sent --------------------------------------------------------------------------------------------------


def test_what_was_sent_is_no_draft_any_more(answers, topic):
    window = Window(answers, reply_page(topic))
    window.saves(text="A reply on its way")
    assert window.presses("send", text="A reply on its way").status_code == 302
    assert field_of(answers.get(reply_page(topic))) == ""
    assert "A reply on its way" not in answers.get(DRAFTS).content.decode()


def test_a_draft_of_yesterday_that_is_sent_is_no_draft_any_more(answers, topic):
    """Without a letter typed in between."""
    Window(answers, reply_page(topic)).saves(text="Written yesterday")
    today = Window(answers, reply_page(topic))
    assert today.presses("send", text="Written yesterday").status_code == 302
    assert field_of(answers.get(reply_page(topic))) == ""


def test_a_save_after_the_sending_brings_nothing_back(answers, topic):
    window = Window(answers, reply_page(topic))
    window.presses("send", text="A reply")
    late = window.saves(text="A repl")
    assert late.status_code == 410
    assert field_of(answers.get(reply_page(topic))) == ""
    assert not Draft.objects.exists()


def test_another_window_s_text_outlives_the_sending(answers, topic):
    Window(answers, reply_page(topic)).saves(text="Yesterday")
    first, second = Window(answers, reply_page(topic)), Window(answers, reply_page(topic))
    first.saves(text="Yesterday, one")
    second.saves(text="Yesterday, two")
    first.presses("send", text="Yesterday, one")
    purge_drafts()
    page = answers.get(reply_page(topic))
    assert field_of(page) == ""
    assert others_on(page) == ["Yesterday, two"]
    assert second.presses("send", text="Yesterday, two").status_code == 302
    assert others_on(answers.get(reply_page(topic))) == []


def test_a_change_that_was_sent_leaves_no_draft(answers, topic):
    post = write_reply(answers.member, topic)
    window = Window(answers, url_of(post, "edit"))
    window.saves(text="Changed words")
    assert window.presses("send", text="Changed words").status_code in {200, 302}
    assert not Draft.objects.exists()
    assert window.saves(text="Changed words").json()["words"] == ""
    assert not Draft.objects.exists()
    assert "Your draft" not in main_of(answers.get(url_of(post, "edit")))


def test_words_typed_after_the_sending_are_kept_by_the_button(answers, topic):
    window = Window(answers, reply_page(topic))
    window.presses("send", text="Sent")
    assert window.presses("keep", text="Sent, and another thought").status_code == 200
    assert field_of(answers.get(reply_page(topic))) == "Sent, and another thought"


def test_a_refused_sending_goes_on_with_its_draft(answers):
    window = Window(answers, NEW)
    window.saves(**WORDS)
    assert window.presses("send", title="", text=WORDS["text"] + " More.").status_code == 422
    assert window.saves(title="", text=WORDS["text"] + " More.").status_code == 200
    assert texts() == [WORDS["text"] + " More."]


# --- the session is gone -------------------------------------------------------------------------------------


def test_a_save_without_a_session_waits_for_its_writer(visitor, answers):
    window = Window(answers, NEW)
    window.person = visitor
    gone = window.saves(**WORDS, content_notes=["grief", "use"])
    assert gone.status_code == 401
    assert "sign in" in gone.json()["words"]
    page = answers.get(NEW)
    assert field_of(page) == WORDS["text"]
    assert len(re.findall(r'name="content_notes"[^>]*checked', page.content.decode())) == 2


def test_what_waited_goes_on_as_the_draft_it_was(visitor, answers):
    window = Window(answers, NEW)
    window.saves(**WORDS)
    visitor.post(NEW, window.fields | WORDS | {"text": "More than before.", "send": "1"})
    page = answers.get(NEW)
    assert (field_of(page), others_on(page)) == ("More than before.", [])
    assert "Your text is back" in main_of(page)
    back = Window(answers, NEW)
    assert back.saves(**WORDS | {"text": "More than before, and on."}).status_code == 200
    assert texts() == ["More than before, and on."]
    assert not ParkedText.objects.exists()
    back.presses("send", **WORDS | {"text": "More than before, and on."})
    assert field_of(answers.get(NEW)) == ""


def test_what_waited_and_a_draft_of_another_window_both_survive(visitor, answers):
    signed_out = Window(answers, NEW)
    Window(answers, NEW).saves(title="T", text="The draft")
    visitor.post(NEW, signed_out.fields | {"title": "T", "text": "What waited", "send": "1"})
    page = answers.get(NEW)
    assert (field_of(page), others_on(page)) == ("What waited", ["The draft"])
    assert Window(answers, NEW).saves(title="T", text="What waited, and on").status_code == 409
    assert texts() == ["The draft", "What waited, and on"]


def test_the_draft_can_be_chosen_before_what_waited(visitor, answers):
    signed_out = Window(answers, NEW)
    Window(answers, NEW).saves(title="T", text="The draft")
    visitor.post(NEW, signed_out.fields | {"title": "T", "text": "What waited", "send": "1"})
    page = answers.get(f"{NEW}?use={Draft.objects.get().pk}")
    assert (field_of(page), others_on(page)) == ("The draft", ["What waited"])


def test_a_window_of_someone_else_keeps_their_words_for_them(answers, stranger):
    window = Window(answers, NEW)
    window.person = stranger
    assert window.saves(**WORDS).status_code == 401
    assert not Draft.objects.exists()
    assert field_of(stranger.get(NEW)) == ""
    assert field_of(answers.get(NEW)) == WORDS["text"]


@pytest.mark.parametrize("token", ["", "made-up", "x" * 5000])
def test_a_save_with_no_good_token_is_refused_in_words(answers, visitor, token):
    for person in (answers, visitor):
        refused = person.post(DRAFTS, WORDS | {"token": token})
        assert refused.status_code == 403
        assert "Keep as a draft" in refused.json()["words"]
    assert not Draft.objects.exists()
    assert not ParkedText.objects.exists()


# --- whose it is ---------------------------------------------------------------------------------------------


def test_nobody_else_ever_reads_a_draft(answers, stranger, moderator, safety_lead, operator, topic):
    Window(answers, reply_page(topic)).saves(text="For nobody else")
    draft = Draft.objects.get()
    own = f"{DRAFTS}{draft.pk}/delete/"
    for person in (stranger, moderator, safety_lead, operator):
        for address in (reply_page(topic), DRAFTS, own, f"{reply_page(topic)}?use={draft.pk}"):
            assert "For nobody else" not in person.get(address).content.decode()
        assert person.get(own).status_code == person.get(f"{DRAFTS}999999/delete/").status_code == 404
        assert person.post(own)["Location"] == person.post(f"{DRAFTS}999999/delete/")["Location"]
        Window(person, reply_page(topic)).presses("use", str(draft.pk), text="")
    assert Draft.objects.get() == draft


def test_a_draft_is_sealed_in_the_database(answers):
    Window(answers, NEW).saves(**WORDS)
    row = Draft.objects.get()
    for words in WORDS.values():
        assert words.encode() not in bytes(row.sealed)
        assert words not in str(Draft.objects.values().get())
    row.key = "topic:elsewhere"
    assert draft_fields(row) is None


def test_visitors_are_asked_to_sign_in(visitor):
    assert visitor.get(DRAFTS)["Location"].startswith("/sign-in/")
    assert visitor.get(f"{DRAFTS}1/delete/")["Location"].startswith("/sign-in/")


def test_a_read_only_person_keeps_and_reads_their_own_words(moderator, answers, topic):
    from tests.flows.test_sanctions import set_limit

    window = Window(answers, reply_page(topic))
    set_limit(moderator, answers, SanctionKind.READ_ONLY)
    assert window.saves(text="Words I keep").status_code == 200
    held = answers.get(reply_page(topic))
    assert held.status_code == 403
    assert "Words I keep" in main_of(held)
    assert "Words I keep" in main_of(answers.get(DRAFTS))


# --- the list, and deleting ----------------------------------------------------------------------------------


def test_the_list_says_what_where_and_when_and_leads_back(answers, topic):
    Window(answers, NEW).saves(**WORDS)
    Window(answers, reply_page(topic)).saves(text="My reply begins with these words")
    page = main_of(answers.get(DRAFTS))
    for words in (
        "A long evening",
        "A new topic in",
        "My reply begins",
        f"A reply to “{again(topic.first_post).topic.title}”",
    ):
        assert words in page
    assert f'href="{NEW}"' in page
    assert f'href="{reply_page(topic)}"' in page
    assert f'href="{DRAFTS}"' in answers.get("/talk/mine/").content.decode()


def test_drafts_of_a_closed_or_vanished_place_can_be_read_and_copied(answers, stranger, board):
    topic = open_topic(stranger.member, board)
    Window(answers, reply_page(topic)).saves(text="For a topic that closes")
    topic.__class__.objects.filter(pk=topic.pk).update(state="locked")
    page = main_of(answers.get(DRAFTS))
    assert "takes no more replies" in page
    assert "For a topic that closes" in page
    topic.__class__.objects.filter(pk=topic.pk).update(state="removed")
    page = main_of(answers.get(DRAFTS))
    assert "This place is gone" in page
    assert "For a topic that closes" in page
    assert topic.public_id not in page


def test_starting_over_asks_once_and_leads_back_to_an_empty_form(answers):
    Window(answers, NEW).saves(**WORDS)
    window = Window(answers, NEW)
    asked = window.presses("forget", str(Draft.objects.get().pk), **WORDS)
    assert asked.status_code == 302
    page = answers.get(asked["Location"])
    assert WORDS["text"] in main_of(page)
    gone = answers.post(asked["Location"], hidden_fields(page))
    assert gone["Location"] == NEW
    assert not Draft.objects.exists()
    assert field_of(answers.get(NEW)) == ""


def test_deleting_twice_is_one_act(answers):
    Window(answers, NEW).saves(**WORDS)
    address = f"{DRAFTS}{Draft.objects.get().pk}/delete/"
    assert [answers.post(address)["Location"] for _time in range(2)] == [DRAFTS, DRAFTS]


# --- bounds --------------------------------------------------------------------------------------------------


def test_a_text_that_no_form_takes_is_refused_and_given_back(answers):
    huge = "x" * 1_000_000
    window = Window(answers, NEW)
    assert window.saves(title="T", text=huge).status_code == 422
    refused = window.presses("keep", title="T", text=huge)
    assert refused.status_code == 422
    assert "too long to be kept" in main_of(refused)
    assert field_of(refused) == huge


@pytest.mark.parametrize("letter", ["a", "é", "字", "🏡", '"', "\\"])
def test_the_longest_post_in_any_writing_is_kept(answers, letter):
    assert Window(answers, NEW).saves(title="T", text=letter * 10_000).status_code == 200
    assert field_of(answers.get(NEW)) == letter * 10_000


@pytest.mark.parametrize("odd", ["", "-1", "0", "x", "\x00", "9" * 40, "9" * 5000, "1e9", "٣", "🏡"])
def test_odd_numbers_in_the_form_lose_no_word_and_break_nothing(answers, odd):
    window = Window(answers, NEW)
    hidden = dict.fromkeys(("draft", "sequence", "turn", "window"), odd)
    assert answers.post(DRAFTS, window.fields | WORDS | hidden).status_code == 200
    for button in ("use", "forget", "opening", "similar"):
        response = answers.post(NEW, window.fields | WORDS | hidden | {button: odd}, follow=True)
        assert response.status_code in {200, 404}
        assert field_of(answers.get(NEW)) == WORDS["text"]
    assert texts() == [WORDS["text"]]


def test_there_is_room_for_so_many_drafts_and_then_it_says_so(answers, monkeypatch, topic):
    monkeypatch.setattr(rules, "DRAFTS_A_PERSON", 1)
    Window(answers, NEW).saves(**WORDS)
    window = Window(answers, reply_page(topic))
    refused = window.saves(text="One too many")
    assert refused.status_code == 422
    assert "You keep 1 drafts already" in refused.json()["words"]
    assert field_of(window.presses("keep", text="One too many")) == "One too many"
    assert Window(answers, NEW).saves(title="T", text="Going on is no new draft").status_code == 200


def test_the_purge_takes_what_was_sent_and_what_nobody_touched_for_long(answers, stranger, topic):
    window = Window(answers, reply_page(topic))
    window.saves(text="Sent")
    window.presses("send", text="Sent")
    Window(answers, NEW).saves(**WORDS)
    Window(stranger, NEW).saves(title="T", text="Old")
    Draft.objects.filter(member=stranger.member).update(
        updated_at=timezone.now() - rules.DRAFTS_KEPT_FOR - dt.timedelta(minutes=1)
    )
    assert purge_drafts() == 2
    assert texts() == [WORDS["text"]]
    assert purge_drafts() == 0


def test_a_draft_of_a_post_that_was_sent_back_waits_at_the_change(asks, moderator):
    post = decided(moderator, topic_by(asks), Decision.RETURN, reason_code="private", message="A name.")
    Window(asks, url_of(post, "edit")).saves(title="A first evening", text="Without the name")
    assert field_of(asks.get(url_of(post, "edit"))) == "Without the name"
    assert "A change of your post" in main_of(asks.get(DRAFTS))


def test_a_draft_shows_no_quoted_words_that_were_taken_down_since(stranger, answers, moderator, topic):
    """What its writer typed around them stays; words that still stand stay, too."""
    taken = write_reply(answers.member, topic, text="Words that go away.")
    stays = write_reply(answers.member, topic, text="Words that stay.")
    quotes = "\n\n".join(
        f"> answers: {post.get_absolute_url()}\n> {post.latest_revision.source}" for post in (taken, stays)
    )
    Window(stranger, reply_page(topic)).saves(text=f"{quotes}\n\nMine between and below.")
    assert "Words that go away." in field_of(stranger.get(reply_page(topic)))
    actions.hide_post(by=moderator.member, post=again(taken), reason_code="unkind")
    for page in (stranger.get(reply_page(topic)), stranger.get(DRAFTS)):
        assert "Words that go away." not in page.content.decode()
    field = field_of(stranger.get(reply_page(topic)))
    assert "The quoted words are no longer available." in field
    assert "> Words that stay." in field
    assert field.endswith("Mine between and below.")
