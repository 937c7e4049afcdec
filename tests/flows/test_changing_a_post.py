"""An author changes a post (scenarios A12, A17, A19; hazards H4, H5)."""

import pytest

from accounts.models import Notice
from accounts.notices import shown_to
from forum import actions
from forum.models import ModAction, PostRevision, ReviewItem
from forum.states import Decision, ItemStatus, PostState, ReasonCode, ReasonKind, RevisionState, Severity
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
    url_of,
)
from tests.flows.test_sanctions import set_limit
from tests.flows.writing_scene import SUICIDAL, fill_in, helplines, main_of

pytestmark = pytest.mark.django_db

OLD, NEW = "The old words.", "The new words, call 555-0100."


@pytest.fixture
def shown(answers):
    """A published reply in a public board, read for a while."""
    topic = open_topic(answers.member, make_board(audience="public"))
    return time_to_change_is_over(write_reply(answers.member, topic, text=OLD))


def change(person, post, *, press="send", **words):
    return fill_in(person, url_of(post, "edit"), press=press, **words)


def what_reads(person, post) -> str:
    return person.get(post.topic.get_absolute_url()).content.decode()


# --- a published post --------------------------------------------------------------------------------------------


def test_others_read_the_old_words_until_the_new_ones_are_approved(
    answers, stranger, visitor, moderator, shown
):
    """A17."""
    response = change(answers, shown, text=NEW)
    assert response.status_code == 200
    assert "waits for a person" in main_of(response)
    for reader in (stranger, visitor):
        assert OLD in what_reads(reader, shown)
        assert NEW not in what_reads(reader, shown)
    assert "Your change waits for a person" in what_reads(answers, shown)
    assert "Your change waits" not in what_reads(stranger, shown)
    assert ReasonKind.EDIT in item_of(shown).reasons.values_list("kind", flat=True)
    decided(moderator, shown)
    for reader in (stranger, visitor, answers):
        assert NEW in what_reads(reader, shown)
        assert OLD not in what_reads(reader, shown)
    assert "changed" in what_reads(stranger, shown)


def test_a_change_of_a_title_waits_too(answers, stranger, moderator):
    post = time_to_change_is_over(topic_by(answers, title="The old title"))
    change(answers, post, title="The new title", text="Words.")
    for address in (post.topic.get_absolute_url(), "/talk/b/parents/"):
        page = stranger.get(address).content.decode()
        assert "The old title" in page
        assert "The new title" not in page
    decided(moderator, post)
    assert "The new title" in stranger.get("/talk/b/parents/").content.decode()


def test_a_changed_post_keeps_its_place_and_every_count(answers, moderator, shown):
    before = (shown.position, shown.topic.published_count, answers.member.approved_count)
    change(answers, shown, text=NEW)
    after = decided(moderator, shown)
    assert (after.position, after.topic.published_count, answers.member.approved_count) == before
    assert [revision.state for revision in after.revisions.all()] == [
        RevisionState.SUPERSEDED,
        RevisionState.APPROVED,
    ]


def test_a_change_is_told_to_its_author_alone(answers, stranger, moderator, shown):
    write_reply(stranger.member, shown.topic)
    Notice.objects.all().delete()
    change(answers, shown, text=NEW)
    assert not Notice.objects.exists()
    decided(moderator, shown)
    assert set(Notice.objects.values_list("person_id", flat=True)) == {answers.user.pk}
    news_goes_out()
    assert shown_to(answers.user)[0].text == "The change to your post is published."


@pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("reject", "rejected")])
def test_a_change_that_is_turned_down_leaves_the_old_words(
    answers, stranger, moderator, shown, decision, state
):
    from forum.states import Decision

    change(answers, shown, text=NEW)
    after = decided(moderator, shown, Decision(decision), reason_code="private")
    assert after.state == PostState.PUBLISHED
    assert after.latest_revision.state == state
    assert OLD in what_reads(stranger, shown)
    assert NEW not in what_reads(stranger, shown)
    form = answers.get(url_of(shown, "edit")).content.decode()
    assert NEW in form  # nothing is lost: the author goes on from there
    change(answers, shown, text=NEW + " Better.")
    assert item_of(shown).status == ItemStatus.OPEN


