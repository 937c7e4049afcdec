"""A member finds everything they wrote, with its state and the team's reason (scenario A14)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from forum import actions, rules
from forum.actions.purging import purge_texts
from forum.models import Appeal, ModAction, Post, SafetyEscalation
from forum.states import Decision, EscalationOutcome
from forum.views import mine
from tests.factories import bring_to, decide, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, item_of, topic_by

pytestmark = pytest.mark.django_db

STATES = {
    "held": "Waiting for a person",
    "published": "Published",
    "returned": "Sent back to you",
    "rejected": "Not published",
    "withdrawn": "Withdrawn by you",
    "hidden": "Hidden while the team looks at it",
    "removed": "Taken down by the team",
    "retracted": "Taken down by you",
}


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board(), title="Others' topic")


def page_for(person, query="") -> str:
    return person.get(f"/talk/mine/{query}").content.decode()


def ids_on(page: str) -> list[str]:
    return re.findall(r'id="post-([\w-]+)"', page)


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_said_in_words_with_the_text(state, asks, moderator, topic):
    post = write_reply(asks.member, topic, text=f"Words that are {state}.")
    if state != "held":
        bring_to(state, post=post, author=asks.member, moderator=moderator.member)
    page = page_for(asks)
    assert STATES[state] in page
    assert f"Words that are {state}." in page


def test_what_was_turned_down_says_the_reason_and_the_message(asks, moderator):
    """A14."""
    post = topic_by(asks, text="With a name.")
    decided(moderator, post, Decision.RETURN, reason_code="private", message="The school's name.\nPlease.")
    page = page_for(asks)
    assert "From the moderation team:" in page
    assert "It holds details that could show who someone is." in page
    assert "The school&#x27;s name.<br>Please." in page
    assert "A rule had noticed some words." not in page
    assert "Change and send again" in page


def test_one_is_told_when_a_rule_had_noticed_words(asks, moderator):
    """A14."""
    post = topic_by(asks, text="I want to kill myself tonight.")
    decided(moderator, post, Decision.RETURN, reason_code="other", message="We wrote to you.")
    assert "A rule had noticed some words. A person decided." in page_for(asks)


def test_a_phrase_the_team_watches_for_is_a_rule_too(asks, moderator):
    from forum.models import ReviewReason

    post = topic_by(asks)
    ReviewReason.objects.create(item=item_of(post), kind="watched", rule_id="watched:1")
    decided(moderator, post, Decision.RETURN, reason_code="spam")
    assert "A rule had noticed some words. A person decided." in page_for(asks)


def test_the_team_s_note_is_for_the_team(asks, moderator):
    post = topic_by(asks)
    decided(moderator, post, Decision.REJECT, reason_code="unsafe", note="A note among colleagues.")
    assert "A note among colleagues." not in page_for(asks)


def test_a_reason_that_no_longer_holds_is_not_shown(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    decide(moderator.member, post, "approve")
    actions.hide_post(by=moderator.member, post=again(post), reason_code="unkind", message="Too harsh.")
    assert "Too harsh." in page_for(asks)
    actions.restore_post(by=moderator.member, post=again(post))
    assert "Too harsh." not in page_for(asks)


def test_a_report_that_does_not_hold_leaves_the_reason_as_it_was(asks, stranger, moderator, topic):
    """Its author learns nothing of the report, not even by a line that goes away."""
    post = write_reply(asks.member, topic)
    decide(moderator.member, post, "approve")
    actions.amend_post(
        by=moderator.member,
        post=again(post),
        wording=actions.prepare(source="Shorter."),
        reason_code="private",
        message="The name went.",
    )
    before = page_for(asks)
    actions.report_post(by=stranger.member, post=again(post), category="unkind")
    decide(moderator.member, post, "keep")
    assert "The name went." in before
    assert page_for(asks) == before


def test_a_waiting_change_is_said(answers, topic):
    edited(answers, topic.first_post, text="Changed.")
    assert "Your change waits for a person. Until then the earlier text stays." in page_for(answers)


def test_what_needs_the_person_stands_first(asks, moderator):
    sent_back = topic_by(asks, title="Needs you")
    topic_by(asks, title="Waits")
    decided(moderator, sent_back, Decision.RETURN, reason_code="private")
    assert ids_on(page_for(asks))[0] == sent_back.public_id


def test_only_one_s_own_posts_are_there(asks, answers, stranger, moderator, topic):
    own = write_reply(asks.member, topic, text="Mine.")
    write_reply(stranger.member, topic, text="Not mine.")
    assert ids_on(page_for(asks)) == [own.public_id]
    assert ids_on(page_for(moderator)) == []
    assert "Not mine." not in page_for(asks)


def test_the_title_of_a_topic_that_was_taken_down_is_not_shown(asks, answers, moderator, topic):
    post = write_reply(asks.member, topic)
    decide(moderator.member, post, "approve")
    assert "Reply to “Others&#x27; topic”" in page_for(asks)
    bring_to("hidden", post=again(topic.first_post), author=answers.member, moderator=moderator.member)
    page = page_for(asks)
    assert "Others&#x27; topic" not in page
    assert "A reply" in page


def test_one_post_alone_can_be_shown(asks, topic):
    first, second = write_reply(asks.member, topic), write_reply(asks.member, topic)
    page = page_for(asks, f"?post={first.public_id}")
    assert ids_on(page) == [first.public_id]
    assert "All my posts" in page
    assert second.public_id not in page


@pytest.mark.parametrize("query", ["?post=AAAAAAAAAAAA", "?post=%F0%9F%8F%A1", "?post=x'x"])
def test_a_made_up_post_shows_nothing(asks, answers, topic, query):
    write_reply(asks.member, topic)
    assert ids_on(page_for(asks, query)) == []


def test_another_s_post_cannot_be_asked_for(asks, answers, stranger, topic):
    held = write_reply(asks.member, topic, text="A secret of asks.")
    for query in (f"?post={held.public_id}", f"?before={held.public_id}"):
        page = page_for(stranger, query)
        assert "A secret of asks." not in page
        assert held.public_id not in page


def test_pages_hold_each_post_once_and_lose_none(asks, topic, monkeypatch):
    """Also when many were sent in the same moment."""
    monkeypatch.setattr(mine, "POSTS_A_PAGE", 2)
    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 100)
    posts = [write_reply(asks.member, topic, text=f"Reply {n}") for n in range(7)]
    same = Post.objects.get(pk=posts[0].pk).submitted_at
    Post.objects.filter(author=asks.member).update(submitted_at=same)
    seen, query = [], ""
    for _page in range(4):
        page = page_for(asks, query)
        seen += ids_on(page)
        older = re.search(r'href="(\?before=[\w-]+)" rel="next"', page)
        query = older[1] if older else ""
    assert seen == [post.public_id for post in reversed(posts)]
    assert query == ""


def test_a_made_up_place_is_the_first_page(asks, topic):
    post = write_reply(asks.member, topic)
    for before in ("AAAAAAAAAAAA", "-1", "'", "9" * 400):
        assert ids_on(page_for(asks, f"?before={before}")) == [post.public_id]


def test_the_list_costs_the_same_for_two_posts_and_for_twenty(
    asks, topic, monkeypatch, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    monkeypatch.setattr(rules, "POSTS_AN_HOUR", 100)

    def cost():
        page_for(asks)
        with CaptureQueriesContext(connection) as captured:
            page_for(asks)
        return len(captured)

    for _n in range(2):
        write_reply(asks.member, topic)
    two = cost()
    for _n in range(18):
        write_reply(asks.member, topic)
    assert cost() == two <= 9


def test_the_rule_a_reason_rests_on_can_be_read(asks, moderator, visitor):
    """A14."""
    post = topic_by(asks)
    decided(moderator, post, Decision.REJECT, reason_code="unsafe")
    page = page_for(asks)
    assert '<a class="strong-link" href="/talk/guidelines/#rule-4">Read rule 4</a>' in page
    assert 'id="rule-4"' in visitor.get("/talk/guidelines/").content.decode()


def test_a_reason_without_a_rule_of_its_own_names_none(asks, moderator):
    decided(moderator, topic_by(asks), Decision.REJECT, reason_code="off_topic")
    assert "Read rule" not in page_for(asks)


def test_it_says_until_when_a_text_is_kept(asks, moderator, topic):
    rejected = write_reply(asks.member, topic)
    bring_to("rejected", post=rejected, author=asks.member, moderator=moderator.member)
    write_reply(asks.member, topic)
    day = timezone.localtime(timezone.now() + timedelta(days=30))
    assert page_for(asks).count(f"We keep your text until {day:%B} {day.day}, {day.year}.") == 1


def test_what_the_team_changed_is_shown_to_its_author_alone(answers, moderator, stranger, topic):
    """A12."""
    post = edited(answers, topic.first_post, text="He is at Harbor Hall since Monday and sleeps well.")
    decided(moderator, post)
    actions.amend_post(
        by=moderator.member,
        post=again(post),
        wording=actions.prepare(
            title="Others' topic", source="He is at a clinic since Monday and sleeps well."
        ),
        reason_code="private",
        message="The name of the clinic could show who you are.",
    )
    page = page_for(answers)
    assert "What the team changed" in page
    assert '<del><span class="visually-hidden">taken out: </span>Harbor Hall</del>' in page
    assert '<ins><span class="visually-hidden">put in: </span>a clinic</ins>' in page
    assert "It holds details that could show who someone is." in page
    assert "We keep the text you sent until" in page
    for reader in (stranger, answers):
        assert "Harbor Hall" not in reader.get(topic.get_absolute_url()).content.decode()


def test_a_post_published_with_changes_says_what_went_and_the_original_is_purged_later(asks, moderator):
    """A12."""
    post = topic_by(asks, title="A first evening", text="He went to Harbor Hall on Monday.")
    wording = actions.prepare(title="A first evening", source="He went to a clinic on Monday.")
    decided(moderator, post, Decision.REDACT, reason_code="private", wording=wording)
    page = page_for(asks)
    assert '<del><span class="visually-hidden">taken out: </span>Harbor Hall</del>' in page
    assert "Published" in page
    purge_texts(now=timezone.now() + timedelta(days=31))
    page = page_for(asks)
    assert "Harbor Hall" not in page
    assert "What the team changed" in page
    assert "The text was deleted on" in page
    assert "He went to a clinic on Monday." in page


def test_an_undone_decision_is_not_said(asks, moderator):
    """A15."""
    post = topic_by(asks)
    decided(moderator, post, Decision.REJECT, reason_code="unsafe", message="Too much detail.")
    actions.undo_decision(by=moderator.member, action=ModAction.objects.get(verb="reject_post"))
    page = page_for(asks)
    assert "Waiting for a person" in page
    assert "Too much detail." not in page
    assert "Ask for a second look" not in page
    assert "We keep your text" not in page


def test_of_an_escalation_its_author_reads_help_and_what_the_clinician_chose_to_say(
    asks, answers, moderator, person
):
    """A49."""
    clinician = person("heron", role="on_call_clinician")
    post = topic_by(asks, text="I am so tired of everything.")
    assert "may be in danger" not in page_for(asks)
    item = item_of(post)
    actions.escalate(
        by=moderator.member, item=item, version=item.version, note="Worried: a note.", idempotency_key="e1"
    )
    page = page_for(asks)
    assert '<a href="/help/now/">Help now</a> is there day and night.' in page
    assert "From the clinician on call" not in page
    actions.close_escalation(
        by=clinician.member,
        escalation=SafetyEscalation.objects.get(),
        outcome=EscalationOutcome.SUPPORTED,
        message="Thank you for writing.",
        note="A clinical note.",
    )
    page = page_for(asks)
    assert "From the clinician on call:" in page
    assert "Thank you for writing." in page
    assert "A clinical note." not in page
    assert "Worried: a note." not in page
    assert "heron" not in page


def test_the_chips_count_what_is_there_and_narrow_the_page(asks, moderator, topic):
    returned = write_reply(asks.member, topic)
    bring_to("returned", post=returned, author=asks.member, moderator=moderator.member)
    waiting = write_reply(asks.member, topic)
    page = page_for(asks)
    assert re.findall(r"<span>(All|Needs you|Waiting|Published) (\d+)</span>", page) == [
        ("All", "2"),
        ("Needs you", "1"),
        ("Waiting", "1"),
    ]
    assert ids_on(page_for(asks, "?show=needs-you")) == [returned.public_id]
    assert ids_on(page_for(asks, "?show=waiting")) == [waiting.public_id]
    assert "Nothing here now" in page_for(asks, "?show=published")
    assert len(ids_on(page_for(asks, "?show=' OR 1"))) == 2


def test_a_change_that_was_sent_back_needs_the_person_too(answers, moderator, topic):
    post = edited(answers, topic.first_post, text="Changed, with a name.")
    decided(moderator, post, Decision.RETURN, reason_code="private")
    page = page_for(answers, "?show=needs-you")
    assert ids_on(page) == [post.public_id]
    assert "1 sent back" in answers.get("/me/").content.decode()
    assert "Your change was sent back to you" in page
    assert "Changed, with a name." in page


def test_a_sent_back_reason_is_not_said_of_the_text_that_was_sent_again(asks, moderator, topic):
    post = write_reply(asks.member, topic, text="With a name.")
    decided(moderator, post, Decision.RETURN, reason_code="private", message="The name, please.")
    edited(asks, post, text="Without it.")
    page = page_for(asks)
    assert "Waiting for a person" in page
    assert "The name, please." not in page


def test_a_waiting_post_says_how_long_it_waited_so_far(asks, topic, time_machine):
    time_machine.move_to(timezone.now())
    write_reply(asks.member, topic)
    time_machine.shift(timedelta(minutes=12, seconds=5))
    assert "Waiting for 12 minutes." in page_for(asks)


def test_a_report_leaves_no_trace_in_the_wait_of_a_change(answers, stranger, topic, time_machine):
    """The item was opened by the report, an hour before the change."""
    time_machine.move_to(timezone.now())
    actions.report_post(by=stranger.member, post=again(topic.first_post), category="unkind")
    time_machine.shift(timedelta(hours=1))
    edited(answers, topic.first_post, text="Changed.")
    time_machine.shift(timedelta(minutes=3))
    assert "Waiting for 3 minutes." in page_for(answers)


def test_one_can_ask_someone_else_to_look_and_read_that_one_did(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    bring_to("rejected", post=post, author=asks.member, moderator=moderator.member)
    assert f'href="/talk/p/{post.public_id}/appeal/"' in page_for(asks)
    assert "Ask for a second look" in page_for(asks)
    act = ModAction.objects.get(verb="reject_post")
    now = timezone.now()
    Appeal.objects.create(action=act, member=asks.member, text="Please.", created_at=now, due_at=now)
    page = page_for(asks)
    assert "Ask for a second look" not in page
    assert "Waiting for someone else to look" in page


def test_nothing_written_yet_is_said_kindly(asks):
    assert "Nothing written yet" in page_for(asks)


def test_a_visitor_is_asked_to_sign_in(visitor):
    response = visitor.get("/talk/mine/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/talk/mine/")


def test_the_page_only_reads(asks):
    for method in (asks.post, asks.put, asks.delete, asks.patch):
        assert method("/talk/mine/").status_code == 405


def test_no_browser_keeps_the_page(asks):
    assert "no-store" in asks.get("/talk/mine/")["Cache-Control"]


def test_the_author_of_a_hidden_post_reads_that_nothing_is_asked_of_them(stranger, moderator, topic):
    post = write_reply(stranger.member, topic)
    calm = "You do not have to do anything"
    assert calm not in page_for(stranger)
    actions.hide_post(by=moderator.member, post=again(post), reason_code="private")
    assert calm in page_for(stranger)
