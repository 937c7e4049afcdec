"""What was refused, taken down, taken back or replaced by the team is emptied after its time, not before."""

import datetime as dt

import pytest
from django.utils import timezone

from forum import actions
from forum.actions import record
from forum.actions.errors import Conflict
from forum.actions.purging import purge_texts
from forum.models import (
    Appeal,
    HandOver,
    HouseRules,
    ModAction,
    ModActionText,
    Post,
    PostRevision,
    ReviewItem,
    SafetyEscalation,
)
from forum.states import Decision
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided, edited, item_of, page_of

pytestmark = pytest.mark.django_db

SECRET = "zq-lighthouse-words"
OVER = ("rejected", "withdrawn", "removed", "retracted")
GOES_ON = ("held", "returned", "published", "hidden")


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


def later(days=31) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def reply_in(state, author, moderator, topic):
    post = write_reply(author.member, topic, text=f"A text with {SECRET}.")
    return (
        post
        if state == "held"
        else bring_to(state, post=post, author=author.member, moderator=moderator.member)
    )


def words_of(post) -> list[str]:
    return [
        f"{row.title}{row.source}{row.html}{row.text_norm}{row.sha256}"
        for row in PostRevision.objects.filter(post=post)
    ]


def test_what_is_over_is_emptied_after_its_time(asks, moderator, topic):
    posts = {state: reply_in(state, asks, moderator, topic) for state in OVER}
    assert purge_texts(now=later(29)) == 0
    assert all(SECRET in words_of(post)[0] for post in posts.values())
    assert purge_texts(now=later()) == len(OVER)
    for state, post in posts.items():
        assert words_of(post) == [""]
        row = PostRevision.objects.get(post=post)
        assert (row.state, row.scan["rules"]) == ("purged", [])
        assert row.purged_on == timezone.localtime(later()).date()
        assert again(post).state == state
    assert list(record.faults()) == []


def test_what_goes_on_is_kept(asks, moderator, topic):
    posts = [reply_in(state, asks, moderator, topic) for state in GOES_ON]
    purge_texts(now=later(400))
    assert all(SECRET in words_of(post)[0] for post in posts)


def test_a_second_run_changes_nothing_and_is_not_on_the_record(asks, moderator, topic):
    reply_in("rejected", asks, moderator, topic)
    when = later()
    assert purge_texts(now=when) > 0
    acts = ModAction.objects.filter(verb="purge_texts")
    assert [(act.automated, act.actor_id, act.text.note) for act in acts] == [
        (True, None, "texts: 1, notes: 0")
    ]
    assert purge_texts(now=when) == 0
    assert acts.count() == 1


def test_the_house_rules_say_how_long_but_never_less_than_one_may_appeal(asks, moderator, topic):
    post = reply_in("rejected", asks, moderator, topic)
    HouseRules.objects.create(keep_text_days=60, appeal_days=70)
    assert purge_texts(now=later(65)) == 0
    purge_texts(now=later(71))
    assert words_of(post) == [""]


def test_a_refused_change_is_emptied_and_the_published_words_stay(answers, moderator, topic):
    post = edited(answers, topic.first_post, text=f"Changed to {SECRET}.")
    decided(moderator, post, Decision.REJECT, reason_code="private")
    purge_texts(now=later())
    first, second = PostRevision.objects.filter(post=post)
    assert first.source
    assert (second.source, second.state) == ("", "purged")
    assert answers.get(post.get_absolute_url(), follow=True).status_code == 200
    assert answers.get(f"/talk/p/{post.public_id}/edit/").status_code == 200


def test_what_the_team_replaced_is_emptied_with_every_wording_before_it(answers, moderator, topic):
    post = edited(answers, topic.first_post, text=f"Longer, with {SECRET}.")
    post = decided(moderator, post)
    actions.amend_post(
        by=moderator.member,
        post=post,
        wording=actions.prepare(title="A title", source="Shorter."),
        reason_code="private",
    )
    purge_texts(now=later())
    assert [row.source for row in PostRevision.objects.filter(post=post)] == ["", "", "Shorter."]


def test_an_open_appeal_keeps_the_text(asks, moderator, topic):
    post = write_reply(asks.member, topic, text=f"A text with {SECRET}.")
    decided(moderator, post, Decision.REJECT, reason_code="unsafe", message="Doses.")
    act = ModAction.objects.get(verb="reject_post")
    now = timezone.now()
    appeal = Appeal.objects.create(
        action=act, member=asks.member, text="Please look again.", created_at=now, due_at=now
    )
    purge_texts(now=later())
    assert SECRET in words_of(post)[0]
    assert ModActionText.objects.filter(action=act).exists()
    Appeal.objects.filter(pk=appeal.pk).update(state="withdrawn")
    purge_texts(now=later())
    assert words_of(post) == [""]
    appeal.refresh_from_db()
    assert appeal.text == ""


