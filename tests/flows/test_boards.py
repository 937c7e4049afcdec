"""A board says what it is for, how one could begin, when it rests; the team sets it, on the record."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from forum import actions
from forum.actions import resting
from forum.actions.opening import open_starter_boards
from forum.actions.submitting import submit_reply, submit_topic
from forum.models import Board, ModAction, Post, PostRevision
from forum.openings import begin_with, lines_of
from forum.states import BoardGroup, PostState
from tests.factories import make_board, open_topic, write_topic
from tests.flows.forum_scene import again, edited, opened
from tests.flows.test_house_settings import board_form
from tests.flows.writing_scene import helplines, main_of
from tests.unit.test_query_counts import _get

pytestmark = pytest.mark.django_db

OPENINGS = "I am new. My ___ is in treatment.\nI am here to read.\nThis week was hard."
SETTINGS = "/queue/settings/boards/parents/"
MADE_UP = "/talk/b/parents/new/?opening="


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def resting_board(monkeypatch):
    """A board that rests now: from an hour ago until in two hours."""
    now = timezone.localtime()
    board = make_board(
        rests_from=(now - dt.timedelta(hours=1)).time().replace(microsecond=0, second=0),
        rests_until=(now + dt.timedelta(hours=2)).time().replace(microsecond=0, second=0),
    )
    assert resting.rest_of(board, now=timezone.now())
    return board


def over(board) -> Board:
    """The rest is over: the board as it is after it."""
    Board.objects.filter(pk=board.pk).update(rests_from=None, rests_until=None)
    return Board.objects.get(pk=board.pk)


# --- Boards a new site opens with ----------------------------------------------------------------------


def test_a_new_site_has_four_boards_by_stage_and_a_welcome_with_three_openings():
    open_starter_boards()
    stages = list(Board.objects.filter(group=BoardGroup.STAGE).values_list("name", flat=True))
    assert stages == ["Worried and deciding", "First weeks", "Setbacks", "After treatment"]
    welcome = Board.objects.get(slug="welcome")
    assert len(lines_of(welcome)) == 3
    assert lines_of(welcome)[0] == "I am new. My ___ is in treatment."
    assert Board.objects.count() == 12
    assert all(board.purpose for board in Board.objects.all())


def test_a_board_that_is_there_is_never_changed():
    make_board(slug="setbacks", name="Our own name", group=BoardGroup.WHAT)
    open_starter_boards()
    mine = Board.objects.get(slug="setbacks")
    assert (mine.name, mine.group) == ("Our own name", "what")
    call_command("load_boards", verbosity=0)
    assert Board.objects.get(slug="setbacks").name == "Our own name"


# --- Openings ------------------------------------------------------------------------------------------


def test_a_member_chooses_an_opening_and_finds_it_in_the_form(answers):
    make_board(openings=OPENINGS)
    page = text_of(answers.get("/talk/b/parents/"))
    links = re.findall(r'href="(/talk/b/parents/new/\?opening=\d)"', page)
    assert len(links) == 3
    form = text_of(answers.get(links[0]))
    assert "I am new. My ___ is in treatment." in form
    assert 'value="I am new"' in form


def test_a_visitor_is_offered_no_opening(visitor):
    make_board(openings=OPENINGS, audience="public")
    assert "opening=" not in text_of(visitor.get("/talk/b/parents/"))


@pytest.mark.parametrize("chosen", ["0", "4", "-1", "x", "", "١", "99999999999", "I am new"])
def test_an_address_puts_no_words_into_a_form(answers, chosen):
    board = make_board(openings=OPENINGS)
    assert begin_with(board, chosen) == {}
    form = text_of(answers.get(MADE_UP + chosen))
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", form) in ([""], ["\n"])
    assert 'value="I am' not in form


# --- Rest ----------------------------------------------------------------------------------------------


def test_before_a_word_is_written_the_pages_say_until_when_and_where_help_is(answers, resting_board):
    topic = open_topic(answers.member, over(resting_board))
    Board.objects.filter(pk=resting_board.pk).update(
        rests_from=resting_board.rests_from, rests_until=resting_board.rests_until
    )
    for address in (
        "/talk/b/parents/",
        topic.get_absolute_url(),
        "/talk/b/parents/new/",
        f"{topic.get_absolute_url()}reply/",
    ):
        page = text_of(answers.get(address))
        assert "Parents rests until" in page, address
        assert page.count("All help") == 1, address
    assert "This board rests each day from" in text_of(answers.get("/talk/b/parents/"))


def test_a_topic_sent_while_the_board_rests_is_refused_and_the_words_stay(answers, resting_board):
    address = "/talk/b/parents/new/"
    form = opened(answers, address) | {"title": "Tonight", "text": "He is not home yet.", "send": "1"}
    response = answers.post(address, form)
    assert response.status_code == 422
    page = text_of(response)
    assert "Parents rests until" in page
    assert "so nothing was sent" in page
    assert "He is not home yet." in page
    assert not Post.objects.exists()
    over(resting_board)
    assert answers.post(address, form).status_code == 302
    assert Post.objects.count() == 1


def test_a_form_of_a_resting_board_offers_to_keep_and_not_to_send(answers, resting_board):
    page = main_of(answers.get("/talk/b/parents/new/"))
    assert 'name="keep"' in page
    assert 'name="send"' not in page
    over(resting_board)
    assert 'name="send"' in main_of(answers.get("/talk/b/parents/new/"))


def test_words_of_danger_that_are_refused_bring_help_all_the_same(answers, resting_board):
    address = "/talk/b/parents/new/"
    typed = {"title": "Tonight", "text": "He is not breathing and I can't wake him up.", "send": "1"}
    helplines()
    response = answers.post(address, opened(answers, address) | typed)
    assert response.status_code == 422
    assert 'class="help-panel"' in main_of(response)
    calm = answers.post(address, opened(answers, address) | typed | {"text": "He sleeps."})
    assert 'class="help-panel"' not in main_of(calm)


def test_a_reply_is_refused_too_and_the_same_form_works_after_the_rest(answers, stranger):
    board = make_board()
    topic = open_topic(stranger.member, board)
    address = f"{topic.get_absolute_url()}reply/"
    form = opened(answers, address) | {"text": "I am awake too.", "send": "1"}
    now = timezone.localtime()
    Board.objects.filter(pk=board.pk).update(
        rests_from=(now - dt.timedelta(hours=1)).time(), rests_until=(now + dt.timedelta(hours=1)).time()
    )
    response = answers.post(address, form)
    assert (response.status_code, Post.objects.count()) == (422, 1)
    assert "I am awake too." in text_of(response)
    over(board)
    assert answers.post(address, form).status_code == 302
    assert Post.objects.count() == 2


def test_what_was_sent_before_the_rest_is_answered_as_before(answers):
    """The second copy of a form that arrived in time is no refusal."""
    board = make_board()
    wording = actions.prepare(title="Tonight", source="We talked.")
    first = submit_topic(by=answers.member, board=board, wording=wording, client_token="one-form")
    now = timezone.localtime()
    board.rests_from, board.rests_until = now.time(), (now + dt.timedelta(hours=3)).time()
    board.save()
    again_sent = submit_topic(by=answers.member, board=board, wording=wording, client_token="one-form")
    assert again_sent.repeated
    assert again_sent.post.pk == first.post.pk


def test_the_team_writes_while_a_board_rests_and_a_welcomer_does_not(moderator, person, resting_board):
    wording = actions.prepare(title="Tonight", source="We are reading along.")
    sent = submit_topic(by=moderator.member, board=resting_board, wording=wording, client_token="a")
    assert sent.post.state == PostState.PUBLISHED
    heron = person("heron", trust=1, role="welcomer")
    with pytest.raises(actions.Refused, match="rests until"):
        submit_reply(
            by=heron.member,
            topic=again(sent.post).topic,
            wording=actions.prepare(source="Hello."),
            client_token="b",
        )


def test_what_waits_is_changed_while_the_board_rests(asks, resting_board):
    rested = over(resting_board)
    post = again(write_topic(asks.member, rested))
    assert post.state == PostState.HELD
    Board.objects.filter(pk=rested.pk).update(
        rests_from=resting_board.rests_from, rests_until=resting_board.rests_until
    )
    changed = edited(asks, post, text="He barely speaks. I took the name out.")
    assert changed.latest_revision.number == 2
    assert PostRevision.objects.filter(post=post).count() == 2


def test_a_board_at_rest_is_read_as_ever(answers, stranger, resting_board):
    board = over(resting_board)
    topic = open_topic(stranger.member, board)
    Board.objects.filter(pk=board.pk).update(
        rests_from=resting_board.rests_from, rests_until=resting_board.rests_until
    )
    assert "He barely speaks." in text_of(answers.get(topic.get_absolute_url()))


def test_a_rest_costs_the_one_query_of_the_help_line(answers, stranger, visitor, resting_board):
    topic = open_topic(answers.member, over(resting_board))
    hours = {"rests_from": resting_board.rests_from, "rests_until": resting_board.rests_until}
    Board.objects.update(audience="public")
    for person in (visitor, stranger):
        for address in ("/talk/b/parents/", topic.get_absolute_url()):
            Board.objects.update(rests_from=None, rests_until=None)
            awake = len(_get(person, address))
            Board.objects.update(**hours)
            assert len(_get(person, address)) <= awake + 1, address


# --- Settings ------------------------------------------------------------------------------------------


def test_the_team_sets_openings_and_hours_and_the_record_says_so(moderator, answers):
    make_board(openings="Old line.")
    form = board_form(
        moderator,
        SETTINGS,
        openings="First   line.\n\n  Second line. \n",
        rests_from="22.30",
        rests_until="24:00",
        group="stage",
    )
    assert moderator.post(SETTINGS, form).status_code == 302
    board = Board.objects.get(slug="parents")
    assert board.openings == "First line.\nSecond line."
    assert (board.rests_from, board.rests_until) == (dt.time(22, 30), dt.time(0, 0))
    assert board.group == "stage"
    note = ModAction.objects.get(verb="change_board").text.note
    assert "Rests each day from: nothing → 10:30 PM" in note
    assert "Ready first lines: “Old line.” → “First line." in note
    shown = text_of(moderator.get(SETTINGS))
    assert 'value="22:30"' in shown
    assert 'value="00:00"' in shown
    again_sent = board_form(
        moderator,
        SETTINGS,
        openings="First line.\nSecond line.",
        rests_from="",
        rests_until="",
        group="stage",
    )
    assert moderator.post(SETTINGS, again_sent).status_code == 302
    assert Board.objects.get(slug="parents").rests_from is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rests_from": "22:00"}, "A rest has a beginning and an end."),
        ({"rests_until": "07:00"}, "A rest has a beginning and an end."),
        ({"rests_from": "22:00", "rests_until": "22:00"}, "Choose another hour"),
        ({"rests_from": "late", "rests_until": "07:00"}, "Write the hour as in 22:00."),
        ({"rests_from": "25:00", "rests_until": "07:00"}, "Write the hour as in 22:00."),
        ({"rests_from": "22:60", "rests_until": "07:00"}, "Write the hour as in 22:00."),
        ({"openings": "a\nb\nc\nd\ne\nf"}, "5 help to choose"),
        ({"openings": "x" * 121}, "120 fit"),
    ],
)
def test_hours_and_openings_that_do_not_fit_are_refused_and_given_back(moderator, changed, words):
    make_board()
    response = moderator.post(SETTINGS, board_form(moderator, SETTINGS, purpose="Kept purpose.", **changed))
    assert response.status_code == 422
    assert words in text_of(response)
    assert "Kept purpose." in text_of(response)
    assert not ModAction.objects.filter(verb="change_board").exists()


def test_a_colleague_who_set_the_hours_meanwhile_is_not_overwritten(moderator, second_moderator):
    make_board()
    mine = board_form(moderator, SETTINGS, purpose="Mine.")
    theirs = board_form(second_moderator, SETTINGS, rests_from="22:00", rests_until="07:00")
    assert second_moderator.post(SETTINGS, theirs).status_code == 302
    response = moderator.post(SETTINGS, mine)
    assert response.status_code == 409
    assert "10:00 PM" in text_of(response)
    assert Board.objects.get(slug="parents").rests_until == dt.time(7, 0)
