"""A visitor reads: home, a lesson with its sources, a check, done, back where they were. No account."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from education.models import CoursePage, CrisisResource, LessonPage
from education.progress import COOKIE
from education.states import ReviewKind
from tests.unit.education.making import make_draft, make_live, make_tree

pytestmark = pytest.mark.django_db

LESSON = "/learn/skills/talk/"


@pytest.fixture
def course():
    return make_tree()


@pytest.fixture
def lessons(course):
    return [make_live(course, slug=slug, title=title) for slug, title in (("talk", "Talk"), ("walk", "Walk"))]


@pytest.fixture
def helpline():
    return CrisisResource.objects.create(
        key="one",
        kinds="emergency, suicide",
        name_en="A line",
        name_es="Una línea",
        what_en="Day and night.",
        what_es="Día y noche.",
        phone="555-0100",
        sms="88 999",
        sms_text="START",
        languages="en",
    )


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


# --- reading ------------------------------------------------------------------------------------------
def test_a_visitor_goes_from_home_to_a_lesson_in_two_steps(visitor, lessons):
    assert 'href="/learn/skills/"' in text(visitor.get("/"))
    assert f'href="{LESSON}"' in text(visitor.get("/learn/skills/"))
    page = text(visitor.get(LESSON))
    assert "<h1>Talk</h1>" in page
    assert "Lesson 1 of 2" in page
    assert "6 minutes" in page
    assert "For: any family member" in page
    assert "Mentions: arguments" in page


def test_a_signed_lesson_shows_all_four_marks(visitor, lessons):
    page = text(visitor.get(LESSON))
    assert "Reviewed by R. Reviewer, nurse" in page
    assert "The lesson team" in page
    assert "Known and others, 2020. A paper." in page
    assert "Review due" in page
    assert str((timezone.localdate() + timezone.timedelta(days=180)).year) in page
    assert 'href="#source-1"' in page
    assert 'id="source-1"' in page


def test_a_starter_lesson_says_that_nobody_here_reviewed_it(visitor, course):
    make_live(course, kind=ReviewKind.STARTER, review_due_on=None)
    page = text(visitor.get(LESSON))
    assert page.count("Not yet reviewed by this site’s clinician") == 2  # at the top and in the review box
    assert "Reviewed on" not in page


@pytest.mark.parametrize("address", [LESSON, "/learn/skills/none/", "/learn/none/talk/", "/learn/none/"])
def test_drafts_and_made_up_addresses_are_the_same_404(visitor, course, address):
    make_draft(course, slug="talk")
    make_live(course, slug="other")
    assert visitor.get(address).status_code == 404


def test_a_live_flag_without_a_signature_is_not_read(visitor, course):
    make_live(course, slug="other")
    page = make_draft(course, slug="talk")
    LessonPage.objects.filter(pk=page.pk).update(live=True)
    assert visitor.get(LESSON).status_code == 404
    assert LESSON not in text(visitor.get("/learn/skills/"))


def test_lessons_of_a_course_that_is_down_are_down(visitor, course, lessons):
    CoursePage.objects.get(pk=course.pk).unpublish()
    assert visitor.get(LESSON).status_code == 404
    assert "Skills" not in text(visitor.get("/learn/"))


def test_a_lesson_has_no_second_address(visitor, lessons):
    home = lessons[0].get_ancestors().get(depth=2)
    assert visitor.get(f"/{home.slug}{LESSON}").status_code == 404


@pytest.mark.parametrize(
    ("answer", "said"),
    [("1-1", "Tired people hear blame."), ("1-2", "You have both slept.")],
)
def test_a_check_gives_a_reason_for_every_answer_without_script(visitor, lessons, answer, said):
    page = text(visitor.get(LESSON, {"answer": answer}))
    assert f'value="{answer}" checked' in page
    assert said in page
    assert page.count(" checked>") == 1


@pytest.mark.parametrize("answer", ["9-1", "1-9", "1", "-", "1-x", "x" * 500, "1-٣", "1-999999999999"])
def test_a_made_up_answer_chooses_nothing(visitor, lessons, answer):
    assert " checked>" not in text(visitor.get(LESSON, {"answer": answer}))


def test_a_lesson_ends_with_its_helplines(visitor, course, helpline):
    make_live(course, help_kinds="suicide")
    page = text(visitor.get(LESSON))
    assert 'href="tel:5550100"' in page
    assert "has not checked all of these numbers" in page


# --- keeping the place -----------------------------------------------------------------------------------
def press(client, what, address=LESSON):
    return client.post(f"{address}keep/", {"what": what})


def test_a_visitor_marks_a_lesson_done_and_comes_back_to_the_next(visitor, lessons):
    answer = press(visitor, "done")
    assert answer.status_code == 302
    next_page = text(visitor.get(answer.url))
    assert "<h1>Walk</h1>" in next_page
    assert "Done: Talk." in next_page
    for address in ("/", "/learn/"):
        page = text(visitor.get(address))
        assert "Pick up where you left off" in page
        assert "/learn/skills/walk/" in page
    assert "1 done" in text(visitor.get("/learn/"))
    assert "You marked this lesson done." in text(visitor.get(LESSON))


def test_done_can_be_undone(visitor, lessons):
    press(visitor, "done")
    assert press(visitor, "undo").url == LESSON
    assert "You marked this lesson done." not in text(visitor.get(LESSON))
    assert "1 done" not in text(visitor.get("/learn/"))


def test_doing_it_twice_changes_nothing(visitor, lessons):
    press(visitor, "done")
    press(visitor, "done")
    assert "1 done" in text(visitor.get("/learn/"))


def test_the_last_lesson_of_a_course_leads_back_to_the_course(visitor, lessons):
    answer = press(visitor, "done", "/learn/skills/walk/")
    assert answer.url.startswith("/learn/skills/?done=")
    assert "Done: Walk." in text(visitor.get(answer.url))


def test_a_place_is_kept_only_when_asked_for(visitor, lessons):
    visitor.get(LESSON)
    assert COOKIE not in visitor.cookies
    answer = press(visitor, "place")
    assert "Your place is kept" in text(visitor.get(answer.url))
    assert "Pick up where you left off" in text(visitor.get("/"))


def test_what_is_kept_can_be_removed(visitor, lessons):
    press(visitor, "done")
    visitor.post("/learn/forget/")
    assert "Pick up where you left off" not in text(visitor.get("/learn/"))


def test_leave_removes_what_is_kept(visitor, lessons):
    press(visitor, "done")
    visitor.get(reverse("leave"))
    assert "Pick up where you left off" not in text(visitor.get("/learn/"))


def test_a_place_that_cannot_be_read_is_said_once_and_kindly(visitor, lessons):
    visitor.cookies[COOKIE] = "tampered"
    assert "We could not read the place" in text(visitor.get("/learn/"))
    assert "We could not read the place" not in text(visitor.get("/learn/"))


def test_keeping_a_place_makes_no_session_and_sets_one_cookie(visitor, lessons):
    with CaptureQueriesContext(connection) as queries:
        answer = press(visitor, "done")
    assert set(answer.cookies) <= {COOKIE, "hub_leave"}  # the second is constant and holds nothing
    assert not [query for query in queries if not query["sql"].lstrip().upper().startswith("SELECT")]


@pytest.mark.parametrize("address", [f"{LESSON}keep/", "/learn/forget/"])
def test_the_buttons_answer_to_a_press_here_only(visitor, lessons, address):
    assert visitor.get(address).status_code == 405
    assert (
        visitor.post(address, {"what": "done"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )


def test_a_button_of_a_lesson_that_is_not_there_is_a_404(visitor, lessons):
    assert press(visitor, "done", "/learn/skills/none/").status_code == 404
    assert press(visitor, "something else").url == LESSON


# --- help ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/help/", "/help/now/"])
def test_help_has_a_number_to_press_at_the_top_and_the_steps_of_an_overdose(
    visitor, course, helpline, address
):
    page = text(visitor.get(address))
    assert page.index('href="tel:5550100"') < page.index("What is happening?")
    assert 'href="sms:88999?&amp;body=START"' in page
    steps = page.split('class="steps steps-wine"')[1].split("</ol>")[0]
    assert steps.count("<h3>") == 6
    assert "Not yet checked by this site" in page
    assert len(page.encode()) <= 50_000


def test_help_says_when_the_numbers_were_checked(visitor, course, helpline, reviewer):
    helpline.reviewed_on, helpline.reviewed_by = timezone.localdate(), reviewer.user
    helpline.save()
    page = text(visitor.get("/help/now/"))
    assert "Numbers checked" in page
    assert "Not yet checked" not in page
    CrisisResource.objects.update(reviewed_on=timezone.localdate() - timezone.timedelta(days=91))
    page = text(visitor.get("/help/now/"))
    assert "more than 90 days ago" in page
    assert "has not checked all of these numbers" in page


def test_help_works_with_no_numbers_at_all(visitor, course):
    page = text(visitor.get("/help/now/"))
    assert "local emergency number" in page
    assert "tel:" not in page


@pytest.mark.parametrize("name", ["glossary", "about", "reviewers", "how_we_write"])
def test_the_pages_behind_the_lessons_are_there(visitor, lessons, name):
    assert "<h1>" in text(visitor.get(reverse(name)))


def test_reviewers_counts_signed_and_starter_lessons_apart(visitor, course):
    make_live(course, slug="one")
    make_live(course, slug="two", kind=ReviewKind.STARTER)
    page = text(visitor.get(reverse("reviewers")))
    assert "R. Reviewer, nurse: 1 lesson" in page
    assert "1 lesson is part of the starter curriculum" in page


# --- budgets (performance.md section 7) ----------------------------------------------------------------
BUDGETS = {"/": 5, "/learn/": 4, "/learn/skills/": 4, LESSON: 5, "/help/now/": 3, "/glossary/": 3}


def count(client, address):
    client.get(address)  # the first visit fills what is kept between requests
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in queries), "a GET wrote"
    return len(queries)


@pytest.mark.parametrize("address", BUDGETS)
def test_a_page_stays_in_its_budget_and_does_not_grow_with_lessons(
    visitor, lessons, helpline, course, address
):
    LessonPage.objects.filter(slug="talk").update(help_kinds="suicide")
    lesson = LessonPage.objects.get(slug="talk")
    lesson.reviews.update(sha256=lesson.fingerprint())
    few = count(visitor, address)
    for number in range(18):
        make_live(course, slug=f"more-{number}")
    assert count(visitor, address) == few
    assert few <= BUDGETS[address]


def test_a_member_reads_a_lesson_within_budget(asks, lessons, helpline):
    assert count(asks, LESSON) <= 8
    assert count(asks, "/learn/") <= 7


def test_a_read_page_is_small(visitor, lessons, helpline):
    assert len(visitor.get(LESSON).content) <= 20_000
    assert len(visitor.get("/learn/").content) <= 15_000


def test_a_lesson_without_a_translation_leads_to_the_page_that_says_so(visitor, lessons):
    assert visitor.get(f"/es{LESSON}").url == "/es/learn/"
    assert visitor.get("/es/learn/skills/").url == "/es/learn/"
    assert visitor.get("/es/learn/skills/none/").status_code == 404