def test_an_open_item_or_escalation_keeps_the_text(asks, moderator, topic):
    """Taking back words of danger does not end the danger: the item stays, and what it is about."""
    post = write_reply(asks.member, topic, text=f"I want to kill myself tonight. {SECRET}")
    actions.withdraw_post(by=asks.member, post=again(post))
    item = item_of(post)
    escalation = SafetyEscalation.objects.create(
        item=item, opened_by=moderator.member, opened_at=timezone.now()
    )
    purge_texts(now=later())
    assert SECRET in words_of(post)[0]
    ReviewItem.objects.filter(pk=item.pk).update(status="resolved", resolved_at=timezone.now())
    purge_texts(now=later())
    assert SECRET in words_of(post)[0]
    SafetyEscalation.objects.filter(pk=escalation.pk).update(
        closed_at=timezone.now(), closed_by=moderator.member, outcome="supported"
    )
    purge_texts(now=later())
    assert words_of(post) == [""]
    assert list(item.reasons.exclude(spans=[])) == []
    assert item.reasons.exclude(rule_id="").exists()


def test_messages_and_notes_go_with_the_texts_and_the_record_still_verifies(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    decided(
        moderator,
        post,
        Decision.REJECT,
        reason_code="unsafe",
        message=f"To you: {SECRET}",
        note=f"Us: {SECRET}",
    )
    act = ModAction.objects.get(verb="reject_post")
    hash_before = act.hash
    purge_texts(now=later())
    assert not ModActionText.objects.filter(action=act).exists()
    act.refresh_from_db()
    assert act.hash == hash_before
    assert list(record.faults()) == []


def test_old_notes_between_shifts_go_but_the_newest(moderator):
    for text in ("The first.", "The second."):
        actions.leave_note(by=moderator.member, text=text)
    assert purge_texts(now=later()) == 1
    assert [one.text for one in HandOver.objects.all()] == ["The second."]


def test_a_limit_keeps_its_message_until_it_is_over_for_as_long(asks, moderator):
    actions.sanction_member(
        by=moderator.member,
        member=asks.member,
        kind="premoderate",
        ends_at=later(60),
        reason_code="unkind",
        message="For two months a person reads your posts first.",
        idempotency_key="limit",
    )
    purge_texts(now=later(80))
    assert ModActionText.objects.filter(action__verb="sanction_member").exists()
    purge_texts(now=later(91))
    assert not ModActionText.objects.filter(action__verb="sanction_member").exists()


def test_the_message_stays_while_its_author_can_still_act_on_it(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    decided(moderator, post, Decision.RETURN, reason_code="private", message="The school, please.")
    purge_texts(now=later(90))
    assert "The school, please." in asks.get("/talk/mine/").content.decode()


def test_what_was_emptied_cannot_be_brought_back(asks, moderator, topic):
    post = again(reply_in("rejected", asks, moderator, topic))
    purge_texts(now=later())
    with pytest.raises(Conflict):  # read before the purge, sent after it
        actions.restore_post(by=moderator.member, post=post)
    assert again(post).state == "rejected"
    assert moderator.get(f"/talk/p/{post.public_id}/restore/").status_code == 403
    removed = reply_in("removed", asks, moderator, topic)
    removed = again(removed)
    purge_texts(now=later())
    with pytest.raises(Conflict):
        actions.restore_post(by=moderator.member, post=removed)


def test_author_and_team_read_that_it_was_deleted_and_when(asks, moderator, topic):
    posts = [reply_in(state, asks, moderator, topic) for state in OVER]
    purge_texts(now=later())
    day = PostRevision.objects.get(post=posts[0]).purged_on
    sentence = f"The text was deleted on {day:%B} {day.day}, {day.year}."
    assert asks.get("/talk/mine/").content.decode().count(sentence) == len(OVER)
    for post in posts:
        assert sentence in moderator.get(post.get_absolute_url(), follow=True).content.decode()
        assert sentence in moderator.get(page_of(post)).content.decode()


def test_a_topic_whose_first_words_are_gone_says_so(asks, moderator):
    from tests.flows.forum_scene import topic_by

    post = topic_by(asks, title=SECRET)
    decided(moderator, post, Decision.REJECT, reason_code="unsafe")
    purge_texts(now=later())
    page = asks.get(post.topic.get_absolute_url()).content.decode()
    assert "A topic whose text was deleted" in page
    assert SECRET not in page


def test_many_are_done_over_several_runs(asks, moderator, topic, monkeypatch):
    from forum.actions import purging

    monkeypatch.setattr(purging, "AT_ONCE", 1)
    for _post in range(2):
        reply_in("rejected", asks, moderator, topic)
    when = later()
    purge_texts(now=when)
    assert PostRevision.objects.filter(state="purged").count() == 1
    purge_texts(now=when)
    assert PostRevision.objects.filter(state="purged").count() == 2
    assert Post.objects.filter(state="rejected").count() == 2