def test_a_second_change_takes_the_place_of_the_first(answers, moderator, stranger, shown):
    change(answers, shown, text="The second words.")
    change(answers, shown, text="The third words.")
    assert ReviewItem.objects.filter(post=shown, status=ItemStatus.OPEN).count() == 1
    states = list(PostRevision.objects.filter(post=shown).values_list("number", "state"))
    assert states == [(1, "approved"), (2, "superseded"), (3, "submitted")]
    decided(moderator, shown)
    assert "The third words." in what_reads(stranger, shown)


def test_a_moderator_who_read_the_first_change_does_not_publish_the_second(
    answers, moderator, stranger, shown
):
    """H4: nobody approves words they have not read."""
    change(answers, shown, text="The second words.")
    form = opened(moderator, page_of(shown))
    change(answers, shown, text="The third words.")
    response = moderator.post(page_of(shown), form | {"decision": "approve"})
    assert response.status_code == 409
    assert OLD in what_reads(stranger, shown)
    assert item_of(shown).status == ItemStatus.OPEN
    assert not ModAction.objects.filter(verb="approve_edit").exists()


def test_sending_the_same_change_twice_is_one_change(answers, shown):
    fields = opened(answers, url_of(shown, "edit")) | {"text": NEW, "send": "1"}
    for _twice in range(2):
        assert answers.post(url_of(shown, "edit"), fields).status_code == 200
    assert shown.revisions.count() == 2
    assert item_of(shown).version == 0


def test_sending_the_words_as_they_are_asks_nobody_to_look(answers, shown):
    response = change(answers, shown, text=OLD)
    assert response.status_code == 302
    assert shown.revisions.count() == 1
    assert not ReviewItem.objects.exists()


def test_going_back_to_the_published_words_takes_the_waiting_ones_out_of_view(answers, moderator, shown):
    change(answers, shown, text=NEW)
    change(answers, shown, text=OLD)
    assert again(shown).latest_revision.source == OLD
    decided(moderator, shown)
    assert again(shown).published_revision.source == OLD


def test_two_tabs_do_not_lose_each_other_s_words(answers, shown, monkeypatch):
    """The slower tab gets its words back with a 409."""
    from forum.views import writing

    real = writing._own_post

    def slower(request, public_id):
        post = real(request, public_id)
        if request.method == "POST":
            edited(answers, shown, text="Sent by the other tab.")
        return post

    fields = opened(answers, url_of(shown, "edit")) | {"text": NEW, "send": "1"}
    monkeypatch.setattr(writing, "_own_post", slower)
    response = answers.post(url_of(shown, "edit"), fields)
    assert response.status_code == 409
    assert NEW in response.content.decode()
    assert again(shown).latest_revision.source == "Sent by the other tab."


def test_a_preview_of_a_change_changes_nothing(answers, shown):
    response = change(answers, shown, press="preview", text="**Bold**")
    assert "<strong>Bold</strong>" in response.content.decode()
    assert shown.revisions.count() == 1


def test_a_change_with_words_of_danger_shows_help_and_comes_first(answers, shown):
    helplines()
    said = main_of(change(answers, shown, text=SUICIDAL))
    assert 'class="help-panel"' in said
    assert item_of(shown).severity == Severity.IMMINENT
    assert again(shown).published_revision.source == OLD


@pytest.mark.parametrize("text", ["", "> > > > four deep", "a" * 10_001])
def test_a_change_that_cannot_be_shown_is_given_back(answers, shown, text):
    response = change(answers, shown, text=text)
    assert response.status_code == 422
    assert text.replace(">", "&gt;") in response.content.decode()
    assert shown.revisions.count() == 1


# --- what waits, or was sent back ------------------------------------------------------------------------------


def test_a_waiting_post_can_be_changed_and_waits_on(asks, stranger, moderator):
    post = topic_by(asks, text="First try.")
    change(asks, post, title="A first evening", text="Second try.")
    assert again(post).state == PostState.HELD
    assert ReviewItem.objects.filter(post=post).count() == 1
    assert stranger.get(post.topic.get_absolute_url()).status_code == 404
    decided(moderator, post)
    page = stranger.get(post.topic.get_absolute_url()).content.decode()
    assert "Second try." in page
    assert "First try." not in page


