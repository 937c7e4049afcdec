"""A member reports a post (scenarios A26, A27, A29)."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import Site

from accounts.models import Notice
from accounts.notices import shown_to
from education.models import CrisisResource, SiteFacts
from forum import actions, rules
from forum.actions.counting import recount
from forum.models import HouseRules, ModAction, Report, ReviewItem
from forum.states import Decision, ItemStatus, PostState, ReportState, Severity
from tests.flows.forum_scene import (
    again,
    decided,
    edited,
    hidden_fields,
    item_of,
    news_goes_out,
    opened,
    page_of,
    topic_by,
    url_of,
)


@pytest.fixture
def helpline(db):
    SiteFacts.for_site(Site.objects.get())
    return CrisisResource.objects.create(
        key="line",
        kinds="suicide",
        name_en="A helpline",
        name_es="Una línea",
        what_en="Day and night.",
        what_es="Día y noche.",
        phone="555-0100",
        languages="en, es",
    )


@pytest.fixture
def shown(answers):
    return topic_by(answers)


def _report(person, post, category="unkind", note=""):
    address = url_of(post, "report")
    return person.post(address, opened(person, address) | {"category": category, "note": note})


def test_a_member_reports_a_post_and_the_team_finds_it_waiting(stranger, moderator, shown):
    response = _report(stranger, shown, note="It hurt me.")
    assert response.status_code == 302
    page = stranger.get(response["Location"]).content.decode()
    assert "Your report is with the team" in page
    item = item_of(shown)
    assert (item.status, item.severity) == (ItemStatus.OPEN, Severity.ROUTINE)
    assert "Report: “It is cruel, shaming or threatening”" in moderator.get("/queue/").content.decode()
    assert "It hurt me." in moderator.get(page_of(shown)).content.decode()


def test_worry_about_a_person_stands_first_and_comes_first(stranger, shown, helpline):
    page = stranger.get(url_of(shown, "report")).content.decode()
    assert page.index("I am worried about this person") < page.index("It shows who someone is")
    response = _report(stranger, shown, category="worried")
    assert item_of(shown).severity == Severity.CONCERN
    page = stranger.get(response["Location"]).content.decode()
    assert "do not wait for us" in page
    assert "555-0100" in page


def test_a_report_leaves_the_post_where_it_is(stranger, newcomer, shown):
    _report(stranger, shown)
    assert again(shown).state == PostState.PUBLISHED
    assert newcomer.get(shown.topic.get_absolute_url()).status_code == 200


def test_reporting_twice_is_one_report(stranger, shown):
    """A26."""
    first, second = _report(stranger, shown), _report(stranger, shown, category="spam")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Report.objects.count() == 1
    assert item_of(shown).reasons.count() == 1


def test_an_author_learns_nothing_of_who_reported(stranger, answers, moderator, shown):
    """A26."""
    _report(stranger, shown, note="Only the team reads this note.")
    decided(moderator, shown, Decision.HIDE, reason_code="unkind")
    for address in ("/talk/mine/", "/me/notices/", shown.topic.get_absolute_url()):
        page = answers.get(address).content.decode()
        assert "stranger" not in page
        assert "Only the team reads this note." not in page
    assert all("report" not in notice.text.lower() for notice in shown_to(answers.user))


def test_after_a_published_change_a_post_can_be_reported_again(stranger, moderator, answers, shown):
    """A26."""
    _report(stranger, shown)
    decided(moderator, shown, Decision.KEEP)
    edited(answers, shown, text="A new text.")
    decided(moderator, shown)
    _report(stranger, again(shown))
    assert Report.objects.filter(post=shown).count() == 2
    assert item_of(shown).status == ItemStatus.OPEN


def test_a_report_after_a_decision_opens_a_new_item_and_leaves_the_old_one(
    stranger, newcomer, moderator, shown
):
    """A29."""
    _report(stranger, shown)
    decided(moderator, shown, Decision.KEEP)
    old = ReviewItem.objects.values().get(pk=item_of(shown).pk)
    _report(newcomer, shown)
    new = item_of(shown)
    assert (new.status, new.previous_id) == (ItemStatus.OPEN, old["id"])
    assert ReviewItem.objects.values().get(pk=old["id"]) == old


def test_held_missing_and_made_up_posts_answer_alike(stranger, asks):
    """A27."""
    held = topic_by(asks)
    answers = []
    for address in (url_of(held, "report"), "/talk/p/AAAAAAAAAAAA/report/", "/talk/p/%3Cb%3E/report/"):
        for response in (stranger.get(address), stranger.post(address, {"category": "spam"})):
            body = response.content.decode().replace(address, "").replace(held.public_id, "")
            answers.append((response.status_code, len(body) > 0, "Report a post" in body))
    assert set(answers) == {(404, True, False)}
    assert not Report.objects.exists()


def test_a_held_post_and_a_made_up_one_give_the_same_bytes(stranger, asks):
    held = topic_by(asks)
    real, made_up = url_of(held, "report"), "/talk/p/AAAAAAAAAAAA/report/"
    first, second = stranger.get(real), stranger.get(made_up)
    assert first.content.decode().replace(real, "") == second.content.decode().replace(made_up, "")
    assert dict(first.headers) == dict(second.headers)


def test_ones_own_post_is_there_but_not_to_be_reported(answers, asks, shown):
    assert answers.get(url_of(shown, "report")).status_code == 403
    assert answers.post(url_of(shown, "report"), {"category": "spam"}).status_code == 403
    assert asks.get(url_of(topic_by(asks), "report")).status_code == 403
    assert not Report.objects.exists()


def test_a_visitor_is_asked_to_sign_in_at_real_and_made_up_posts_alike(visitor, shown):
    for address in (url_of(shown, "report"), "/talk/p/AAAAAAAAAAAA/report/"):
        assert visitor.get(address)["Location"] == f"/sign-in/?next={address}"
        assert visitor.post(address, {"category": "spam"})["Location"] == f"/sign-in/?next={address}"
    assert not Report.objects.exists()


def test_without_a_reason_the_note_is_kept_and_nothing_is_sent(stranger, shown):
    response = stranger.post(url_of(shown, "report"), {"note": "It hurt me."})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose what comes closest." in page
    assert "It hurt me." in page
    assert not Report.objects.exists()


def test_a_worried_member_whose_form_had_a_mistake_sees_the_numbers_at_once(stranger, shown, helpline):
    response = stranger.post(url_of(shown, "report"), {"category": "worried", "note": "word " * 300})
    assert response.status_code == 422
    assert "555-0100" in response.content.decode()


def test_a_note_is_tidied_and_a_long_one_is_given_back_whole(stranger, shown):
    long = "word " * 300
    response = stranger.post(url_of(shown, "report"), {"category": "spam", "note": long})
    assert response.status_code == 422
    assert long.strip() in response.content.decode()
    _report(stranger, shown, note="\u200b  hidden\u202e words  ")
    assert Report.objects.get().note == "hidden words"


def test_a_note_shows_as_typed_and_never_as_code(stranger, moderator, shown):
    _report(stranger, shown, note="<script>alert(1)</script>")
    page = moderator.get(page_of(shown)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_too_many_reports_in_a_day_are_refused_with_help_and_the_words_kept(
    stranger, answers, helpline, monkeypatch
):
    monkeypatch.setattr(rules, "REPORTS_A_DAY", 1)
    first, second = topic_by(answers), topic_by(answers, text="Another evening.")
    _report(stranger, first)
    response = _report(stranger, second, note="It hurt me.")
    page = response.content.decode()
    assert response.status_code == 422
    assert "If someone is in danger, use Help now." in page
    assert "555-0100" in page
    assert "It hurt me." in page


def test_three_separate_reporters_bring_a_report_forward(stranger, newcomer, asks, shown):
    for person in (stranger, newcomer, asks):
        _report(person, shown)
    assert item_of(shown).severity == Severity.CONCERN


def test_someone_who_reported_hears_how_it_ended(stranger, answers, moderator, shown):
    _report(stranger, shown)
    assert shown_to(stranger.user) == []
    decided(moderator, shown, Decision.REMOVE, reason_code="unkind")
    assert shown_to(stranger.user) == []  # it can still be undone
    news_goes_out()
    assert [notice.text for notice in shown_to(stranger.user)] == [
        "Thank you for your report. The team looked at it and acted."
    ]
    assert Report.objects.get().state == ReportState.UPHELD
    assert Notice.objects.filter(person=stranger.user).count() == 1


def test_the_thank_you_page_is_for_those_who_reported(stranger, newcomer, shown):
    _report(stranger, shown)
    page = newcomer.get(url_of(shown, "report") + "?sent").content.decode()
    assert "Your report is with the team" not in page
    assert "Report a post" in page


def test_a_report_typed_before_the_session_ended_comes_back(stranger, shown):
    address = url_of(shown, "report")
    fields = opened(stranger, address) | {"category": "worried", "note": "She wrote goodbye."}
    person = stranger.anew()
    stranger.logout()
    assert stranger.post(address, fields)["Location"] == f"/sign-in/?next={address}"
    assert not Report.objects.exists()
    response = person.get(address)
    assert "She wrote goodbye." in response.content.decode()
    sent = person.post(
        address, hidden_fields(response) | {"category": "worried", "note": "She wrote goodbye."}
    )
    assert sent.status_code == 302
    assert "She wrote goodbye." not in person.get(address).content.decode()


def test_a_report_goes_to_the_wording_that_was_published(stranger, answers, shown):
    edited(answers, shown, text="A new text that waits.")
    _report(stranger, shown)
    assert Report.objects.get().revision_id == again(shown).published_revision_id


def test_a_moderator_can_report_too_and_then_decide(moderator, shown):
    actions.report_post(by=moderator.member, post=shown, category="unkind")
    assert moderator.get(page_of(shown)).status_code == 200


def _hides_at(number):
    HouseRules.objects.update_or_create(pk=1, defaults={"hide_at_reports": number})


@pytest.fixture
def three(stranger, newcomer, asks):
    return [stranger, newcomer, asks]


def test_a_site_may_hide_a_post_at_a_number_of_reporters_and_never_below_it(
    three, moderator, answers, shown, helpline
):
    """H22: one person, however often, is one."""
    _hides_at(3)
    for person in (*three[:2], three[0], three[1]):
        _report(person, shown)
    assert again(shown).state == PostState.PUBLISHED
    last = _report(three[2], shown, category="worried")
    assert again(shown).state == PostState.HIDDEN
    page = last.content.decode()
    assert "The post is hidden until a person has looked at it" in page
    assert "555-0100" in page
    item = item_of(shown)
    assert (item.status, item.severity) == (ItemStatus.OPEN, Severity.CONCERN)
    act = ModAction.objects.get(verb="hide_reported")
    assert (act.automated, act.actor_id, act.role, act.item_id) == (True, None, "system", item.pk)
    assert [notice.text for notice in shown_to(answers.user)] == [
        "A post of yours is hidden until a person on the team has read it. A rule did this; nobody decided."
    ]
    assert set(Report.objects.values_list("state", flat=True)) == {ReportState.OPEN}
    assert three[0].get(url_of(shown, "report")).status_code == 404
    assert moderator.get(page_of(shown)).status_code == 200
    assert recount() == []


def test_by_default_no_number_of_reports_hides_a_post(three, shown):
    for person in three:
        _report(person, shown)
    assert again(shown).state == PostState.PUBLISHED


def test_what_a_person_looked_at_and_left_up_is_not_hidden_by_a_rule(three, moderator, shown):
    _hides_at(1)
    _report(three[0], shown)
    actions.restore_post(by=moderator.member, post=again(shown))
    _report(three[1], shown)
    assert again(shown).state == PostState.PUBLISHED


def test_a_report_taken_back_does_not_count(three, shown):
    _hides_at(2)
    _report(three[0], shown)
    _take_back(three[0], shown)
    _report(three[1], shown)
    assert again(shown).state == PostState.PUBLISHED


def _take_back(person, post):
    return person.post(url_of(post, "report"), {"take_back": "1"})


def test_a_member_takes_their_report_back_and_nobody_need_look(stranger, answers, moderator, shown):
    _report(stranger, shown)
    page = stranger.get(url_of(shown, "report")).content.decode()
    assert "You reported this post" in page
    assert "Take the report back" in page
    for _twice in range(2):
        response = _take_back(stranger, shown)
        assert (response.status_code, response["Location"]) == (302, shown.get_absolute_url())
    item = item_of(shown)
    assert (item.status, item.resolution) == (ItemStatus.RESOLVED, "withdrawn")
    assert Report.objects.get().state == ReportState.WITHDRAWN
    assert ModAction.objects.filter(verb="withdraw_report").count() == 1
    assert shown_to(answers.user) == shown_to(stranger.user) == []


def test_the_item_stays_when_someone_else_reported_too(stranger, newcomer, moderator, shown):
    _report(stranger, shown)
    _report(newcomer, shown, category="spam")
    before = item_of(shown).version
    _take_back(stranger, shown)
    item = item_of(shown)
    assert (item.status, item.version) == (ItemStatus.OPEN, before + 1)
    assert "(taken back)" in moderator.get(page_of(shown)).content.decode()
    decided(moderator, shown, Decision.KEEP)
    news_goes_out()
    assert shown_to(stranger.user) == []
    assert len(shown_to(newcomer.user)) == 1


def test_a_worry_about_a_person_stays_with_the_team(stranger, shown):
    _report(stranger, shown, category="worried")
    page = stranger.get(url_of(shown, "report")).content.decode()
    assert "A person still looks after the one you worried about." in page
    _take_back(stranger, shown)
    assert item_of(shown).status == ItemStatus.OPEN


def test_a_report_taken_back_can_be_sent_again_but_not_for_ever(stranger, shown):
    for n in range(3):
        assert _report(stranger, shown, category="unkind", note=f"Note {n}").status_code == 302
        assert item_of(shown).status == ItemStatus.OPEN
        _take_back(stranger, shown)
    assert _report(stranger, shown).status_code == 422
    assert (Report.objects.count(), Report.objects.get().note) == (1, "Note 2")


def test_after_the_decision_it_cannot_be_taken_back(stranger, moderator, shown):
    _report(stranger, shown)
    decided(moderator, shown, Decision.KEEP)
    page = stranger.get(url_of(shown, "report")).content.decode()
    assert "The team looked at it: The post stays." in page
    assert "Take the report back" not in page
    _take_back(stranger, shown)
    assert Report.objects.get().state == ReportState.NOT_UPHELD


def test_nobody_takes_back_what_they_did_not_report(stranger, newcomer, asks, shown):
    _report(stranger, shown)
    assert _take_back(newcomer, shown).status_code == 404
    held = topic_by(asks)
    assert _take_back(stranger, held).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.withdraw_report(by=newcomer.member, report=Report.objects.get())
    assert Report.objects.get().state == ReportState.OPEN
