"""An author writes a lesson in the CMS, previews, submits; a clinical reviewer signs; the public reads."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from education.models import LessonPage
from tests.unit.education.making import make_tree, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_tree()


def item(value):
    """One entry of a list block, as the editor posts it."""
    return value


def list_of(values):
    data = {"count": len(values)}
    for at, value in enumerate(values):
        data[str(at)] = {"value": value, "deleted": "", "order": str(at), "id": ""}
    return data


def lesson_form(**changes):
    body = [
        ("key_points", list_of(["Pick a calm moment.", "Say one thing.", "Offer a hand."])),
        ("heading", "How to try it"),
        ("text", rich_text("<p>Ten minutes is enough.[^known-2020]</p>")),
        (
            "words",
            {
                "say": list_of([{"quote": "I miss you.", "why": "It is kind."}]),
                "not_say": list_of([{"quote": "You never listen.", "why": "It invites a fight."}]),
            },
        ),
        (
            "check",
            {
                "question": "What first?",
                "options": list_of(
                    [
                        {"text": "Wake him", "right": "", "reason": "He is tired."},
                        {"text": "Wait", "right": "on", "reason": "You have slept."},
                    ]
                ),
                "hint": "",
            },
        ),
        (
            "emergency",
            {
                "heading": "Call now if:",
                "items": list_of(["they cannot be woken"]),
                "after": "It is all right.",
            },
        ),
    ]
    return nested_form_data(
        {
            "title": "When they will not talk",
            "slug": "will-not-talk",
            "summary": "A way to start without a fight.",
            "minutes": 6,
            "for_whom": "any family member",
            "mentions": "arguments",
            "help_kinds": "",
            "author_mark": "The lesson team",
            "review_due_on": (timezone.localdate() + datetime.timedelta(days=200)).isoformat(),
            "search_description": "",
            "body": streamfield(body),
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            **changes,
        }
    )


def write(author, course, **changes):
    address = reverse("wagtailadmin_pages:add", args=("education", "lessonpage", course.pk))
    return author.post(address, lesson_form(**changes))


def test_the_whole_story_of_a_lesson(course, author, reviewer, visitor):
    write(author, course)
    page = LessonPage.objects.get(slug="will-not-talk")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    address = "/learn/skills/will-not-talk/"
    assert visitor.get(address).status_code == 404

    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert author.post(preview, lesson_form()).json()["is_valid"]
    shown = author.get(f"{preview}?mode=").content.decode()
    assert "Preview: nobody has signed this text" in shown
    assert "Try not to say" in shown

    author.post(edit, lesson_form() | {"action-submit": "1"})
    state = page.current_workflow_task_state
    assert visitor.get(address).status_code == 404

    form = reviewer.get(reverse("wagtailadmin_pages:workflow_action", args=(page.pk, "approve", state.pk)))
    assert "evidence_checked" in form.content.decode()
    sign(reviewer, page, state, reviewer_mark="A. Okoro, nurse")

    lesson = visitor.get(address).content.decode()
    for mark in ("The lesson team", "Reviewed by A. Okoro, nurse", "Known and others, 2020", "Review due"):
        assert mark in lesson
    assert "A. Okoro, nurse: 1 lesson" in visitor.get("/about/reviewers/").content.decode()


def test_the_editor_opens_for_a_new_lesson_with_help_for_each_field(course, author):
    address = reverse("wagtailadmin_pages:add", args=("education", "lessonpage", course.pk))
    page = author.get(address).content.decode()
    assert "House rules" in page
    assert "action-publish" not in page
    assert "A need, in the reader’s words" in page


def test_a_preview_of_a_lesson_not_saved_yet_is_shown(course, author):
    address = reverse("wagtailadmin_pages:preview_on_add", args=("education", "lessonpage", course.pk))
    assert author.post(address, lesson_form()).json()["is_valid"]
    assert "When they will not talk" in author.get(f"{address}?mode=").content.decode()


def test_a_claim_with_an_unknown_source_comes_back_with_a_reason_and_the_text(course, author):
    body = streamfield([("text", rich_text("<p>So it is.[^nobody-1999]</p>"))])
    answer = write(author, course, body=body)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "nobody-1999" in page
    assert not LessonPage.objects.filter(slug="will-not-talk").exists()


def test_an_edit_of_a_live_lesson_shows_only_after_a_second_signature(course, author, reviewer, visitor):
    write(author, course)
    page = LessonPage.objects.get(slug="will-not-talk")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    address = "/learn/skills/will-not-talk/"
    author.post(edit, lesson_form() | {"action-submit": "1"})
    sign(reviewer, page, page.current_workflow_task_state)
    author.post(edit, lesson_form(title="When they stay silent") | {"action-submit": "1"})
    assert "<h1>When they will not talk</h1>" in visitor.get(address).content.decode()
    page = LessonPage.objects.get(pk=page.pk)
    sign(author, page, page.current_workflow_task_state)
    assert "<h1>When they will not talk</h1>" in visitor.get(address).content.decode()
    sign(reviewer, page, page.current_workflow_task_state)
    assert "<h1>When they stay silent</h1>" in visitor.get(address).content.decode()


def test_a_member_cannot_open_the_editor(course, asks):
    address = reverse("wagtailadmin_pages:add", args=("education", "lessonpage", course.pk))
    assert asks.get(address).status_code == 404
