"""How the house is run, at /queue/settings/: by the team, on the record, and never over a colleague."""

import pytest

from forum.actions import record
from forum.actions.housekeeping import MOST_WATCHED, NUMBERS, STAYS_CLOSED
from forum.forms.settings import RANGES, NumbersForm
from forum.models import Board, HouseRules, ModAction, ReviewItem, WatchedRule
from forum.states import PostState
from tests.factories import make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import opened
from tests.unit.forum.test_races import at_once

HOME = "/queue/settings/"
NUMBERS_PAGE = f"{HOME}numbers/"
HOURS = f"{HOME}hours/"
BOARDS = f"{HOME}boards/"
PHRASES = f"{HOME}phrases/"
PAGES = (HOME, NUMBERS_PAGE, HOURS, BOARDS, f"{BOARDS}new/", f"{BOARDS}parents/", PHRASES, f"{PHRASES}new/")

pytestmark = pytest.mark.django_db


def house_acts() -> list[ModAction]:
    """What the record says about the house, oldest first."""
    subjects = ["house_rules", "board", "watched_rule"]
    return list(ModAction.objects.filter(subject_kind__in=subjects).select_related("text").order_by("seq"))


def text_of(response) -> str:
    return response.content.decode()


def numbers_form(person, **changed) -> dict[str, object]:
    """The form of the numbers as a browser sends it, with some of them changed."""
    house = HouseRules.current()
    values = {name: getattr(house, name) for name in NUMBERS}
    return opened(person, NUMBERS_PAGE) | values | changed


def hours_form(person, **days) -> dict[str, str]:
    return opened(person, HOURS) | {f"day_{day}": "" for day in range(7)} | days


def board_form(person, address, **changed) -> dict[str, object]:
    fields = {
        "name": "Parents",
        "purpose": "For mothers, fathers and everyone who raises someone.",
        "about": "",
        "group": "who",
        "audience": "members",
        "premoderation": "new",
        "position": "0",
    }
    return opened(person, address) | fields | changed


def phrase_form(person, address, **changed) -> dict[str, object]:
    fields = {"pattern": "blue river", "kind": "phrase", "board": "", "severity": "2", "note": ""}
    return opened(person, address) | fields | {"holds": "on", "enabled": "on"} | changed


# --- Who ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["answers", "author", "reviewer"])
def test_for_those_who_do_not_run_the_house_the_pages_are_not_there(who, request):
    person = request.getfixturevalue(who)
    make_board()
    for address in (*PAGES, "/queue/guide/"):
        assert person.get(address).status_code == 404
        assert person.post(address).status_code in {404, 405}
    assert house_acts() == []


def test_a_visitor_meets_the_sign_in_page(visitor):
    for address in PAGES:
        assert visitor.get(address)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["moderator", "safety_lead", "operator"])
def test_the_team_and_operators_open_every_page(who, request):
    person = request.getfixturevalue(who)
    make_board()
    for address in PAGES:
        assert person.get(address).status_code == 200


def test_the_record_says_in_which_role_it_was_done(moderator, safety_lead, operator):
    for n, person in enumerate((moderator, safety_lead, operator)):
        assert person.post(NUMBERS_PAGE, numbers_form(person, trust_posts=4 + n)).status_code == 302
    assert [act.role for act in house_acts()] == ["moderator", "safety_lead", "operator"]


# --- Numbers -----------------------------------------------------------------------------------------------


def test_every_number_has_its_field():
    assert tuple(NumbersForm().fields) == NUMBERS
    assert set(RANGES) | {"debrief_url"} == set(NUMBERS)


def test_a_changed_number_holds_and_the_record_says_from_what_to_what(moderator, asks):
    form = numbers_form(moderator, target_routine=60, debrief_url="https://example.org/talk")
    assert moderator.post(NUMBERS_PAGE, form)["Location"] == HOME
    item = ReviewItem.objects.get(post=write_topic(asks.member, make_board()))
    assert (item.due_at - item.opened_at).total_seconds() == 3600
    (act,) = house_acts()
    assert (act.verb, act.subject_id, act.actor_id) == ("change_house_rules", "1", moderator.member.pk)
    assert "Routine: staffed minutes to the first answer: 240 → 60" in act.text.note
    assert "nothing → “https://example.org/talk”" in act.text.note
    page = text_of(moderator.get(HOME))
    assert "240 → 60" in page
    assert "moderator (moderator)" in page
    assert list(record.faults()) == []


