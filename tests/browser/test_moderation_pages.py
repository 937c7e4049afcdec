"""Every page of moderation, looked at: one heading, nothing too wide, axe without a finding, in light and dark.

The pages are filled by the actions, so that a browser only looks.
"""

import pytest
from django.utils import timezone

from forum import actions
from forum.actions.appealing import appealable
from forum.models import SafetyEscalation
from forum.states import Decision
from tests.cast import make_person
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, item_of, topic_by

WAYS = [(390, True), (1280, True), (390, False)]


@pytest.fixture
def story():
    """A queue with something of each kind, a person who was limited, and what the author has heard."""
    team = [make_person(f"tide-watcher-{n}", role="moderator") for n in range(2)]
    make_person("still-harbor", role="on_call_clinician")
    asks, known = make_person("asks"), make_person("known", trust=1)
    topic = open_topic(known.member, make_board(slug="quiet", name="Quiet evenings"))
    held = topic_by(asks, title="The first night", text="I want to kill myself tonight.")
    refused = decided(
        team[0], write_reply(asks.member, topic), Decision.REJECT, reason_code="medical", message="Why."
    )
    act, _state = appealable(asks.member, [refused])[refused.pk]
    actions.appeal(by=asks.member, action=act, text="I told only what we did.")
    reported = write_reply(known.member, topic)
    actions.report_post(by=asks.member, post=again(reported), category="worried", note="I fear for them.")
    item = item_of(reported)
    actions.escalate(
        by=team[0].member, item=item, version=item.version, note="Please look.", idempotency_key="a" * 32
    )
    actions.slow_topic(by=team[0].member, topic=topic, seconds=600, until=None, reason="heated", note="")
    actions.sanction_member(
        by=team[0].member,
        member=known.member,
        kind="read_only",
        ends_at=timezone.now() + timezone.timedelta(days=3),
        reason_code="unkind",
        message="Please rest a little.",
        note="",
        idempotency_key="b" * 32,
    )
    return {"team": team, "asks": asks, "known": known, "topic": topic, "held": held, "refused": refused}


def _as(visit, live_server, person, device):
    walk = visit(width=device[0], scripts=device[1])
    cookie = {"name": "sessionid", "value": person.cookies["sessionid"].value, "url": live_server.url}
    walk.context.add_cookies([cookie])
    return walk


@pytest.mark.parametrize("device", WAYS, ids=["phone", "desk", "phone without scripts"])
def test_the_team_finds_every_page_of_its_work_in_order(visit, live_server, story, device):
    topic, held = story["topic"], story["held"]
    moderator = _as(visit, live_server, story["team"][1], device)
    for address in (
        "/queue/",
        item_of(held).get_absolute_url(),
        item_of(story["refused"]).get_absolute_url(),
        "/queue/insights/",
        "/queue/settings/",
        "/queue/settings/hours/",
        "/queue/shift/",
        f"/queue/people/{again(topic.first_post).public_id}/",
        f"/talk/t/{topic.public_id}/calm/",
        f"/talk/t/{topic.public_id}/split/",
    ):
        moderator.go(address)
        moderator.inspect()
    moderator.go("/queue/")
    moderator.sees("Words about suicide, first person", "second look", "With the clinician")
    moderator.sees_not("kill myself")


@pytest.mark.parametrize("device", WAYS[::2], ids=["phone", "phone without scripts"])
def test_those_it_is_about_read_why_and_what_they_can_do(visit, live_server, story, device):
    author = _as(visit, live_server, story["asks"], device)
    for address in ("/talk/mine/", f"/talk/p/{story['refused'].public_id}/appeal/", "/about/moderation/"):
        author.go(address)
        author.inspect()
    limited = _as(visit, live_server, story["known"], device)
    limited.go("/talk/standing/")
    limited.sees("Please rest a little.")
    limited.inspect()
    limited.go(f"/talk/t/{story['topic'].public_id}/reply/")
    limited.sees("You can read. Writing opens again")
    limited.inspect()
    clinician = make_person("low-tide", role="on_call_clinician")
    asked = _as(visit, live_server, clinician, device)
    asked.go(f"/queue/escalations/{SafetyEscalation.objects.get().pk}/")
    asked.sees("Please look.")
    asked.inspect()
