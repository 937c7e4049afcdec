"""Taking a decision back within minutes: as if nobody had decided, and nobody had been told (A15; forum 2.4)."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts import seal
from accounts.models import Notice, Outbox
from accounts.notices import shown_to
from accounts.outbox import drain
from forum import actions
from forum.actions.counting import recount
from forum.actions.queueing import put_in_queue
from forum.models import HouseRules, ModAction, Report, ReviewItem
from forum.rules import Reason
from forum.states import Decision, PostState, ReasonKind, ReportState, RevisionState, Severity
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    item_of,
    news_goes_out,
    opened,
    page_of,
    time_to_change_is_over,
    topic_by,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


def last_act() -> ModAction:
    return ModAction.objects.exclude(verb="set_trust").latest("seq")


def undo(person, act=None):
    return person.post(f"/queue/undo/{(act or last_act()).pk}/")


def kinds_of(item) -> list[str]:
    return sorted(item.reasons.values_list("kind", flat=True))


def test_a_refused_post_is_held_again_with_its_reasons_and_no_mail_goes_out(
    asks, moderator, topic, mailoutbox
):
    """A15."""
    EmailAddress.objects.create(user=asks.user, email=seal.seal("someone@example.org"), verified=True)
    post = write_reply(asks.member, topic)
    old = item_of(post)
    decided(moderator, post, Decision.REJECT, reason_code="unkind", message="Why.")
    row = ReviewItem.objects.filter(pk=old.pk).values().get()
    answer = undo(moderator)
    post = again(post)
    assert (post.state, post.latest_revision.state) == (PostState.HELD, RevisionState.SUBMITTED)
    new = item_of(post)
    assert answer.url == f"/queue/{new.pk}/"
    assert new.pk != old.pk
    assert (new.status, new.previous_id, new.due_at) == ("open", old.pk, old.due_at)
    assert kinds_of(new) == kinds_of(old)
    assert ReviewItem.objects.filter(pk=old.pk).values().get() == row
    news_goes_out()
    drain()
    assert mailoutbox == []
    assert not [notice for notice in shown_to(asks.user) if notice.kind.startswith("post.")]
    assert "Why." not in asks.get("/talk/mine/").content.decode()


def test_a_decision_that_stands_is_mailed_once_its_time_is_over(asks, moderator, topic, mailoutbox):
    EmailAddress.objects.create(user=asks.user, email=seal.seal("someone@example.org"), verified=True)
    decided(moderator, write_reply(asks.member, topic), Decision.REJECT, reason_code="unkind")
    drain()
    assert mailoutbox == []
    news_goes_out()
    drain()
    assert len(mailoutbox) == 1


def test_a_post_just_published_is_hidden_and_keeps_its_place(asks, stranger, answers, moderator, topic):
    post = decided(moderator, write_reply(asks.member, topic))
    place = post.position
    assert asks.member.approved_count == 1
    undo(moderator)
    post = again(post)
    assert (post.state, post.position) == (PostState.HIDDEN, place)
    assert asks.member.approved_count == 0
    assert recount() == []
    assert not Notice.objects.filter(kind__in=["post.published", "post.addressed"]).exists()
    assert not Outbox.objects.filter(state="due").exists()
    assert stranger.get(f"/talk/p/{post.public_id}/").status_code == 404
    # A colleague decides anew, and this time people hear of it.
    decided(moderator, post, Decision.RESTORE)
    assert again(post).state == PostState.PUBLISHED
    news_goes_out()
    assert [notice.kind for notice in shown_to(asks.user)] == ["post.published"]
    assert [notice.kind for notice in shown_to(answers.user)] == ["post.addressed"]
    # Whoever heard of it hears nothing more, however often it goes and comes back.
    actions.hide_post(by=moderator.member, post=again(post), reason_code="unkind")
    actions.restore_post(by=moderator.member, post=again(post))
    news_goes_out()
    assert Notice.objects.filter(kind__in=["post.published", "post.addressed"]).count() == 2


def test_who_takes_a_publication_back_reads_that_the_post_is_hidden_now(asks, moderator, topic):
    post = write_reply(asks.member, topic)
    decided(moderator, post, Decision.APPROVE)
    page = moderator.get(undo(moderator)["Location"]).content.decode()
    assert "It is hidden now, and waits for a decision." in page
    assert "It stays hidden: members do not see it." in page


def test_a_post_just_hidden_or_taken_down_is_back_and_its_report_waits_again(
    asks, stranger, moderator, topic
):
    post = write_reply(stranger.member, topic)
    report = actions.report_post(by=asks.member, post=again(post), category="unkind")
    decided(moderator, again(post), Decision.REMOVE, reason_code="unkind")
    assert stranger.member.trust == 0
    undo(moderator)
    assert again(post).state == PostState.PUBLISHED
    assert stranger.member.trust == 1
    assert Report.objects.get(pk=report.pk).state == ReportState.OPEN
    assert item_of(post).reasons.get().report_id == report.pk
    news_goes_out()
    assert not [notice for notice in shown_to(asks.user) if notice.kind.startswith("report.")]
    assert recount() == []


def test_a_published_change_waits_again_under_the_old_text(stranger, moderator, topic):
    post = again(write_reply(stranger.member, topic, text="The old words."))
    decided(moderator, edited(stranger, post, text="The new words."))
    undo(moderator)
    post = again(post)
    assert post.published_revision.source == "The old words."
    assert post.has_pending_edit
    assert kinds_of(item_of(post)) == ["edit"]


def test_a_change_its_author_replaced_is_never_shown_by_an_undo(stranger, moderator, topic):
    """Among replaced wordings only the one the record names was ever public."""
    post = again(write_reply(stranger.member, topic, text="The old words."))
    edited(stranger, post, text="A wording nobody read.")
    decided(moderator, edited(stranger, post, text="The new words."))
    undo(moderator)
    assert again(post).published_revision.source == "The old words."


def test_bringing_a_post_back_in_the_queue_gives_back_what_taking_it_down_took(
    asks, stranger, moderator, second_moderator, topic
):
    post = write_reply(stranger.member, topic)
    report = actions.report_post(by=asks.member, post=again(post), category="unkind")
    decided(moderator, again(post), Decision.HIDE, reason_code="unkind")
    hidden, places = last_act(), again(post).position
    put_in_queue(
        post=again(post),
        reasons=[Reason(ReasonKind.MANUAL, Severity.ROUTINE, holds=False)],
        now=timezone.now(),
    )
    decided(second_moderator, post, Decision.RESTORE)
    assert (again(post).state, again(post).position) == (PostState.PUBLISHED, places)
    assert last_act().reverses_id == hidden.pk
    assert Report.objects.get(pk=report.pk).state == ReportState.NOT_UPHELD
    assert not Notice.objects.filter(kind="post.published").exists()
    assert recount() == []
    # Taken back, it is hidden as it was, and whoever reported it was right as before.
    undo(second_moderator)
    assert again(post).state == PostState.HIDDEN
    assert Report.objects.get(pk=report.pk).state == ReportState.UPHELD
    assert "It blames or shames a person." in stranger.get("/talk/mine/").content.decode()


def test_leaving_a_post_as_it_was_can_be_taken_back_too(asks, stranger, moderator, topic):
    post = write_reply(stranger.member, topic)
    actions.report_post(by=asks.member, post=again(post), category="unkind")
    decided(moderator, again(post), Decision.KEEP)
    undo(moderator)
    assert again(post).state == PostState.PUBLISHED
    assert item_of(post).status == "open"


def test_what_was_hidden_before_it_was_taken_down_is_only_hidden_again(asks, stranger, moderator):
    """An undo shows nobody what nobody decided to show, the title of a topic neither."""
    post = decided(moderator, topic_by(asks))
    undo(moderator)
    decided(moderator, again(post), Decision.REMOVE, reason_code="unsafe")
    undo(moderator)
    post = again(post)
    assert (post.state, post.topic.state) == (PostState.HIDDEN, "hidden")
    assert stranger.get(f"/talk/t/{post.topic.public_id}/").status_code == 404
    assert recount() == []
    decided(moderator, post, Decision.RESTORE)
    assert again(post).topic.state == "open"
    assert recount() == []


def test_leaving_a_post_taken_down_does_not_cost_its_author_the_trust_for_good(stranger, moderator, topic):
    post = again(write_reply(stranger.member, topic))
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    put_in_queue(
        post=post, reasons=[Reason(ReasonKind.MANUAL, Severity.ROUTINE, holds=False)], now=timezone.now()
    )
    decided(moderator, post, Decision.KEEP)
    assert stranger.member.trust == 0
    actions.restore_post(by=moderator.member, post=again(post))
    assert stranger.member.trust == 1


def test_undone_twice_is_undone_once(asks, moderator, topic):
    post = decided(moderator, write_reply(asks.member, topic), Decision.RETURN, reason_code="private")
    act = last_act()
    first, second = undo(moderator, act), undo(moderator, act)
    assert first.url == second.url
    undone = ModAction.objects.get(verb="undo")
    assert (undone.reverses_id, undone.subject_id) == (act.pk, str(post.pk))
    assert ReviewItem.objects.filter(post=post, status="open").count() == 1


def test_after_its_time_a_decision_stays_and_the_page_says_what_to_do(asks, moderator, topic):
    decided(moderator, write_reply(asks.member, topic), Decision.REJECT, reason_code="unkind")
    HouseRules.objects.create(pk=1, undo_minutes=0)
    answer = undo(moderator)
    assert answer.status_code == 409
    assert "cannot be undone any more" in answer.content.decode()
    assert not ModAction.objects.filter(verb="undo").exists()


def test_what_moved_on_is_not_undone(asks, moderator, second_moderator, topic):
    post = decided(moderator, write_reply(asks.member, topic), Decision.REJECT, reason_code="unkind")
    act = last_act()
    actions.restore_post(by=second_moderator.member, post=post)
    assert undo(moderator, act).status_code == 409
    assert again(post).state == PostState.PUBLISHED


def test_only_who_decided_or_the_lead_undoes(
    asks, stranger, visitor, moderator, second_moderator, safety_lead, topic
):
    decided(moderator, write_reply(asks.member, topic), Decision.REJECT, reason_code="unkind")
    act = last_act()
    assert "/sign-in/" in undo(visitor, act).url
    assert undo(stranger, act).status_code == 404
    assert undo(second_moderator, act).status_code == 409
    assert moderator.get(f"/queue/undo/{act.pk}/").status_code == 405
    assert not ModAction.objects.filter(verb="undo").exists()
    assert undo(safety_lead, act).status_code == 302


def test_an_act_that_is_no_decision_of_the_queue_is_not_there_to_undo(moderator, stranger, topic):
    post = again(write_reply(stranger.member, topic))
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind")
    assert undo(moderator).status_code == 404
    assert undo(moderator, ModAction(pk=10**9)).status_code == 404


def test_the_queue_and_the_item_offer_it_after_a_decision(asks, moderator):
    post = topic_by(asks)
    item = item_of(post)
    form = opened(moderator, page_of(post)) | {"decision": "approve"}
    shown = moderator.post(page_of(post), form, follow=True).content.decode()
    button = f'action="/queue/undo/{last_act().pk}/"'
    assert "Decided: Published" in shown
    assert button in shown
    assert button in moderator.get(f"/queue/{item.pk}/").content.decode()
    undo(moderator)
    assert button not in moderator.get(f"/queue/{item.pk}/").content.decode()


def test_words_their_author_took_out_in_the_first_minutes_are_never_shown_by_an_undo(
    stranger, moderator, topic
):
    """A quick change was public too, and it is the wording that an undo of a later change goes back to."""
    post = again(write_reply(stranger.member, topic, text="My sister Marta Quill told me."))
    actions.edit_post(by=stranger.member, post=post, wording=actions.prepare(source="Someone told me."))
    edited(stranger, again(post), text="A wording nobody read.")
    decided(moderator, edited(stranger, again(post), text="Someone close told me."))
    undo(moderator)
    assert again(post).published_revision.source == "Someone told me."
    # Decided again and undone again, it is still that wording.
    decided(moderator, again(post))
    undo(moderator)
    assert again(post).published_revision.source == "Someone told me."


def test_an_author_s_change_waits_again_with_all_it_held(answers, stranger, moderator, topic):
    """Its quote, the people it names, and what it says it mentions (hazard H12)."""
    said = again(write_reply(answers.member, topic, text="We kept the porch light on."))
    post = again(write_reply(stranger.member, topic, text="The old words."))
    typed = f"> x: {said.get_absolute_url()}\n> We kept the porch light on.\n\n@{answers.user.handle}, he lives on Elm."
    time_to_change_is_over(post)
    wording = actions.prepare(
        source=typed, by=stranger.member, topic=post.topic, content_notes=["suicide"], lang="es"
    )
    actions.edit_post(by=stranger.member, post=again(post), wording=wording)
    theirs = again(post).latest_revision
    decided(
        moderator,
        post,
        Decision.REDACT,
        wording=actions.prepare(source="He lives somewhere."),
        reason_code="private",
    )
    undo(moderator)
    post = again(post)
    assert post.has_pending_edit
    assert post.latest_revision.pk != theirs.pk
    assert (post.latest_revision.content_notes, post.latest_revision.lang) == (["suicide"], "es")
    assert [one.excerpt for one in post.latest_revision.quotes.all()] == ["We kept the porch light on."]
    assert [one.member_id for one in post.latest_revision.mentions.all()] == [answers.member.pk]