def test_nothing_changed_is_nothing_written(moderator):
    response = moderator.post(NUMBERS_PAGE, numbers_form(moderator), follow=True)
    assert "nothing was changed" in text_of(response)
    assert not HouseRules.objects.exists()
    assert house_acts() == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"target_imminent": "0"}, "from 1 to 1440"),
        ({"target_imminent": "soon"}, "from 1 to 1440"),
        ({"target_imminent": ""}, "from 1 to 1440"),
        ({"target_routine": "9" * 5000}, "Choose a number"),
        ({"sample_percent": "101"}, "from 0 to 100"),
        ({"target_concern": "10"}, "cannot have more time"),
        ({"hide_at_reports": "1"}, "or at least 2"),
        ({"keep_text_days": "21", "appeal_days": "30"}, "as long as a second look"),
        ({"debrief_url": "javascript:alert(1)"}, "beginning with https://"),
        ({"debrief_url": "not an address"}, "beginning with https://"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, dict) else None,
)
def test_a_number_that_makes_no_sense_is_refused_and_given_back(moderator, changed, says):
    response = moderator.post(NUMBERS_PAGE, numbers_form(moderator, **changed))
    assert response.status_code == 422
    page = text_of(response)
    assert says in page
    for typed in changed.values():
        assert typed == "" or f'value="{typed}"' in page
    assert house_acts() == []


def test_a_save_over_a_colleagues_newer_one_is_a_conflict_and_the_words_are_kept(moderator, second_moderator):
    mine = numbers_form(moderator, trust_posts=7)
    theirs = numbers_form(second_moderator, trust_posts=5)
    assert second_moderator.post(NUMBERS_PAGE, theirs).status_code == 302
    late = moderator.post(NUMBERS_PAGE, mine)
    assert late.status_code == 409
    assert "A colleague changed this meanwhile" in text_of(late)
    assert 'value="7"' in text_of(late)
    assert HouseRules.current().trust_posts == 5
    again = mine | {"seen": late.context["seen"], "token": late.context["token"]}
    assert moderator.post(NUMBERS_PAGE, again).status_code == 302
    assert HouseRules.current().trust_posts == 7
    assert len(house_acts()) == 2


def test_hours_changed_by_a_colleague_do_not_stand_in_the_way_of_numbers(moderator, second_moderator):
    mine = numbers_form(moderator, trust_posts=7)
    second_moderator.post(HOURS, hours_form(second_moderator, day_0="09:00-17:00"))
    assert moderator.post(NUMBERS_PAGE, mine).status_code == 302
    house = HouseRules.current()
    assert (house.trust_posts, house.staffed_hours) == (7, {"0": [["09:00", "17:00"]]})


def test_the_same_form_sent_twice_is_one_act(moderator):
    form = numbers_form(moderator, trust_posts=7)
    assert moderator.post(NUMBERS_PAGE, form).status_code == 302
    assert moderator.post(NUMBERS_PAGE, form).status_code == 302
    assert len(house_acts()) == 1


def test_what_was_typed_comes_back_after_the_session_ended(moderator):
    form = numbers_form(moderator, trust_posts=7)
    moderator.cookies.clear()
    assert moderator.post(NUMBERS_PAGE, form)["Location"].startswith("/sign-in/")
    back = moderator.anew().get(NUMBERS_PAGE)
    assert back.context["came_back"]
    assert 'value="7"' in text_of(back)


# --- Hours -------------------------------------------------------------------------------------------------


def test_staffed_hours_are_said_to_members_at_once(moderator, asks):
    assert "Never set" in text_of(moderator.get(HOME))
    days = {f"day_{day}": "8:00 - 12:00, 13:00–22:00" for day in range(7)}
    assert moderator.post(HOURS, hours_form(moderator, **days)).status_code == 302
    kept = HouseRules.current().staffed_hours
    assert kept == {str(day): [["08:00", "12:00"], ["13:00", "22:00"]] for day in range(7)}
    words = "every day, 8:00 AM to 12:00 PM and 1:00 PM to 10:00 PM"
    assert words in house_acts()[0].text.note
    assert "not set →" in house_acts()[0].text.note
    shown = text_of(moderator.get(HOURS))
    assert 'value="08:00-12:00, 13:00-22:00"' in shown