def test_a_post_that_was_sent_back_is_sent_again_by_changing_it(asks, stranger, moderator):
    from forum.states import Decision

    post = topic_by(asks, text="With a name in it.")
    decided(moderator, post, Decision.RETURN, reason_code="private")
    assert change(asks, post, title="A first evening", text="Without the name.").status_code == 200
    assert again(post).state == PostState.HELD
    new = item_of(post)
    assert new.status == ItemStatus.OPEN
    assert new.previous is not None
    decided(moderator, post)
    assert "Without the name." in what_reads(stranger, post)


def test_a_post_that_was_sent_back_can_be_sent_again_as_it_is(asks, moderator):
    from forum.states import Decision

    post = topic_by(asks, text="Quite all right.")
    decided(moderator, post, Decision.RETURN, reason_code="other")
    change(asks, post, title="A first evening", text="Quite all right.")
    assert again(post).state == PostState.HELD
    assert item_of(post).status == ItemStatus.OPEN


def test_a_known_member_s_post_that_was_sent_back_waits_again(stranger, moderator):
    """Changing it never publishes it (assembl #640)."""
    from forum.states import Decision

    topic = open_topic(stranger.member, make_board(premoderation="all"))
    decided(moderator, topic.first_post, Decision.RETURN, reason_code="private")
    make_board(slug="open", name="Open")
    topic.board.premoderation = "new"
    topic.board.save()
    post = again(topic.first_post)
    change(stranger, post, title="A", text="Changed.")
    assert again(post).state == PostState.HELD


# --- the team's change ---------------------------------------------------------------------------------------------


def test_the_author_is_told_when_the_team_changed_their_words(answers, stranger, moderator, shown):
    """A19, the author's side."""
    wording = actions.prepare(source="The words without the number.")
    actions.amend_post(
        by=moderator.member,
        post=again(shown),
        wording=wording,
        reason_code="private",
        message="A phone number.",
    )
    assert "changed by the moderation team" in what_reads(stranger, shown)
    assert OLD not in what_reads(stranger, shown)
    news_goes_out()
    told = shown_to(answers.user)[0]
    assert told.text == "The team changed a post of yours. The reason is there."
    page = answers.get(told.link).content.decode()
    assert "It holds details that could show who someone is." in page
    assert "A phone number." in page
    assert not ReviewItem.objects.exists()


def test_the_author_goes_on_from_the_team_s_words(answers, moderator, shown):
    wording = actions.prepare(source="The words without the number.")
    actions.amend_post(by=moderator.member, post=again(shown), wording=wording, reason_code="private")
    assert "The words without the number." in answers.get(url_of(shown, "edit")).content.decode()
    change(answers, shown, text="My own words once more.")
    assert again(shown).published_revision.source == "The words without the number."


# --- who may, and how ------------------------------------------------------------------------------------------------


def test_nobody_else_changes_a_post_not_even_the_team(stranger, moderator, author, shown):
    for person in (stranger, moderator, author):
        assert person.get(url_of(shown, "edit")).status_code == 404
        assert person.post(url_of(shown, "edit"), {"text": NEW}).status_code == 404
    assert again(shown).latest_revision.source == OLD


def test_a_visitor_is_asked_to_sign_in(visitor, shown):
    for address in (url_of(shown, "edit"), "/talk/p/AAAAAAAAAAAA/edit/"):
        for response in (visitor.get(address), visitor.post(address, {"text": NEW})):
            assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize("state", ["hidden", "removed", "retracted", "rejected", "withdrawn"])
def test_what_was_taken_down_cannot_be_changed_and_the_words_come_back(asks, moderator, answers, state):
    from tests.factories import bring_to

    topic = open_topic(answers.member, make_board())
    post = write_reply(asks.member, topic, text=OLD)
    fields = opened(asks, url_of(post, "edit"))
    bring_to(state, post=post, author=asks.member, moderator=moderator.member)
    assert asks.get(url_of(post, "edit")).status_code == 403
    response = asks.post(url_of(post, "edit"), fields | {"text": NEW, "send": "1"})
    assert response.status_code == 403
    assert NEW in response.content.decode()
    assert again(post).latest_revision.source == OLD
    assert again(post).state == state


