"""A small tree of pages and the steps of a review, for the tests of this room."""

import copy
import datetime

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from education.models import CoursePage, HomePage, LearnIndexPage, LessonPage, LessonReview, SiteFacts, Source
from education.states import ReviewKind

SIGNATURE = {
    "reviewer_mark": "R. Reviewer, nurse",
    "evidence_checked": "on",
    "words_read": "on",
    "comment": "",
}
BODY = [
    {"type": "key_points", "value": ["Pick a calm moment.", "Say one thing.", "Offer a hand."]},
    {"type": "heading", "value": "How to try it"},
    {"type": "text", "value": "<p>Ten minutes is enough.[^known-2020]</p>"},
    {
        "type": "check",
        "value": {
            "question": "What could you try first?",
            "options": [
                {"text": "Wake him", "right": False, "reason": "Tired people hear blame."},
                {"text": "Wait for breakfast", "right": True, "reason": "You have both slept."},
            ],
            "hint": "",
        },
    },
]


def body(blocks=None):
    """A StreamField value from raw blocks."""
    field = LessonPage._meta.get_field("body")
    return field.stream_block.to_python(copy.deepcopy(blocks or BODY))


def make_tree() -> CoursePage:
    """Home, list of courses and one course in English, all live; the site's root is the home page."""
    root = Page.get_first_root_node()
    locale = Locale.objects.get(language_code="en")
    home = root.add_child(instance=HomePage(title="Home", slug="hub-en", lead="Welcome.", locale=locale))
    learn = home.add_child(instance=LearnIndexPage(title="Learn", slug="learn", locale=locale))
    course = learn.add_child(
        instance=CoursePage(
            title="Skills", slug="skills", summary="For home.", for_today="They used again", locale=locale
        )
    )
    site = Site.objects.get(is_default_site=True)
    site.root_page = home
    site.save()
    SiteFacts.objects.get_or_create(site=site)
    Source.objects.get_or_create(
        key="known-2020",
        defaults={"author": "Known and others", "title": "A paper", "year": 2020, "kind": "paper"},
    )
    return course


def make_draft(course: CoursePage, *, by=None, slug: str = "talk", **fields) -> LessonPage:
    """A draft lesson with one revision of `by`, complete but for the signature."""
    fields.setdefault("title", "When they will not talk")
    page = LessonPage(
        **{
            "slug": slug,
            "summary": "A way to start.",
            "for_whom": "any family member",
            "mentions": "arguments",
            "author_mark": "The lesson team",
            "review_due_on": timezone.localdate() + datetime.timedelta(days=180),
            "body": body(),
            "live": False,
            "owner": by,
            **fields,
        }
    )
    course = CoursePage.objects.get(pk=course.pk)
    course.add_child(instance=page)
    page.save_revision(user=by)
    return LessonPage.objects.get(pk=page.pk)


def make_live(course: CoursePage, *, kind: str = ReviewKind.SITE, slug: str = "talk", **fields) -> LessonPage:
    """A live lesson with the review row of its live revision."""
    page = make_draft(course, slug=slug, **fields)
    revision = page.get_latest_revision()
    LessonReview.objects.create(
        page=page,
        revision=revision,
        kind=kind,
        reviewer_mark="R. Reviewer, nurse" if kind == ReviewKind.SITE else "",
        sha256=page.fingerprint(),
    )
    revision.publish()
    return LessonPage.objects.get(pk=page.pk)


def submit(page: LessonPage, *, by):
    """Send the newest revision for review, as its author; returns the running task state."""
    state = page.get_workflow().start(page, by)
    return state.current_task_state


def sign(client, page: LessonPage, task_state, **answers):
    """Press "Sign" in the CMS as this person."""
    address = reverse("wagtailadmin_pages:workflow_action", args=(page.pk, "approve", task_state.pk))
    return client.post(address, {**SIGNATURE, **answers})


def is_live(page: LessonPage) -> bool:
    return LessonPage.objects.values_list("live", flat=True).get(pk=page.pk)