@pytest.mark.django_db(transaction=True)
def test_members_read_the_new_hours_as_soon_as_they_are_saved(moderator, visitor):
    assert "every day" not in text_of(visitor.get("/talk/"))
    moderator.post(HOURS, hours_form(moderator, **{f"day_{day}": "08:00-22:00" for day in range(7)}))
    assert "every day, 8:00 AM to 10:00 PM" in text_of(visitor.get("/talk/"))


def test_the_hours_can_be_taken_back_to_never_set(moderator):
    moderator.post(HOURS, hours_form(moderator, day_5="10:00-24:00"))
    assert HouseRules.current().staffed_hours == {"5": [["10:00", "24:00"]]}
    moderator.post(HOURS, hours_form(moderator))
    assert HouseRules.current().staffed_hours == {}
    assert "Saturday, 10:00 AM to midnight → not set" in house_acts()[1].text.note


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("all day", "Write hours as in"),
        ("9-17", "Write hours as in"),
        ("09:60-10:00", "Write hours as in"),
        ("09:00-25:00", "Write hours as in"),
        ("09:00-24:01", "Write hours as in"),
        ("17:00-09:00", "ends before it begins"),
        ("09:00-09:00", "ends before it begins"),
        ("09:00-12:00, 11:59-13:00", "overlap"),
        ("١٠:٠٠-١٢:٠٠", "Write hours as in"),
    ],
)
def test_hours_that_cannot_be_kept_are_given_back_with_what_to_do(moderator, typed, says):
    response = moderator.post(HOURS, hours_form(moderator, day_0=typed, day_1="09:00-17:00"))
    assert response.status_code == 422
    assert says in text_of(response)
    assert typed in text_of(response)
    assert 'value="09:00-17:00"' in text_of(response)
    assert not HouseRules.objects.exists()


# --- Boards ------------------------------------------------------------------------------------------------


def test_a_board_is_opened_and_stands_in_talk(moderator, stranger):
    form = board_form(moderator, f"{BOARDS}new/", name="Grandparents", slug="grandparents", about="Slowly.")
    assert moderator.post(f"{BOARDS}new/", form)["Location"] == BOARDS
    assert "Grandparents" in text_of(stranger.get("/talk/"))
    assert stranger.get("/talk/b/grandparents/").status_code == 200
    (act,) = house_acts()
    assert (act.verb, act.subject_kind) == ("add_board", "board")
    assert moderator.post(f"{BOARDS}new/", form)["Location"] == BOARDS
    assert Board.objects.count() == 1


@pytest.mark.parametrize("slug", ["parents", "new", "Parents", "a b", "-a", "a_b", "", "ñ", "a" * 51])
def test_an_address_that_is_taken_or_cannot_be_one_is_refused_and_the_words_are_kept(moderator, slug):
    make_board()
    long = "A quiet place. " * 100
    form = board_form(moderator, f"{BOARDS}new/", name="Another", slug=slug, about=long)
    response = moderator.post(f"{BOARDS}new/", form)
    assert response.status_code == 422
    assert long.strip() in text_of(response)
    assert Board.objects.count() == 1


def test_a_board_is_changed_but_never_its_address(moderator):
    make_board()
    form = board_form(
        moderator, f"{BOARDS}parents/", name="Mothers and fathers", slug="elsewhere", position="3"
    )
    assert moderator.post(f"{BOARDS}parents/", form).status_code == 302
    board = Board.objects.get()
    assert (board.slug, board.name, board.position) == ("parents", "Mothers and fathers", 3)
    note = house_acts()[0].text.note
    assert note == "Name: “Parents” → “Mothers and fathers”\nPlace in the list: 0 → 3"


def test_a_board_changed_by_a_colleague_is_a_conflict_that_shows_what_stands_now(moderator, second_moderator):
    make_board()
    about = "Long words about this board. " * 60
    mine = board_form(moderator, f"{BOARDS}parents/", about=about)
    theirs = board_form(second_moderator, f"{BOARDS}parents/", purpose="For all who raise someone.")
    second_moderator.post(f"{BOARDS}parents/", theirs)
    late = moderator.post(f"{BOARDS}parents/", mine)
    assert late.status_code == 409
    assert about.strip() in text_of(late)
    assert "For all who raise someone." in text_of(late)
    assert Board.objects.get().about == ""


