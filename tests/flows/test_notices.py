"""What is new for a person: shown with words, counted, marked as read; and their own page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import mailing, notices
from accounts.models import Notice
from accounts.notices import Words
from accounts.states import MailGroup

PAGE = "/me/notices/"
KIND = "tests.kind"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words():
    """Subject "secret" is something nobody may see any more."""

    def words(person, subject):
        return None if subject == "secret" else Words(f"About {subject}", f"/talk/{subject}")

    notices.register_resolver(KIND, words, mail=MailGroup.DECISIONS)
    yield
    notices._resolvers.pop(KIND)
    mailing._groups.pop(KIND)


def tell(person, subject="kettles", **more):
    notices.notify(person=person.user, kind=KIND, subject_id=subject, dedupe_key=f"{KIND}:{subject}", **more)


def test_a_notice_is_shown_with_its_words_and_link(answers):
    tell(answers)
    page = answers.get(PAGE).content.decode()
    assert "About kettles" in page
    assert 'href="/talk/kettles"' in page
    assert notices.unread_count(answers.user) == 1


def test_it_is_on_the_persons_own_page_until_read(answers):
    tell(answers)
    page = answers.get("/me/").content.decode()
    assert "Welcome, answers" in page
    assert "About kettles" in page
    answers.post(PAGE)
    assert "About kettles" not in answers.get("/me/").content.decode()


def test_marking_as_read_needs_a_press_and_doing_it_twice_is_harmless(answers):
    tell(answers)
    answers.get(PAGE)
    assert notices.unread_count(answers.user) == 1
    assert answers.post(PAGE)["Location"] == PAGE
    read_at = Notice.objects.get().read_at
    answers.post(PAGE)
    assert Notice.objects.get().read_at == read_at
    assert notices.unread_count(answers.user) == 0
    assert "About kettles" in answers.get(PAGE).content.decode()


def test_what_a_person_may_no_longer_see_is_not_shown(answers):
    tell(answers, "secret")
    page = answers.get(PAGE).content.decode()
    assert "secret" not in page
    assert "Nothing new" in page


def test_a_notice_without_a_resolver_is_not_shown(answers):
    notices.notify(person=answers.user, kind="tests.unknown", subject_id="1", dedupe_key="u1")
    assert notices.shown_to(answers.user) == []


def test_nobody_sees_or_reads_the_notices_of_another(answers, stranger):
    tell(answers)
    assert "About kettles" not in stranger.get(PAGE).content.decode()
    stranger.post(PAGE)
    assert notices.unread_count(answers.user) == 1


def test_the_same_news_is_told_once(answers):
    tell(answers)
    tell(answers)
    assert Notice.objects.count() == 1
    assert answers.user.outbox.count() == 1


def test_news_held_back_is_not_shown_and_can_be_taken_back(answers):
    tell(answers, not_before=timezone.now() + timedelta(minutes=3))
    assert notices.shown_to(answers.user) == []
    assert notices.unread_count(answers.user) == 0
    notices.take_back(dedupe_key=f"{KIND}:kettles")
    assert not Notice.objects.exists()
    assert answers.user.outbox.get().state == "undone"


def test_a_visitor_is_led_to_sign_in_and_the_wrong_method_is_refused(visitor, answers):
    assert visitor.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    assert visitor.post(PAGE).status_code == 302
    assert answers.put(PAGE).status_code == 405
    assert answers.post("/me/").status_code == 405


def test_my_page_costs_the_same_for_one_and_for_many_notices(answers, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    tell(answers)
    answers.get("/me/")
    with CaptureQueriesContext(connection) as few:
        answers.get("/me/")
    for number in range(30):
        tell(answers, f"n{number}")
    with django_assert_num_queries(len(few)):
        answers.get("/me/")


def test_a_resolver_that_fails_leaves_out_only_its_own_notices(answers, caplog):
    def fails(person, subjects):
        raise RuntimeError("a fault")

    notices.register_many("tests.fails", fails, mail=MailGroup.NEVER)
    try:
        notices.notify(person=answers.user, kind="tests.fails", subject_id="1", dedupe_key="f1")
        tell(answers)
        page = answers.get(PAGE)
    finally:
        notices._resolvers.pop("tests.fails")
        mailing._groups.pop("tests.fails")
    assert page.status_code == 200
    assert "About kettles" in page.content.decode()
    assert "No words for notices of the kind tests.fails" in caplog.text


def test_the_list_costs_the_same_for_three_and_for_thirty_of_the_forum(asks, answers, stranger, moderator):
    """A reply, a decision, a publication and the answer to a report are read together, each kind at once."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from forum import actions
    from tests.factories import decide, make_board, open_topic, write_reply

    topic = open_topic(answers.member, make_board())
    mine = write_reply(asks.member, topic)
    decide(moderator.member, mine, "approve")
    for _round in range(3):
        decide(moderator.member, write_reply(asks.member, topic), "return", reason="private")
    loud = write_reply(stranger.member, topic)
    actions.report_post(by=asks.member, post=loud, category="unkind")
    decide(moderator.member, loud, "keep")

    def cost():
        Notice.objects.update(not_before=timezone.now())  # past the minutes in which a decision can be undone
        with CaptureQueriesContext(connection) as captured:
            shown = notices.shown_to(asks.user)
        return len(shown), len(captured)

    asks.get(PAGE)
    few, queries = cost()
    assert few == 5
    for _round in range(10):
        decide(moderator.member, write_reply(asks.member, topic), "return", reason="private")
    many, same = cost()
    assert many == few + 10
    assert same == queries, (same, queries)


def test_pages_about_oneself_are_never_kept_by_a_browser(answers):
    for address in ("/me/", PAGE, "/me/security/"):
        assert "no-store" in answers.get(address)["Cache-Control"]
