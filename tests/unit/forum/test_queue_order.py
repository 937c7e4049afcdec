"""The list of what waits: its order, what it says and what it never says, its pages, and its cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import actions, rules
from forum.models import ReviewItem
from forum.queue_list import CHIPS, MAY_BE_AT_RISK
from forum.states import ItemStatus, ReasonKind
from forum.views import queue as queue_view
from tests.flows.forum_scene import decided, edited, item_of, reply_by, topic_by


def _due(post, minutes, **fields):
    ReviewItem.objects.filter(post=post).update(
        due_at=timezone.now() + dt.timedelta(minutes=minutes), **fields
    )


def _links(person, address="/queue/"):
    page = person.get(address).content.decode()
    items = ReviewItem.objects.filter(status=ItemStatus.OPEN)
    places = {item.pk: page.find(f'href="/queue/{item.pk}/"') for item in items}
    return sorted((pk for pk, place in places.items() if place >= 0), key=places.get)


def test_danger_comes_first_however_old_the_rest_is(moderator, asks):
    old = topic_by(asks, text="An old routine post.")
    _due(old, -5000)
    danger = topic_by(asks, text="I want to kill myself tonight.")
    page = moderator.get("/queue/").content.decode()
    at_risk, rest = page.split('id="everything-else"')
    assert f"/queue/{item_of(danger).pk}/" in at_risk
    assert f"/queue/{item_of(old).pk}/" in rest
    assert "Words about suicide, first person" in at_risk


def test_within_a_severity_the_first_due_comes_first(moderator, asks):
    posts = [topic_by(asks, text=f"Post {n}.") for n in range(3)]
    for post, minutes in zip(posts, (30, 10, 20), strict=True):
        _due(post, minutes)
    assert _links(moderator) == [item_of(posts[n]).pk for n in (1, 2, 0)]


def test_the_list_never_shows_words_titles_or_names(moderator, asks, answers, stranger):
    canary = "heron-canary-4711"
    topic_by(asks, title=f"Title {canary}", text=f"Words {canary}")
    post = topic_by(answers, title=f"Title {canary}", text=f"Words {canary}")
    actions.report_post(by=stranger.member, post=post, category="unkind", note=f"Note {canary}")
    page = moderator.get("/queue/").content.decode()
    assert "A first post" in page
    assert "4 words" in page  # the title counts too
    for word in (canary, ">asks<", "answers", "stranger"):
        assert word not in page, word


def test_each_line_says_where_it_stands_and_who_can_see_it(moderator, asks, answers, stranger):
    topic = topic_by(answers, text="The old text.").topic
    reply_by(asks, topic)
    reported = topic_by(answers)
    actions.report_post(by=stranger.member, post=reported, category="spam")
    edited(answers, topic.first_post, text="The new text.")
    page = moderator.get("/queue/").content.decode()
    assert "Reply in Parents. 5 words. Held." in page
    assert "Visible to members." in page
    assert "The earlier text is still shown." in page


def test_clocks_are_in_words(moderator, asks):
    post = topic_by(asks)
    now = timezone.now()
    ReviewItem.objects.filter(post=post).update(
        opened_at=now - dt.timedelta(minutes=52, seconds=30), due_at=now + dt.timedelta(hours=1)
    )
    page = moderator.get("/queue/").content.decode()
    assert "Waiting 52 minutes" in page
    assert "Answer by" in page
    _due(post, -61)
    assert "Past due by 61 minutes" in moderator.get("/queue/").content.decode()


def test_a_colleague_is_named_where_they_work_and_ones_own_item_is_marked(moderator, second_moderator, asks):
    post = topic_by(asks)
    actions.claim_item(by=moderator.member, item=item_of(post))
    assert "moderator has it" in second_moderator.get("/queue/").content.decode()
    mine = moderator.get("/queue/").content.decode()
    assert "Yours until" in mine
    assert "moderator has it" not in mine
    ReviewItem.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert "moderator has it" not in second_moderator.get("/queue/").content.decode()


def test_a_decided_item_leaves_the_list(moderator, asks):
    post = topic_by(asks)
    assert _links(moderator) == [item_of(post).pk]
    decided(moderator, post)
    assert _links(moderator) == []


def test_chips_show_one_reason_alone_and_never_hide_danger(moderator, asks, answers, stranger):
    danger = topic_by(asks, text="I want to kill myself tonight.")
    first = topic_by(asks)
    reported = topic_by(answers)
    actions.report_post(by=stranger.member, post=reported, category="spam")
    page = moderator.get("/queue/").content.decode()
    assert "First posts 1" in page
    assert "Reports 1" in page
    assert _links(moderator, "/queue/?kind=report") == [item_of(danger).pk, item_of(reported).pk]
    assert item_of(first).pk in _links(moderator, "/queue/?kind=first_post")
    assert len(_links(moderator, "/queue/?kind=made-up")) == 3


@pytest.mark.parametrize("place", ["x", "1.2", "1.2.3.4", "-1.0.0", "9" * 40, "1." + "9" * 40 + ".1"])
def test_a_made_up_place_is_the_first_page(moderator, asks, place):
    post = topic_by(asks)
    assert _links(moderator, f"/queue/?after={place}&risk_after={place}") == [item_of(post).pk]


def test_pages_hold_each_item_once_and_lose_none(moderator, asks, monkeypatch):
    monkeypatch.setattr(queue_view, "ITEMS_A_PAGE", 2)
    posts = [topic_by(asks, text=f"Post {n}.") for n in range(5)]
    same = timezone.now() + dt.timedelta(hours=1)
    ReviewItem.objects.update(due_at=same)  # only the number is left to tell them apart
    seen, address = [], "/queue/"
    for _page in range(3):
        response = moderator.get(address)
        seen += [row.pk for row in response.context["rest"]]
        address = "/queue/" + response.context["rest_older_url"]
    assert seen == [item_of(post).pk for post in posts]
    assert address == "/queue/"


def test_every_reason_has_its_words_on_the_chips():
    assert set(CHIPS) == set(ReasonKind)


def test_the_list_costs_the_same_queries_for_four_items_and_for_sixty(
    moderator, asks, answers, stranger, monkeypatch
):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    monkeypatch.setattr(rules, "REPORTS_A_DAY", 1000)

    def four_more(number):
        topic_by(asks, text=f"A quiet evening {number}.")
        topic_by(asks, text=f"I want to kill myself tonight. {number}")
        for category in ("worried", "spam"):
            post = topic_by(answers, text=f"A quiet evening {number}.")
            actions.report_post(by=stranger.member, post=post, category=category)
        return post

    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = moderator.get("/queue/")
        assert len(response.context["risk"]) >= 2
        assert len(response.context["rest"]) >= 2
        return len(captured)

    actions.claim_item(by=moderator.member, item=item_of(four_more(0)))
    actions.leave_note(by=moderator.member, text="A quiet night.")
    few = queries()
    for number in range(14):
        four_more(number)
    assert ReviewItem.objects.filter(status=ItemStatus.OPEN).count() == 60
    assert queries() == few
    assert few <= 15


#: A hundred thousand decided items about one post, by one statement; their reasons by another.
_DECIDED = """
    INSERT INTO forum_reviewitem
        (post_id, severity, due_at, status, version, opened_at, resolved_at, resolution, rules_missed)
    {numbers}
    SELECT %s, n %% 4, %s, 'resolved', 1, %s, %s, 'approve', {false} FROM numbers
