"""How moderation goes: the team and the operators read figures of the queue; for others the page is not there."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from forum.models import QueueConflict, ReviewItem, ReviewReason
from tests.factories import decide, make_board, write_topic

pytestmark = pytest.mark.django_db

PAGE = "/queue/insights/"
JSON = "/queue/insights/figures.json"


@pytest.fixture
def answered(answers):
    """Twenty-one items, answered after 0, 1, …, 20 minutes: half came within 10."""
    opened = timezone.now() - dt.timedelta(days=2)
    for minutes in range(21):
        then = opened + dt.timedelta(minutes=minutes)
        item = ReviewItem.objects.create(
            member=answers.member,
            opened_at=opened,
            due_at=opened + dt.timedelta(minutes=15),
            first_action_at=then,
            resolved_at=then,
            status="resolved",
            resolution="approve",
        )
        ReviewReason.objects.create(item=item, kind="crisis", rule_id="suicide.plan", verdict="upheld")


@pytest.mark.parametrize("who", ["moderator", "safety_lead", "operator"])
def test_the_team_and_operators_read_the_figures(who, request, answered):
    person = request.getfixturevalue(who)
    page = person.get(PAGE)
    assert page.status_code == 200
    assert "Half of all first answers came within 10\xa0min." in page.content.decode()
    found = person.get(JSON)
    assert found.status_code == 200
    assert found.headers["Content-Type"] == "application/json"
    assert found.json()["first_answer"]["by_reason"]["crisis"] == {"n": 21, "p50": 600.0, "p95": 1140.0}
    for response in (page, found):
        assert response.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("who", ["asks", "answers", "author", "reviewer"])
@pytest.mark.parametrize("address", [PAGE, JSON])
def test_for_members_the_figures_do_not_exist(who, address, request):
    person = request.getfixturevalue(who)
    assert person.get(address).status_code == 404
    assert person.get(address, {"days": "7"}).content == person.get(address).content


@pytest.mark.parametrize("address", [PAGE, JSON])
def test_a_visitor_gets_the_sign_in_page(address, visitor):
    assert visitor.get(address).headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", [PAGE, JSON])
def test_nothing_can_be_sent_there(address, moderator):
    assert moderator.post(address).status_code == 405


def test_every_figure_is_drawn_and_stands_in_a_table_too(moderator, answered):
    page = moderator.get(PAGE, {"days": "7"}).content.decode()
    assert page.count("<h1") == 1
    drawn, tables = page.count('class="chart-rows"'), page.count("<table")
    assert drawn == tables >= 6
    for words in (
        "suicide.plan",
        "Words that may mean danger",
        "19\xa0min",
        "too few to say (0)",
        "100 in 100",
    ):
        assert words in page, words
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", main)


def test_too_few_say_nothing_but_their_number(moderator, answers):
    opened = timezone.now() - dt.timedelta(hours=2)
    ReviewItem.objects.create(
        member=answers.member,
        opened_at=opened,
        due_at=opened,
        first_action_at=opened,
        resolved_at=opened,
        status="resolved",
        resolution="approve",
    )
    page = moderator.get(PAGE).content.decode()
    assert "Too few first answers to say how long they took (1)." in page
    assert "too few to say (1)" in page


@pytest.mark.parametrize(
    ("asked", "days"), [("7", 7), ("90", 90), ("", 30), ("8", 30), ("١", 30), ("9" * 99, 30)]
)
def test_one_chooses_between_three_spans(asked, days, moderator):
    assert moderator.get(JSON, {"days": asked}).json()["days"] == days
    page = moderator.get(PAGE, {"days": asked}).content.decode()
    assert re.search(rf'href="\?days={days}" aria-current="true"', page)


def test_no_moderator_and_no_member_appears(moderator, second_moderator, asks, answers):
    post = write_topic(asks.member, make_board())
    decide(second_moderator.member, post, "return", reason="unkind")
    for address in (PAGE, JSON):
        main = moderator.get(address).content.decode().partition("<main")
        page = main[2] or main[0]
        for someone in ("second-moderator", "asks", "First week home", post.public_id):
            assert someone not in page


def test_the_loser_of_a_race_is_counted_but_not_named(moderator, second_moderator, asks):
    from tests.flows.forum_scene import hidden_fields, page_of

    post = write_topic(asks.member, make_board())
    form = hidden_fields(moderator.get(page_of(post)))
    decide(second_moderator.member, post, "approve")
    answer = moderator.post(page_of(post), form | {"decision": "approve"})
    assert answer.status_code == 409
    assert QueueConflict.objects.get().count == 1
    assert moderator.get(JSON).json()["conflicts"] == 1
