"""The team limits what a person can do, for a time and a reason (scenario A30; hazard H9; invariant I8)."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import Notice, Outbox
from accounts.notices import shown_to
from forum import actions
from forum.models import (
    Acquaintance,
    Appeal,
    ModAction,
    Post,
    PostRevision,
    Report,
    Response,
    ReviewItem,
    Sanction,
    TopicMember,
)
from forum.states import SanctionKind
from tests.addresses import every_address
from tests.cast import PASSPHRASE
from tests.flows.forum_scene import hidden_fields, opened, page_of, published_by, reply_by, topic_by, url_of

pytestmark = pytest.mark.django_db

ASKED = {"kind": "read_only", "days": "7", "reason_code": "unkind", "message": "Please rest a little."}
REFUSAL = "You can read but not write until"


def set_limit(by, person, kind="read_only", *, days=7, key="", **rest):
    """A limit, set as the page sets it."""
    return actions.sanction_member(
        by=by.member,
        member=person.member,
        kind=SanctionKind(kind),
        ends_at=timezone.now() + dt.timedelta(days=days),
        reason_code=rest.pop("reason_code", "unkind"),
        message=rest.pop("message", "Please rest a little."),
        idempotency_key=key or uuid.uuid4().hex,
        **rest,
    )


def in_force(person):
    return [row.kind for row in Sanction.objects.in_force().filter(member=person.member).order_by("pk")]


@pytest.fixture
def post(answers, moderator):
    return published_by(answers, moderator)


@pytest.fixture
def page(post):
    return f"/queue/people/{post.public_id}/"


# --- setting and lifting ------------------------------------------------------------------------------


def test_a_moderator_sets_a_limit_and_the_person_is_told_in_the_site_and_by_mail(moderator, answers, page):
    response = moderator.post(page, opened(moderator, page) | ASKED)
    assert (response.status_code, response["Location"]) == (302, page)
    assert in_force(answers) == ["read_only"]
    told = [notice.text for notice in shown_to(answers.user) if notice.kind == "member.sanctioned"]
    assert [words.startswith("You can read but not write until ") for words in told] == [True]
    assert Outbox.objects.filter(person=answers.user, kind="member.sanctioned").count() == 1
    shown = moderator.get(page).content.decode()
    assert "Read only" in shown
    assert "Please rest a little." in shown


def test_the_same_form_sent_twice_is_one_limit_and_one_act(moderator, answers, page):
    form = opened(moderator, page) | ASKED
    moderator.post(page, form)
    moderator.post(page, form)
    assert Sanction.objects.count() == 1
    assert ModAction.objects.filter(verb="sanction_member").count() == 1
    assert Notice.objects.filter(kind="member.sanctioned").count() == 1


def test_a_new_limit_of_the_same_kind_and_board_takes_the_place_of_the_old(moderator, answers, post):
    first = set_limit(moderator, answers, days=30)
    set_limit(moderator, answers, "premoderate", days=30)
    set_limit(moderator, answers, board=post.topic.board, days=30)
    second = set_limit(moderator, answers, days=2)
    first.refresh_from_db()
    assert (first.ended_as, first.ended_by_id) == ("superseded", moderator.member.pk)
    assert in_force(answers) == ["premoderate", "read_only", "read_only"]
    assert second.is_in_force
    assert ModAction.objects.filter(verb="sanction_member").count() == 4


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": ""}, "Choose what to set."),
        ({"reason_code": ""}, "Choose the reason."),
        ({"reason_code": "none"}, "Select a valid choice"),
        ({"reason_code": "other", "message": ""}, "Say why in the message"),
        ({"days": "366"}, "Select a valid choice"),
        ({"kind": "suspend", "board": "parents"}, "A suspension is for the whole site."),
    ],
    ids=["what", "why", "no-reason", "other-without-words", "too-long", "suspended-in-one-board"],
)
def test_a_limit_that_says_too_little_is_not_set_and_the_words_stay(moderator, page, asked, words):
    response = moderator.post(page, opened(moderator, page) | ASKED | {"note": "Kept note."} | asked)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Kept note." in response.content.decode()
    assert not Sanction.objects.exists()


def test_no_limit_lasts_longer_than_a_year_nor_ends_before_it_begins(moderator, answers):
    for days in (366, 0, -1):
        with pytest.raises(actions.Refused):
            set_limit(moderator, answers, days=days)
    assert not Sanction.objects.exists()


def test_a_limit_is_lifted_early_once_and_the_person_is_told(moderator, second_moderator, answers, page):
    limit = set_limit(moderator, answers)
    address = f"{page}lift/{limit.pk}/"
    form = opened(second_moderator, address) | {"note": "They wrote to us."}
    assert second_moderator.post(address, form).status_code == 302
    assert second_moderator.post(address, form).status_code == 302
    limit.refresh_from_db()
    assert (limit.ended_as, limit.ended_by_id) == ("lifted", second_moderator.member.pk)
    assert in_force(answers) == []
    lifted = ModAction.objects.get(verb="lift_sanction")
    assert lifted.reverses_id == limit.action_id
    assert "A limit on your account ended early." in [notice.text for notice in shown_to(answers.user)]
    with pytest.raises(actions.Conflict):
        actions.lift_sanction(by=moderator.member, sanction=limit)


def test_lifting_what_a_colleague_lifted_says_so_and_keeps_the_note(
    moderator, second_moderator, answers, page
):
    limit = set_limit(moderator, answers)
    form = opened(moderator, f"{page}lift/{limit.pk}/") | {"note": "Slow note."}
    actions.lift_sanction(by=second_moderator.member, sanction=limit)
    late = moderator.post(f"{page}lift/{limit.pk}/", form)
    assert late.status_code == 409
    assert "Slow note." in late.content.decode()
    assert moderator.get(f"{page}lift/{limit.pk}/").status_code == 302


def test_for_others_than_moderators_the_page_does_not_exist(page, answers, stranger, author, visitor):
    assert [person.get(page).status_code for person in (answers, stranger, author)] == [404, 404, 404]
    assert visitor.get(page).status_code == 302
    assert stranger.post(page, ASKED).status_code == 404
    assert not Sanction.objects.exists()


def test_nobody_limits_themselves_a_colleague_or_someone_they_know(
    moderator, second_moderator, safety_lead, answers, stranger, page
):
    own = f"/queue/people/{topic_by(moderator).public_id}/"
    assert moderator.get(own).status_code == 403
    assert second_moderator.get(own).status_code == 403
    assert safety_lead.get(own).status_code == 200
    Acquaintance.objects.create(moderator=moderator.member, other=answers.member)
    assert moderator.get(page).status_code == 403
    assert moderator.post(page, ASKED).status_code == 403
    for by, whom in (
        (moderator, moderator),
        (second_moderator, moderator),
        (moderator, answers),
        (stranger, answers),
    ):
        with pytest.raises(actions.errors.PermissionDenied):
            set_limit(by, whom)
    assert set_limit(safety_lead, moderator).is_in_force


def test_the_page_counts_the_person_and_names_nobody(moderator, answers, page):
    shown = moderator.get(page).content.decode()
    assert "Approved" in shown
    assert "Member for" in shown
    assert answers.user.username not in shown
    assert f"/{answers.member.pk}/" not in page


def test_no_rule_and_no_number_of_reports_limits_anybody(moderator, asks, answers, person, post):
    from tests.factories import write_reply

    write_reply(asks.member, post.topic, text="I want to kill myself tonight. I cannot go on.")
    for number in range(4):
        reader = person(f"reader-{number}", trust=1)
        actions.report_post(by=reader.member, post=post, category="unkind")
    assert not Sanction.objects.exists()


# --- what a read-only person can and cannot do ------------------------------------------------------------


def test_a_form_that_was_open_before_is_refused_with_reason_end_and_the_words(moderator, answers, post):
    """A30, H9."""
    reply, edit, new = (
        f"{post.topic.get_absolute_url()}reply/",
        url_of(post, "edit"),
        "/talk/b/parents/new/",
    )
    forms = {address: opened(answers, address) for address in (reply, edit, new)}
    limit = set_limit(moderator, answers)
    before = (Post.objects.count(), PostRevision.objects.count())
    for address, form in forms.items():
        typed = form | {"title": "A title", "text": "Words I keep, @stranger.", "send": "1"}
        response = answers.post(address, typed)
        shown = response.content.decode()
        assert response.status_code == 403, address
        assert REFUSAL in shown
        assert "Posts blamed or shamed people." in shown
        assert "Words I keep, @stranger." in shown
        assert 'href="/talk/standing/"' in shown
    assert (Post.objects.count(), PostRevision.objects.count()) == before
    assert "/appeal/" in answers.get("/talk/standing/").content.decode()
    assert answers.get(f"/talk/standing/{limit.pk}/appeal/").status_code == 200


def test_a_writing_page_says_so_before_a_word_is_typed(moderator, answers, post):
    set_limit(moderator, answers)
    for address in (f"{post.topic.get_absolute_url()}reply/", url_of(post, "edit"), "/talk/b/parents/new/"):
        response = answers.get(address)
        shown = response.content.decode()
        assert response.status_code == 403, address
        assert "Writing opens again on" in shown
        assert 'name="text"' not in shown


def test_what_was_parked_is_given_back_to_someone_who_may_not_send_it(moderator, answers, post, visitor):
    address = f"{post.topic.get_absolute_url()}reply/"
    form = opened(answers, address) | {"text": "Parked words.", "send": "1"}
    visitor.post(address, form)
    set_limit(moderator, answers)
    assert "Parked words." in answers.get(address).content.decode()


def test_reading_reporting_taking_back_resources_and_appeal_stay(moderator, answers, stranger, post):
    theirs = reply_by(stranger, post.topic)
    own = reply_by(answers, post.topic)
    set_limit(moderator, answers)
    topic = answers.get(post.topic.get_absolute_url())
    assert topic.status_code == 200
    assert "Writing opens again on" in topic.content.decode()
    assert "Write a reply" not in topic.content.decode()
    assert answers.get("/help/").status_code == 200
    report = url_of(theirs, "report")
    answers.post(report, opened(answers, report) | {"category": "worried"})
    assert Report.objects.filter(reporter=answers.member).count() == 1
    withdraw = url_of(own, "withdraw")
    assert answers.post(withdraw, opened(answers, withdraw)).status_code == 302
    own.refresh_from_db()
    assert own.state == "retracted"


def test_a_limit_in_one_board_leaves_the_others_open(moderator, answers, post):
    from tests.factories import make_board

    make_board(slug="partners", name="Partners")
    set_limit(moderator, answers, board=post.topic.board)
    assert answers.get("/talk/b/parents/new/").status_code == 403
    assert answers.get("/talk/b/partners/new/").status_code == 200


def test_a_limit_ends_by_itself(moderator, answers, post, monkeypatch):
    set_limit(moderator, answers, days=1)
    later = timezone.now() + dt.timedelta(days=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert answers.get("/talk/b/parents/new/").status_code == 200
    assert reply_by(answers, post.topic).state == "published"


def test_posts_of_someone_who_is_read_first_wait_and_a_warning_stops_nothing(
    moderator, answers, stranger, post
):
    set_limit(moderator, answers, "premoderate")
    set_limit(moderator, stranger, "warn")
    told = answers.get(f"{post.topic.get_absolute_url()}reply/").content.decode()
    assert "Send to be read" in told
    assert reply_by(answers, post.topic).state == "held"
    assert reply_by(stranger, post.topic).state == "published"
    assert "Warning" in stranger.get("/talk/standing/").content.decode()


WALKED_APART = (
    "/leave/",
    "/sign-out/",
    "/sign-in/",
    "/join/",
    "/cms/",
    "/me/security/",
    "/documents/",
    "/team/",
)


def _written():
    """All that writing would change. What was read, and appeals, are no words among members."""
    return (
        list(Post.objects.order_by("pk").values_list("pk", "state", "version")),
        list(PostRevision.objects.order_by("pk").values_list("pk", "state")),
        list(TopicMember.objects.order_by("pk").values_list("pk", "level")),
        list(Response.objects.order_by("pk").values_list("pk", "kind")),
        ReviewItem.objects.count(),
        Report.objects.count(),
        Appeal.objects.count(),
        ModAction.objects.count(),
    )


def _every_form(person, posts):
    """Send words to every address of the site, with a good token where the page gives one."""
    from accounts import writing

    places = {
        "public_id": [one.public_id for one in posts] + [posts[0].topic.public_id],
        "slug": ["parents"],
        "pk": [str(Sanction.objects.first().pk)],
    }
    for address in every_address(places, without=WALKED_APART):
        typed = {
            "title": "A title",
            "text": "Words.",
            "send": "1",
            "category": "",
            "note": "",
            "level": "watching",
            "response": "thanks",
        }
        typed["token"] = writing.make_token(user=person.user, place=address)
        if address.endswith(("/withdraw/", "/appeal/")):
            continue  # these stay: taking one's words back, and the second look
        yield address, person.post(address, typed)


def test_no_form_of_the_site_writes_anything_for_a_read_only_person(moderator, answers, stranger, post):
    """I8, H9: every address of the urlconf."""
    own, theirs = reply_by(answers, post.topic), reply_by(stranger, post.topic)
    answers.get(post.topic.get_absolute_url())
    set_limit(moderator, answers)
    before = _written()
    sent = dict(_every_form(answers, [post, own, theirs]))
    assert sum(response.status_code == 403 for response in sent.values()) >= 4
    assert _written() == before


def test_no_form_of_the_site_writes_anything_for_a_suspended_person(moderator, answers, stranger, post):
    own, theirs = reply_by(answers, post.topic), reply_by(stranger, post.topic)
    set_limit(moderator, answers, "suspend")
    back = answers.anew()
    before = _written()
    for address, response in _every_form(back, [post, own, theirs]):
        if address.startswith(("/talk/", "/queue/", "/es/talk/", "/es/queue/")):
            assert response.status_code in {403, 405}, address
    for one in (post, own):
        assert back.post(url_of(one, "withdraw")).status_code == 403
    assert _written() == before


# --- suspended ----------------------------------------------------------------------------------------------


def test_a_suspension_ends_every_live_session_and_the_words_wait(moderator, answers, post):
    """H9: between the form and its sending."""
    elsewhere = answers.anew()
    address = f"{post.topic.get_absolute_url()}reply/"
    form = opened(answers, address) | {"text": "Words on their way.", "send": "1"}
    set_limit(moderator, answers, "suspend")
    response = answers.post(address, form)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert elsewhere.get("/me/").status_code == 302
    answers.post("/sign-in/", {"login": answers.user.username, "password": PASSPHRASE})
    back = answers.get(address)
    assert back.status_code == 403
    assert "Words on their way." in back.content.decode()
    assert Post.objects.filter(author=answers.member).count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "/help/",
        "/learn/",
        "/leave/",
        "/me/",
        "/me/notices/",
        "/me/security/",
        "/talk/guidelines/",
        "/talk/standing/",
        "/privacy/",
    ],
)
def test_help_lessons_and_the_own_pages_stay_open_to_a_suspended_person(moderator, answers, address):
    set_limit(moderator, answers, "suspend")
    response = answers.anew().get(address)
    assert response.status_code != 403
    assert "/sign-in/" not in response.headers.get("Location", "")


def test_a_suspended_persons_page_does_not_invite_into_talk(moderator, answers):
    invitation = "Read what other families write"
    assert invitation in answers.get("/me/").content.decode()
    set_limit(moderator, answers, "suspend")
    assert invitation not in answers.anew().get("/me/").content.decode()


def test_the_team_goes_back_from_a_person_to_the_item_it_came_from(moderator, asks):
    post = topic_by(asks)
    page = moderator.get(f"/queue/people/{post.public_id}/").content.decode()
    assert f'href="{page_of(post)}"' in page


def test_talk_and_the_teams_pages_answer_with_reason_end_message_and_the_way_to_appeal(
    moderator, answers, post
):
    limit = set_limit(moderator, answers, "suspend", message="We wrote to you twice.")
    back = answers.anew()
    for address in (
        "/talk/",
        "/talk",
        "/es/talk/",
        "/talk/mine/",
        "/talk/b/parents/",
        post.topic.get_absolute_url(),
        "/talk/nothing/here/",
        "/queue/",
        "/team/",
        "/cms/",
    ):
        response = back.get(address)
        assert response.status_code == 403, address
        assert f"/talk/standing/{limit.pk}/appeal/" in response.content.decode()
    shown = back.get("/talk/").content.decode()
    for words in (
        "Talk is closed to you for now",
        "We wrote to you twice.",
        "Posts blamed or shamed people.",
    ):
        assert words in shown
    assert "no-store" in back.get("/talk/")["Cache-Control"]


def test_when_a_suspension_is_over_or_lifted_talk_opens_without_signing_in_again(
    moderator, answers, stranger, monkeypatch
):
    set_limit(moderator, answers, "suspend", days=1)
    lifted = set_limit(moderator, stranger, "suspend", days=1)
    back, freed = answers.anew(), stranger.anew()
    actions.lift_sanction(by=moderator.member, sanction=lifted)
    assert freed.get("/talk/").status_code == 200
    assert "suspended" not in freed.session
    later = timezone.now() + dt.timedelta(days=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert back.get("/talk/").status_code == 200


def test_nothing_is_asked_of_the_database_for_people_who_are_not_suspended(
    stranger, django_assert_num_queries
):
    from django.test import RequestFactory

    from forum.middleware import SuspendedPeople

    request = RequestFactory().get("/talk/")
    request.session, request.user = {}, stranger.user
    with django_assert_num_queries(0):
        assert SuspendedPeople(lambda request: "the page")(request) == "the page"


def test_a_suspended_moderator_decides_nothing(safety_lead, moderator, asks):
    from tests.flows.forum_scene import decided

    held = topic_by(asks)
    set_limit(safety_lead, moderator, "suspend")
    with pytest.raises(actions.errors.PermissionDenied):
        decided(moderator, held)
    assert moderator.anew().get("/queue/").status_code == 403


def test_saving_an_account_that_was_read_before_does_not_open_ended_sessions_again(moderator, answers):
    stale = type(answers.user).objects.get(pk=answers.user.pk)
    set_limit(moderator, answers, "suspend")
    stale.set_password("another quiet river")
    stale.save()
    fresh = type(answers.user).objects.get(pk=answers.user.pk)
    assert fresh.session_epoch == 1
    assert fresh.check_password("another quiet river")


# --- the person's own page ----------------------------------------------------------------------------------


def test_limits_stay_on_the_own_page_for_ninety_days_after_they_ended(moderator, answers, monkeypatch):
    set_limit(moderator, answers, days=1)
    assert "Read only" in answers.get("/talk/standing/").content.decode()
    for days, there in ((80, True), (92, False)):
        later = timezone.now() + dt.timedelta(days=days)
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda later=later: later)
            shown = answers.anew().get("/talk/standing/").content.decode()
        assert ("Read only" in shown) == there


def test_somebody_without_limits_reads_that_nothing_limits_them(stranger, visitor):
    assert "Nothing limits you here." in stranger.get("/talk/standing/").content.decode()
    assert visitor.get("/talk/standing/").status_code == 302


def test_nobody_reads_the_limits_of_somebody_else(moderator, answers, stranger):
    limit = set_limit(moderator, answers)
    assert stranger.get(f"/talk/standing/{limit.pk}/appeal/").status_code == 404
    assert moderator.get(f"/talk/standing/{limit.pk}/appeal/").status_code == 404
    assert "Read only" not in stranger.get("/talk/standing/").content.decode()
    assert hidden_fields(answers.get(f"/talk/standing/{limit.pk}/appeal/"))["token"]