def test_other_methods_are_refused(answers, shown):
    for method in (answers.put, answers.delete, answers.patch):
        assert method(url_of(shown, "edit")).status_code == 405


def test_a_post_that_was_sent_back_opens_with_the_team_s_words(asks, moderator):
    post = topic_by(asks)
    decided(moderator, post, Decision.RETURN, reason_code="private", message="Please leave the street out.")
    page = asks.get(f"/talk/p/{post.public_id}/edit/").content.decode()
    assert "Please leave the street out." in page
    assert str(ReasonCode.PRIVATE_DETAILS.label) in page


# --- the first minutes -------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(answers):
    """A reply that was published a moment ago, and that nobody looked at."""
    topic = open_topic(answers.member, make_board(audience="public"))
    return again(write_reply(answers.member, topic, text=OLD))


def test_in_the_first_minutes_a_known_member_s_change_shows_at_once(answers, stranger, visitor, fresh):
    before = (fresh.position, fresh.topic.published_count, answers.member.approved_count)
    page = main_of(answers.get(url_of(fresh, "edit")))
    assert "In the first minutes a change shows at once." in page
    assert "Send to be read" not in page
    response = change(answers, fresh, text="Without the slip of the pen.")
    assert (response.status_code, response["Location"]) == (302, fresh.get_absolute_url())
    for reader in (stranger, visitor):
        assert "Without the slip of the pen." in what_reads(reader, fresh)
        assert OLD not in what_reads(reader, fresh)
    assert "changed" in what_reads(stranger, fresh)
    assert not ReviewItem.objects.exists()
    post = again(fresh)
    assert (post.position, post.topic.published_count, answers.member.approved_count) == before
    assert [row.state for row in post.revisions.all()] == ["superseded", "approved"]
    assert post.published_revision == post.latest_revision


def test_a_quick_change_is_found_by_its_new_words_and_not_by_its_old_ones(answers, fresh):
    from forum.actions.indexing import differing

    change(answers, fresh, text="Lanterns by the river.")
    assert list(differing()) == []


def test_a_quick_change_tells_nobody(answers, stranger, fresh):
    actions.submit_reply(
        by=stranger.member, topic=fresh.topic, wording=actions.prepare(source="Yes."), client_token="one"
    )
    Notice.objects.all().delete()
    change(answers, fresh, text="Better words.")
    assert not Notice.objects.exists()


def test_after_five_minutes_a_person_reads_it(answers, fresh):
    time_to_change_is_over(fresh)
    assert "A person reads the change." in main_of(answers.get(url_of(fresh, "edit")))
    assert change(answers, fresh, text="Late words.").status_code == 200
    assert again(fresh).published_revision.source == OLD


def test_a_new_member_s_change_always_waits(asks, moderator, answers):
    topic = open_topic(answers.member, make_board())
    post = decided(moderator, write_reply(asks.member, topic, text=OLD))
    assert "A person reads the change." in main_of(asks.get(url_of(post, "edit")))
    change(asks, post, text="Better words.")
    assert again(post).published_revision.source == OLD
    assert again(post).has_pending_edit


def test_quick_words_that_ask_for_a_look_wait_for_it(answers, fresh, stranger):
    helplines()
    response = change(answers, fresh, text=SUICIDAL)
    assert response.status_code == 200
    assert 'class="help-panel"' in main_of(response)
    assert OLD in what_reads(stranger, fresh)
    kinds = set(item_of(fresh).reasons.values_list("kind", flat=True))
    assert {ReasonKind.CRISIS, ReasonKind.EDIT} <= kinds
    # From here on a person looks at each change.
    change(answers, fresh, text="Calm words.")
    assert again(fresh).published_revision.source == OLD


