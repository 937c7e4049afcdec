"""A member answers a post in a few ready words; who did is for its author alone."""

import datetime as dt

import pytest
from django.utils import timezone

from forum import actions, rules
from forum.actions import counting
from forum.models import Distance, Post, PostRevision, Response
from forum.states import SanctionKind
from tests.factories import make_board
from tests.flows.forum_scene import published_by, reply_by, topic_by, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(answers, moderator):
    return published_by(answers, moderator)


def press(person, post, words="thanks"):
    return person.post(url_of(post, "respond"), {"response": words})


def counts(post):
    kept = Post.objects.get(pk=post.pk)
    return kept.thinking_count, kept.me_too_count, kept.thanks_count


def shown(person, post):
    return person.get(post.topic.get_absolute_url()).content.decode()


def limit(moderator, person, kind):
    actions.sanction_member(
        by=moderator.member,
        member=person.member,
        kind=SanctionKind(kind),
        ends_at=timezone.now() + dt.timedelta(days=3),
        reason_code="unkind",
        message="",
        idempotency_key=f"limit-{person.user.pk}",
    )


def test_a_member_says_thank_you_and_comes_back_to_the_post(stranger, post):
    response = press(stranger, post)
    assert (response.status_code, response["Location"]) == (302, post.get_absolute_url())
    assert counts(post) == (0, 0, 1)
    page = shown(stranger, post)
    assert 'value="none" aria-pressed="true"' in page
    assert '<span class="count">1</span>' in page
    place = stranger.get(response["Location"])
    assert place["Location"].endswith(f"#post-{post.public_id}")


def test_the_same_button_sent_twice_is_one_response(stranger, post):
    press(stranger, post)
    press(stranger, post)
    assert counts(post) == (0, 0, 1)
    assert Response.objects.count() == 1


def test_pressing_ones_own_again_takes_it_back_also_twice(stranger, post):
    press(stranger, post)
    press(stranger, post, "none")
    press(stranger, post, "none")
    assert counts(post) == (0, 0, 0)
    assert not Response.objects.exists()


def test_other_words_take_the_place_of_the_first(stranger, asks, post):
    press(stranger, post)
    press(asks, post, "me_too")
    press(stranger, post, "thinking")
    assert counts(post) == (1, 1, 0)
    assert counting.recount() == []


def test_who_had_to_sign_in_first_lands_on_the_post_and_nothing_was_sent(stranger, visitor, post):
    assert f"next={url_of(post, 'respond')}" in press(visitor, post)["Location"]
    assert stranger.get(url_of(post, "respond"))["Location"] == post.get_absolute_url()
    assert counts(post) == (0, 0, 0)


def test_words_that_are_none_of_the_three_are_nothing(stranger, post):
    assert press(stranger, post, "like").status_code == 404
    assert press(stranger, post, "").status_code == 404
    assert counts(post) == (0, 0, 0)


def test_nobody_answers_themselves_and_visitors_see_words_without_buttons(answers, visitor, stranger):
    board = make_board(audience="public")
    post = topic_by(answers)
    assert post.topic.board_id == board.pk
    assert press(answers, post).status_code == 403
    assert "/sign-in/" in press(visitor, post)["Location"]
    press(stranger, post)
    for person in (visitor, answers):
        page = shown(person, post)
        assert "respond/" not in page
        assert "Thank you 1" in page
    assert "post-acts" not in shown(visitor, post)
    assert counts(post) == (0, 0, 1)


@pytest.mark.parametrize(("notes", "is_off"), [(["suicide"], True), (["overdose"], True), (["use"], False)])
def test_under_words_of_danger_there_are_no_ready_words(stranger, post, notes, is_off):
    press(stranger, post)
    PostRevision.objects.filter(pk=post.published_revision_id).update(content_notes=notes)
    page = shown(stranger, post)
    assert ("respond/" not in page) == is_off
    assert press(stranger, post, "me_too").status_code == (403 if is_off else 302)
    assert url_of(post, "responses") not in (shown(post_author(post), post) if is_off else "")


def post_author(post):
    from tests.cast import Person

    return Person(post.author.user)


def test_where_a_rule_saw_danger_there_are_none_but_ones_own_can_be_taken_back(stranger, post):
    press(stranger, post)
    PostRevision.objects.filter(pk=post.published_revision_id).update(scan={"rules": ["B1"]})
    assert press(stranger, post, "me_too").status_code == 403
    assert counts(post) == (0, 0, 1)
    assert press(stranger, post, "none").status_code == 302
    assert counts(post) == (0, 0, 0)


def test_what_cannot_be_seen_cannot_be_answered(stranger, asks, post):
    held = topic_by(asks)
    made_up = stranger.post("/talk/p/madeupmadeup/respond/", {"response": "thanks"})
    assert press(stranger, held).status_code == made_up.status_code == 404


@pytest.mark.parametrize(("mine", "kind"), [(True, "mute"), (True, "block"), (False, "block")])
def test_people_apart_answer_as_if_the_post_were_not_there(stranger, answers, post, mine, kind):
    one, other = (stranger, answers) if mine else (answers, stranger)
    Distance.objects.create(member=one.member, other=other.member, kind=kind)
    assert press(stranger, post).status_code == 404
    assert "respond/" not in shown(stranger, post)
    assert counts(post) == (0, 0, 0)


