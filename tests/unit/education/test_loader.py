"""The starter curriculum loads once, whole, only as shipped, and never over somebody's work."""

import shutil

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from wagtail.models import Site

from education.actions import load_starter, take_down_lesson, write_manifest
from education.actions.manifest import manifest_now, read_manifest
from education.models import (
    CoursePage,
    CrisisResource,
    GlossaryTerm,
    HomePage,
    LearnIndexPage,
    LessonPage,
    LessonReview,
    SiteFacts,
    Source,
)
from education.starter_format import STARTER, load_courses
from education.states import STARTER_AUTHOR, ReviewKind


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files with one course, its manifest written anew."""
    copy = tmp_path / "starter"
    shutil.copytree(STARTER, copy)
    shutil.rmtree(copy / "en" / "treatment")
    write_manifest(copy)
    return copy


def change(folder, old, new):
    """Change the first lesson file that holds `old`; returns its slug."""
    for path in sorted(folder.glob("en/*/*.md")):
        text = path.read_text()
        if old in text:
            path.write_text(text.replace(old, new, 1))
            return path.stem[3:]
    raise AssertionError(f"no lesson holds {old!r}")


def test_the_manifest_is_that_of_the_shipped_texts():
    assert read_manifest() == manifest_now(), "Run: manage.py load_starter --write-manifest"


@pytest.mark.django_db
def test_everything_that_ships_is_loaded():
    call_command("load_starter")
    lessons = [lesson for course in load_courses() for lesson in course.lessons]
    assert LessonPage.objects.readable().count() == len(lessons)
    assert set(LessonPage.objects.values_list("author_mark", flat=True)) == {STARTER_AUTHOR}
    assert not LessonPage.objects.exclude(review_due_on=None).exists()
    assert set(LessonReview.objects.values_list("kind", "reviewer", "reviewer_mark")) == {
        (ReviewKind.STARTER, None, "")
    }
    assert CoursePage.objects.live().count() == len(load_courses())
    assert Source.objects.exists()
    assert not CrisisResource.objects.exclude(reviewed_by=None, reviewed_on=None).exists()
    assert GlossaryTerm.objects.filter(locale__language_code="es").count() == (
        GlossaryTerm.objects.filter(locale__language_code="en").count()
    )
    home = HomePage.objects.get(locale__language_code="en")
    assert Site.objects.get().root_page_id == home.pk
    assert home.start_lesson is not None
    assert SiteFacts.objects.count() == 1


@pytest.mark.django_db
def test_spanish_says_plainly_that_lessons_are_in_english(client):
    load_starter()
    home = HomePage.objects.get(locale__language_code="es")
    assert "inglés" in home.notice
    assert LearnIndexPage.objects.filter(locale__language_code="es").exists()
    for address in ("/es/", "/es/learn/"):
        page = client.get(address)
        assert "inglés" in page.content.decode()
        assert 'href="/learn/"' in page.content.decode()
    assert client.get("/es/learn/first-hours/").url == "/es/learn/"


@pytest.mark.django_db
def test_a_second_run_does_nothing(folder):
    load_starter(folder=folder)
    rows = list(LessonReview.objects.values_list("revision_id", flat=True))
    done = load_starter(folder=folder)
    assert (done.made, done.renewed) == ([], [])
    assert list(LessonReview.objects.values_list("revision_id", flat=True)) == rows


@pytest.mark.django_db
def test_a_text_that_is_not_in_the_manifest_loads_nothing_at_all(folder):
    change(folder, "the", "THE")
    with pytest.raises(PermissionDenied):
        load_starter(folder=folder)
    assert not LessonPage.objects.exists()
    assert not HomePage.objects.exists()


@pytest.mark.django_db
def test_a_newer_shipped_text_renews_a_lesson_nobody_edited(folder):
    load_starter(folder=folder)
    slug = change(folder, "minutes = 5", "minutes = 4")
    write_manifest(folder)
    done = load_starter(folder=folder)
    assert [what.split("/")[-1] for what in done.renewed] == [slug]
    page = LessonPage.objects.get(slug=slug)
    assert page.minutes == 4
    assert LessonPage.objects.readable().filter(pk=page.pk).exists()


@pytest.mark.django_db
def test_an_edited_lesson_is_never_overwritten(folder, author):
    load_starter(folder=folder)
    slug = change(folder, "minutes = 5", "minutes = 4")
    write_manifest(folder)
    page = LessonPage.objects.get(slug=slug)
    page.summary = "Written here."
    page.save_revision(user=author.user)
    done = load_starter(folder=folder)
    assert done.renewed == []
    page = LessonPage.objects.get(slug=slug)
    assert page.minutes == 5
    assert page.get_latest_revision_as_object().summary == "Written here."


@pytest.mark.django_db
def test_a_starter_lesson_taken_down_stays_down(folder, reviewer):
    load_starter(folder=folder)
    page = LessonPage.objects.live().first()
    take_down_lesson(lesson=page, by=reviewer.user, reason="Not for our families.")
    load_starter(folder=folder)
    assert not LessonPage.objects.get(pk=page.pk).live


@pytest.mark.django_db
def test_a_helpline_changed_here_is_left_alone(folder):
    load_starter(folder=folder)
    line = CrisisResource.objects.first()
    CrisisResource.objects.filter(pk=line.pk).update(phone="555-0100")
    load_starter(folder=folder)
    line.refresh_from_db()
    assert line.phone == "555-0100"