@pytest.mark.parametrize("why", ["worrying", "watched"])
def test_quick_words_wait_even_where_a_new_post_would_be_published_and_looked_at(answers, fresh, why):
    """Design: forum 4: in the first minutes any hit makes a change wait."""
    from forum.actions.watching import forget_watched
    from forum.models import WatchedRule

    text = "He said he wants to kill himself." if why == "worrying" else "Better words."
    if why == "watched":
        WatchedRule.objects.create(pattern="better words", holds=False)
        forget_watched()
    change(answers, fresh, text=text)
    assert again(fresh).published_revision.source == OLD
    assert again(fresh).has_pending_edit
    kind = ReasonKind.CRISIS if why == "worrying" else ReasonKind.WATCHED
    assert set(item_of(fresh).reasons.values_list("kind", flat=True)) == {kind, ReasonKind.EDIT}


@pytest.mark.parametrize(
    "held", ["board", "topic", "closed", "member", "watched", "reported", "amended", "decided"]
)
def test_what_is_read_first_is_read_first_in_the_first_minutes_too(answers, stranger, moderator, fresh, held):
    from forum.actions.watching import forget_watched
    from forum.models import Board, Topic, WatchedRule

    if held == "board":
        Board.objects.filter(pk=fresh.topic.board_id).update(premoderation="all")
    elif held == "topic":
        Topic.objects.filter(pk=fresh.topic_id).update(hold_replies=True)
    elif held == "closed":  # whoever may not answer there any more does not have the last word by a change
        Topic.objects.filter(pk=fresh.topic_id).update(state="locked")
    elif held == "member":
        set_limit(moderator, answers, "premoderate")
    elif held == "watched":
        WatchedRule.objects.create(pattern="better words")
        forget_watched()
    elif held == "reported":
        actions.report_post(by=stranger.member, post=again(fresh), category="other", note="")
    elif held == "amended":
        wording = actions.prepare(source="The team's words.")
        actions.amend_post(by=moderator.member, post=again(fresh), wording=wording, reason_code="private")
    elif held == "decided":
        actions.report_post(by=stranger.member, post=again(fresh), category="other", note="")
        decided(moderator, fresh, Decision.KEEP)
    shown_before = again(fresh).published_revision.source
    person = answers.anew()
    page = main_of(person.get(url_of(fresh, "edit")))
    if held != "watched":  # nobody is told what the team watches for
        assert "A person reads the change." in page
    change(person, fresh, text="Better words.")
    assert again(fresh).published_revision.source == shown_before
    assert again(fresh).has_pending_edit


def test_a_quick_change_never_brings_a_hidden_post_back(answers, stranger, moderator, fresh):
    fields = opened(answers, url_of(fresh, "edit")) | {"text": "Back?", "send": "1"}
    actions.hide_post(by=moderator.member, post=again(fresh), reason_code="unkind")
    assert answers.post(url_of(fresh, "edit"), fields).status_code == 403
    assert again(fresh).state == PostState.HIDDEN
    assert "Back?" not in what_reads(stranger, fresh)


def test_a_post_hidden_while_its_change_is_on_the_way_stays_hidden(answers, moderator, fresh):
    stale = again(fresh)
    actions.hide_post(by=moderator.member, post=again(fresh), reason_code="unkind")
    with pytest.raises(actions.Conflict):
        actions.edit_post(by=answers.member, post=stale, wording=actions.prepare(source="Back?"))
    post = again(fresh)
    assert (post.state, post.published_revision.source) == (PostState.HIDDEN, OLD)


def test_slow_mode_counts_a_quick_change(answers, moderator, fresh):
    actions.slow_topic(by=moderator.member, topic=fresh.topic, seconds=600, reason="heated")
    assert change(answers, fresh, text="Better words.").status_code == 422
    assert again(fresh).published_revision.source == OLD


def test_two_quick_changes_at_once_do_not_lose_each_other_s_words(answers, fresh):
    stale = again(fresh)
    change(answers, fresh, text="From the first tab.")
    with pytest.raises(actions.Conflict):
        actions.edit_post(by=answers.member, post=stale, wording=actions.prepare(source="From the second."))
    assert again(fresh).published_revision.source == "From the first tab."


def test_some_quick_changes_are_looked_at_afterwards(answers, fresh, monkeypatch):
    monkeypatch.setattr("forum.rules.falls_in_sample", lambda percent: True)
    change(answers, fresh, text="Better words.")
    assert again(fresh).published_revision.source == "Better words."
    assert item_of(fresh).reasons.get().kind == ReasonKind.AUDIT_SAMPLE