"""
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1, 100000))",
}


def _a_hundred_thousand_decided(post):
    now = timezone.now()
    false = "FALSE" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDED.format(numbers=_NUMBERS[connection.vendor], false=false), [post.pk, now, now, now]
        )
        cursor.execute(
            "INSERT INTO forum_reviewreason (item_id, kind, rule_id, ruleset_version, spans, verdict)"
            " SELECT id, 'crisis', '', '', '[]', 'upheld' FROM forum_reviewitem WHERE status = 'resolved'"
        )
        cursor.execute("ANALYZE forum_reviewitem")
        cursor.execute("ANALYZE forum_reviewreason")


def test_a_hundred_thousand_decided_items_cost_the_list_nothing(moderator, asks, monkeypatch):
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 1000)
    posts = [topic_by(asks, text=f"A quiet evening {n}.") for n in range(3)]
    _a_hundred_thousand_decided(posts[0])
    assert moderator.member  # made on the first visit
    costs = []
    for waiting in (3, 50):
        posts += [topic_by(asks, text=f"Another evening {n}.") for n in range(waiting - len(posts))]
        with CaptureQueriesContext(connection) as captured:
            response = moderator.get("/queue/")
        assert len(response.context["rest"]) == waiting
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 15
    plan = ReviewItem.objects.open().filter(MAY_BE_AT_RISK)[:51].explain()
    # Every index with these names holds open items alone; PostgreSQL takes the smallest.
    assert re.search(r"(USING INDEX|using) (queue|one_open_item_an?_\w+)\b", plan), plan
    assert "Seq Scan" not in plan, plan