def test_a_read_only_person_is_refused_with_the_reason_and_the_end(moderator, stranger, post):
    """A30: react."""
    limit(moderator, stranger, "read_only")
    response = press(stranger, post)
    assert response.status_code == 403
    assert "Writing opens again on" in response.content.decode()
    assert "Posts blamed or shamed people." in response.content.decode()
    assert counts(post) == (0, 0, 0)
    assert "respond/" not in shown(stranger, post)


def test_a_suspended_person_is_refused(moderator, stranger, post):
    limit(moderator, stranger, "suspend")
    assert press(stranger.anew(), post).status_code == 403
    assert counts(post) == (0, 0, 0)


def test_a_closed_topic_takes_no_more_but_shows_what_was_said(moderator, stranger, post):
    press(stranger, post)
    actions.close_topic(by=moderator.member, topic=post.topic, reason="too_long")
    assert press(stranger, post, "me_too").status_code == 403
    assert "Thank you 1" in shown(stranger, post)


def test_after_many_within_an_hour_there_is_a_rest(stranger, answers, post, monkeypatch):
    monkeypatch.setattr(rules, "RESPONSES_AN_HOUR", 1)
    press(stranger, post)
    second = reply_by(answers, post.topic)
    response = press(stranger, second)
    assert response.status_code == 422
    assert "Take a breath" in response.content.decode()
    assert press(stranger, post, "me_too").status_code == 302
    assert counts(second) == (0, 0, 0)


# --- who it was ---------------------------------------------------------------------------------------------


def test_only_the_author_reads_who_it_was(stranger, asks, answers, moderator, visitor, post):
    press(stranger, post)
    press(asks, post, "thinking")
    address = url_of(post, "responses")
    page = answers.get(address).content.decode()
    assert page.index("asks") < page.index("stranger")
    assert "Thinking of you" in page
    assert address in shown(answers, post)
    for person in (stranger, asks, moderator):
        assert person.get(address).status_code == 404
        assert address not in shown(person, post)
    assert visitor.get(address).status_code == 302


def test_people_apart_are_left_out_of_the_names(stranger, asks, answers, post):
    press(stranger, post)
    press(asks, post)
    Distance.objects.create(member=stranger.member, other=answers.member, kind="block")
    page = answers.get(url_of(post, "responses")).content.decode()
    assert "stranger" not in page
    assert "asks" in page


def test_the_list_of_names_costs_the_same_for_few_and_many(answers, post, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address, needed = url_of(post, "responses"), []
    for many in (1, 5):
        for n in range(many):
            press(person(f"reader-{many}-{n}", trust=1), post)
        answers.get(address)
        with CaptureQueriesContext(connection) as asked:
            answers.get(address)
        needed.append(len(asked))
    assert needed[0] == needed[1] <= 5


def test_a_long_list_of_names_goes_on_page_by_page(answers, post, person, monkeypatch):
    monkeypatch.setattr("forum.responses_showing.RESPONSES_A_PAGE", 2)
    for n in range(3):
        press(person(f"reader-{n}", trust=1), post)
    first = answers.get(url_of(post, "responses"))
    assert "reader-0" not in first.content.decode()
    second = answers.get(url_of(post, "responses") + first.context["older_url"]).content.decode()
    assert "reader-0" in second
    assert "reader-1" not in second
    assert answers.get(url_of(post, "responses") + "?before=x").status_code == 200


# --- the counters -------------------------------------------------------------------------------------------


def test_the_recount_finds_and_mends_a_counter_that_drifted(stranger, answers, post):
    press(stranger, post)
    other = reply_by(answers, post.topic)
    Post.objects.filter(pk=post.pk).update(thanks_count=7, me_too_count=2)
    Post.objects.filter(pk=other.pk).update(thinking_count=1)
    assert counting.recount() == [
        f"post {post.pk}: me_too_count is 2, counted 0",
        f"post {post.pk}: thanks_count is 7, counted 1",
        f"post {other.pk}: thinking_count is 1, counted 0",
    ]
    counting.mend()
    assert counts(post) == (0, 0, 1)
    assert counting.recount() == []


def test_its_author_hears_of_it_once_until_they_read(stranger, asks, answers, post):
    from accounts.models import Notice

    press(stranger, post)
    press(asks, post)
    told = Notice.objects.filter(person=answers.user, kind="post.response")
    assert told.count() == 1
    press(stranger, post, "me_too")
    assert told.count() == 1


def test_grief_and_danger_long_past_are_answered_kindly(stranger, answers, moderator):
    """A rule that noticed a loss, or an overdose of two years ago, found no danger."""
    for words in (
        "We lost our daughter to this.",
        "He overdosed two years ago and lived. He is in a program now.",
    ):
        post = topic_by(answers, text=words)
        assert post.published_revision.scan["rules"]
        press(stranger, post)
        assert counts(post) == (0, 0, 1), words


def test_a_post_whose_check_did_not_finish_takes_none(stranger, post):
    words = PostRevision.objects.filter(pk=post.published_revision_id)
    words.update(scan={"rules": [], "severity": None, "failed": True})
    assert press(stranger, post).status_code == 403


def test_a_read_only_person_can_take_their_own_back(moderator, stranger, post):
    press(stranger, post)
    limit(moderator, stranger, "read_only")
    press(stranger, post, "none")
    assert counts(post) == (0, 0, 0)


def test_the_notice_names_nobody_and_leads_to_the_post(stranger, answers, post):
    from accounts.notices import shown_to

    press(stranger, post)
    told = next(notice for notice in shown_to(answers.user) if notice.kind == "post.response")
    assert "stranger" not in told.text
    assert post.public_id in told.link