@pytest.mark.parametrize("waits", [True, False], ids=["a post that waits", "a published post"])
def test_what_members_wrote_among_themselves_is_never_opened_to_everyone(moderator, asks, answers, waits):
    board = make_board()
    write_topic((asks if waits else answers).member, board)
    form = board_form(moderator, f"{BOARDS}parents/", audience="public")
    response = moderator.post(f"{BOARDS}parents/", form)
    assert response.status_code == 422
    assert str(STAYS_CLOSED) in text_of(response)
    board.refresh_from_db()
    assert board.audience == "members"


def test_an_empty_board_may_open_and_an_open_one_may_close(moderator, answers):
    board = make_board()
    form = board_form(moderator, f"{BOARDS}parents/", audience="public")
    assert moderator.post(f"{BOARDS}parents/", form).status_code == 302
    open_topic(answers.member, board)
    assert moderator.post(f"{BOARDS}parents/", board_form(moderator, f"{BOARDS}parents/")).status_code == 302
    board.refresh_from_db()
    assert board.audience == "members"


def test_a_board_that_is_not_there_is_not_there(moderator):
    assert moderator.get(f"{BOARDS}nowhere/").status_code == 404
    assert moderator.get(f"{PHRASES}999999/").status_code == 404


# --- Watched phrases ---------------------------------------------------------------------------------------


def test_a_phrase_is_watched_from_the_moment_it_is_saved_until_it_is_switched_off(
    moderator, answers, stranger
):
    board = make_board()
    topic = open_topic(answers.member, board)
    assert write_reply(stranger.member, topic, text="The blue river.").state == PostState.PUBLISHED
    form = phrase_form(moderator, f"{PHRASES}new/", note="Where people sell.")
    assert moderator.post(f"{PHRASES}new/", form)["Location"] == PHRASES
    held = write_reply(stranger.member, topic, text="Again the blue river.")
    assert held.state == PostState.HELD
    item = ReviewItem.objects.get(post=held)
    assert "Where people sell." in text_of(moderator.get(f"/queue/{item.pk}/"))
    rule = WatchedRule.objects.get()
    address = f"{PHRASES}{rule.pk}/"
    off = phrase_form(moderator, address, note="Where people sell.")
    del off["enabled"]
    assert moderator.post(address, off).status_code == 302
    rule.refresh_from_db()
    assert (rule.enabled, rule.version, rule.changed_by) == (False, 2, moderator.member)
    assert write_reply(stranger.member, topic, text="The blue river.").state == PostState.PUBLISHED
    assert [act.verb for act in house_acts()] == ["add_watched_rule", "change_watched_rule"]
    assert house_acts()[1].text.note == "In use: yes → no"
    assert "Off" in text_of(moderator.get(PHRASES))


def test_every_save_gives_the_house_a_new_token(moderator):
    tokens = [HouseRules.current().token]
    moderator.post(f"{PHRASES}new/", phrase_form(moderator, f"{PHRASES}new/"))
    tokens.append(HouseRules.current().token)
    address = f"{PHRASES}{WatchedRule.objects.get().pk}/"
    moderator.post(address, phrase_form(moderator, address, severity="1"))
    tokens.append(HouseRules.current().token)
    moderator.post(NUMBERS_PAGE, numbers_form(moderator, trust_posts=8))
    tokens.append(HouseRules.current().token)
    assert len(set(tokens)) == 4


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"pattern": "(", "kind": "expression"}, "This expression cannot be read"),
        ({"pattern": "x*", "kind": "expression"}, "even an empty one"),
        ({"pattern": "(?=x)y", "kind": "expression"}, "Look-around"),
        ({"pattern": "..."}, "at least one letter"),
        ({"pattern": ""}, "Write what to watch for"),
        ({"pattern": "a" * 201}, "200 fit"),
        ({"severity": "0"}, "severity"),
        ({"board": "999999"}, "board"),
        ({"note": "n" * 201}, "200 fit"),
    ],
    ids=lambda value: "_".join(value.values())[:12] if isinstance(value, dict) else None,
)
def test_a_phrase_that_cannot_work_is_refused_and_given_back(moderator, changed, says):
    response = moderator.post(f"{PHRASES}new/", phrase_form(moderator, f"{PHRASES}new/", **changed))
    assert response.status_code == 422
    assert says in text_of(response)
    assert changed.get("note", "") in text_of(response)
    assert not WatchedRule.objects.exists()


