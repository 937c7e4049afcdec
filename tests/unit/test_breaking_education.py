"""Doors round the two signatures: the pages above a lesson, and the translation screens."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Locale, Page

from education.actions import take_down_lesson
from education.models import CoursePage, GlossaryTerm, LessonPage, LessonReview, SiteFacts, Source
from tests.unit.education.making import is_live, make_draft, make_live, make_tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_tree()


@pytest.fixture
def superuser(person):
    root = person("root-of-all")
    root.user.is_superuser = root.user.is_staff = True
    root.user.save()
    return root


def _above(lesson):
    return lesson.get_ancestors().filter(depth__gt=1)


@pytest.mark.parametrize("who", ["reviewer", "superuser"])
@pytest.mark.parametrize("way", ["one", "bulk"])
def test_nobody_takes_lessons_down_unseen_by_unpublishing_what_is_above_them(
    course, who, way, request, visitor
):
    """Taking down needs a reason and stands on the record; a course without its page shows no lesson."""
    lesson = make_live(course)
    client = request.getfixturevalue(who)
    for page in _above(lesson):
        data = {"include_descendants": "on", "include-descendants": "on"}
        if way == "one":
            client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), data)
        else:
            address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish"))
            client.post(f"{address}?id={page.pk}", data)
    assert all(Page.objects.filter(pk__in=_above(lesson)).values_list("live", flat=True))
    assert is_live(lesson)
    assert visitor.get(f"/learn/{course.slug}/{lesson.slug}/").status_code == 200


@pytest.mark.parametrize("who", ["reviewer", "superuser"])
def test_a_home_page_with_live_lessons_is_not_deleted(course, who, request):
    lesson = make_live(course)
    client = request.getfixturevalue(who)
    for page in _above(lesson):
        client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert LessonPage.objects.filter(pk=lesson.pk, live=True).exists()


def test_a_course_without_live_lessons_can_be_unpublished(course, reviewer):
    reviewer.post(reverse("wagtailadmin_pages:unpublish", args=[course.pk]))
    assert not CoursePage.objects.get(pk=course.pk).live


def _translated(page, *, by):
    """A Spanish draft of `page` made by the translation tool, and its source."""
    from wagtail_localize.models import Translation, TranslationSource

    spanish = Locale.objects.get(language_code="es")
    for parent in page.get_ancestors().specific():
        if parent.depth > 1 and not parent.has_translation(spanish):
            parent.copy_for_translation(spanish)
    source, _made = TranslationSource.get_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=spanish)
    translation.save_target(user=by, publish=False)
    return source, translation


def test_an_author_publishes_no_page_through_the_update_of_its_translations(course, author):
    source, _translation = _translated(course, by=author.user)
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    assert author.get(address).status_code == 200
    author.post(address, {"publish_translations": "on"})
    assert not CoursePage.objects.get(locale__language_code="es").live


def test_updating_the_translations_of_a_lesson_publishes_nothing_and_breaks_nothing(course, author):
    source, translation = _translated(make_live(course), by=author.user)
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    author.raise_request_exception = False
    answer = author.post(address, {"publish_translations": "on"})
    assert answer.status_code < 500
    assert not LessonPage.objects.filter(locale__language_code="es", live=True).exists()
    assert author.post(address, {}).status_code == 302


def test_the_translation_editor_publishes_no_lesson(course, author, superuser):
    _source, translation = _translated(make_live(course), by=author.user)
    twin = LessonPage.objects.get(locale__language_code="es")
    for client in (author, superuser):
        client.raise_request_exception = False
        answer = client.post(
            reverse("wagtailadmin_pages:edit", args=[twin.pk]),
            {"localize-translation-action": "publish", "action": "publish"},
        )
        assert answer.status_code < 500
    assert not is_live(twin)


def test_a_live_lesson_is_not_turned_into_something_else(course, author, reviewer, superuser):
    lesson = make_live(course)
    draft = make_draft(course, slug="other", by=author.user)
    for client in (author, reviewer, superuser):
        client.raise_request_exception = False
        for name in ("set_privacy", "convert_alias", "unlock", "lock"):
            answer = client.post(
                reverse(f"wagtailadmin_pages:{name}", args=[lesson.pk]),
                {"restriction_type": "login", "password": "x"},
            )
            assert answer.status_code < 500, name
        client.post(reverse("wagtailadmin_pages:set_page_position", args=[draft.pk]) + "?position=0")
    assert is_live(lesson)
    assert not is_live(draft)
    assert not lesson.get_view_restrictions().exists()


def test_no_page_above_lessons_can_be_set_to_expire(course, reviewer, visitor):
    """An end date would take every lesson below along one night, without a reason and without a record."""
    lesson = make_live(course)
    for page in _above(lesson):
        form = reviewer.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert 'name="title"' in form
        assert 'name="expire_at"' not in form


@pytest.mark.parametrize("url", ["ftp://example.org/", "ftps://example.org/", "javascript:alert(1)"])
def test_leave_leads_to_a_page_that_browsers_open(course, url):
    facts = SiteFacts.objects.get()
    facts.full_clean()
    facts.leave_url = url
    with pytest.raises(ValidationError):
        facts.full_clean()


def test_a_lesson_that_was_ever_public_keeps_its_signatures(course, author, reviewer):
    lesson = make_live(course)
    take_down_lesson(lesson=lesson, by=reviewer.user, reason="A number was wrong.")
    author.post(reverse("wagtailadmin_pages:delete", args=[lesson.pk]))
    assert LessonReview.objects.filter(page=lesson).exists()


def test_an_author_alone_changes_no_source_and_no_glossary_word_under_live_lessons(course, author, reviewer):
    source = Source.objects.create(key="one", author="A team", kind="web")
    term = GlossaryTerm.objects.create(term="Relapse", meaning="Return to use.")
    for thing, kind in ((source, "source"), (term, "glossaryterm")):
        address = reverse(f"wagtailsnippets_education_{kind}:edit", args=[thing.pk])
        assert author.get(address).status_code == 302
        assert reviewer.get(address).status_code == 200
    assert author.get(reverse("wagtailsnippets_education_source:add")).status_code == 200
