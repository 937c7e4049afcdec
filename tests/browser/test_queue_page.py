"""A moderator's open item: the page keeps it by itself, and Ctrl+Enter sends the decision."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from forum import actions
from forum.models import ReviewItem
from forum.states import PostState
from tests.cast import make_person
from tests.flows.forum_scene import again, item_of, page_of, topic_by

MINUTE = 60_000


@pytest.fixture
def walk(visit, live_server):
    """A moderator's browser on an item they took, its clock in the test's hand; and the post."""
    moderator, author = make_person("tide-watcher", role="moderator"), make_person("asks")
    post = topic_by(author)
    actions.claim_item(by=moderator.member, item=item_of(post))
    walk = visit(width=1280)
    session = moderator.cookies["sessionid"].value
    walk.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    walk.page.clock.install()
    walk.go(page_of(post))
    return walk, post, moderator


def _is_asked(walk):
    return walk.page.expect_response(lambda response: response.url.endswith("/take/"))


def test_an_open_page_keeps_its_item_until_a_colleague_has_it(walk):
    walk, post, _moderator = walk
    ReviewItem.objects.update(claimed_until=timezone.now() + dt.timedelta(minutes=1))
    with _is_asked(walk):
        walk.page.clock.fast_forward(6 * MINUTE)
    assert item_of(post).claimed_until > timezone.now() + dt.timedelta(minutes=14)
    colleague = make_person("harbor-desk", role="moderator")
    ReviewItem.objects.update(claimed_by=colleague.member)
    with _is_asked(walk):
        walk.page.clock.fast_forward(6 * MINUTE)
    walk.page.get_by_text("harbor-desk has this until").wait_for()


def test_a_page_nobody_touches_for_an_hour_lets_its_item_go(walk):
    walk, _post, _moderator = walk
    asked = []
    walk.page.on("request", lambda request: asked.append(request.url))
    walk.page.clock.fast_forward(61 * MINUTE)
    walk.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("/take/")]
    walk.page.mouse.move(200, 200)
    with _is_asked(walk):
        walk.page.clock.fast_forward(MINUTE)


def test_control_and_enter_send_the_decision_and_no_other_key_does(walk):
    walk, post, _moderator = walk
    walk.page.get_by_role("radio", name="Approve Members can read it").check()
    note = walk.page.get_by_label("Note for the team")
    note.fill("Kind words.")
    for key in ("Enter", "Shift+Enter", "a", "1"):
        note.press(key)
    assert again(post).state == PostState.HELD
    with walk.page.expect_navigation():
        note.press("Control+Enter")
    assert urlsplit(walk.page.url).path == "/queue/"
    assert again(post).state == PostState.PUBLISHED