@pytest.mark.parametrize(("sample", "says"), [("At the BLUE  River.", "Found"), ("At the sea.", "Not found")])
def test_trying_a_phrase_on_a_text_saves_nothing(moderator, sample, says):
    address = f"{PHRASES}new/"
    form = phrase_form(moderator, address, sample=sample)
    response = moderator.post(address, form | {"try": "1"})
    assert response.status_code == 200
    assert f"<span>{says}</span>" in text_of(response)
    assert sample in text_of(response)
    assert not WatchedRule.objects.exists()
    assert moderator.post(address, form).status_code == 302
    assert "sample" not in house_acts()[0].text.note.lower()


def test_a_phrase_changed_by_a_colleague_is_a_conflict(moderator, second_moderator):
    moderator.post(f"{PHRASES}new/", phrase_form(moderator, f"{PHRASES}new/"))
    address = f"{PHRASES}{WatchedRule.objects.get().pk}/"
    mine = phrase_form(moderator, address, pattern="red river")
    second_moderator.post(address, phrase_form(second_moderator, address, pattern="green river"))
    late = moderator.post(address, mine)
    assert late.status_code == 409
    assert "red river" in text_of(late)
    assert "“green river”" in text_of(late)
    assert moderator.post(address, mine | {"seen": "x" * 500}).status_code == 409
    assert WatchedRule.objects.get().pattern == "green river"


def test_a_pattern_that_cannot_be_read_says_so_in_the_list(moderator):
    WatchedRule.objects.create(pattern="(", kind="expression")
    assert "Cannot be read" in text_of(moderator.get(PHRASES))


def test_there_is_an_end_to_how_many_phrases_are_in_use(moderator):
    WatchedRule.objects.bulk_create(WatchedRule(pattern=f"word {n}") for n in range(MOST_WATCHED))
    response = moderator.post(f"{PHRASES}new/", phrase_form(moderator, f"{PHRASES}new/"))
    assert response.status_code == 422
    assert "Switch one off first" in text_of(response)


def test_a_lists_cost_does_not_grow_with_the_list(moderator, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_board()
    for address in (BOARDS, PHRASES, HOME):
        moderator.get(address)
        with CaptureQueriesContext(connection) as few:
            moderator.get(address)
        for n in range(5):
            make_board(slug=f"{address.strip('/').replace('/', '-')}-{n}", name=f"Board {n}")
        WatchedRule.objects.bulk_create(
            WatchedRule(pattern=f"{n}", board=Board.objects.last()) for n in range(5)
        )
        with django_assert_num_queries(len(few)):
            moderator.get(address)


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql_only")
@pytest.mark.django_db(transaction=True)
def test_of_eight_saves_at_once_one_counts_and_seven_are_told(transactional_db, moderator, second_moderator):
    make_board()
    address = f"{BOARDS}parents/"
    calls = []
    for n in range(8):
        browser = (moderator, second_moderator)[n % 2].anew()
        form = board_form(browser, address, purpose=f"Purpose {n}")
        calls.append(lambda browser=browser, form=form: browser.post(address, form).status_code)
    assert sorted(at_once(calls)) == [302] + [409] * 7
    assert len(house_acts()) == 1


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql_only")
@pytest.mark.django_db(transaction=True)
def test_the_first_two_to_change_the_numbers_do_not_overwrite_each_other(
    transactional_db, moderator, second_moderator
):
    people = (moderator.anew(), second_moderator.anew())
    forms = [numbers_form(one, trust_posts=5 + n) for n, one in enumerate(people)]
    calls = [
        lambda one=one, form=form: one.post(NUMBERS_PAGE, form).status_code
        for one, form in zip(people, forms, strict=True)
    ]
    assert sorted(at_once(calls)) == [302, 409]
    assert len(house_acts()) == 1


def test_nobody_changes_the_house_past_the_pages(answers):
    from django.core.exceptions import PermissionDenied

    from forum.actions import housekeeping

    with pytest.raises(PermissionDenied):
        housekeeping.change_house_rules(
            by=answers.member, seen="", values={"trust_posts": 1}, idempotency_key="k"
        )
    with pytest.raises(PermissionDenied):
        housekeeping.add_board(by=answers.member, values={"slug": "x"}, idempotency_key="k")
    assert not HouseRules.objects.exists()
