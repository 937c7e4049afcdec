"""Sentence 5: an author writes a lesson in blocks, a clinical reviewer signs, and only then is it public.

Wagtail's editor needs scripts and a wide screen, so this journey is walked at the desk only.
"""

from tests.cast import PASSPHRASE, make_person

TITLE = "When the phone rings late"
ADDRESS = "/learn/treatment/when-the-phone-rings-late/"


def add_block(page, kind: str) -> None:
    page.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name=kind, exact=True).click()


def test_a_lesson_is_written_signed_by_another_person_and_then_public(visit):
    from education.models import CoursePage, Source

    make_person("author", role="author")
    make_person("reviewer", role="clinical_reviewer")
    course = CoursePage.objects.get(slug="treatment", locale__language_code="en")
    key = Source.objects.order_by("pk").first().key

    author = visit(width=1280)
    author.sign_in("author", PASSPHRASE)
    author.go(f"/cms/pages/add/education/lessonpage/{course.pk}/")
    page = author.page
    page.locator("input[name=title]").press_sequentially(TITLE)
    page.keyboard.press("Tab")
    page.locator("input[name=summary]").fill("How to answer without a fight.")
    page.locator("input[name=minutes]").fill("4")
    page.locator("input[name=for_whom]").fill("any family member")
    add_block(page, "Heading")
    page.locator("input[name=body-0-value]").fill("Before you pick up")
    add_block(page, "Text")
    page.locator(".Draftail-Editor [role=textbox]").click()
    page.keyboard.type(f"Breathe out once, then answer.[^{key}]")
    add_block(page, "Reflection")
    page.locator("[name=body-2-value-prompt]").fill("What do you want to have said by morning?")
    page.get_by_role("tab", name="Review").click()
    page.locator("input[name=author_mark]").fill("The lesson team")
    page.locator("input[name=review_due_on]").fill("2027-11-01")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More actions").click()
    assert page.get_by_role("button", name="Publish").count() == 0
    page.get_by_role("button", name="Submit to Clinical review").click()
    page.wait_for_load_state()
    author.sees("submitted for moderation")

    from education.models import LessonPage

    draft = LessonPage.objects.get(slug="when-the-phone-rings-late")
    author.go(f"/cms/pages/{draft.pk}/view_draft/")
    assert author.heading == TITLE
    author.sees("Before you pick up")

    visitor = visit(width=1280)
    assert visitor.page.goto(ADDRESS).status == 404

    reviewer = visit(width=1280)
    reviewer.sign_in("reviewer", PASSPHRASE)
    reviewer.go("/cms/")
    reviewer.sees("Awaiting your review", TITLE)
    page = reviewer.page
    page.locator("main table .actions button[aria-label=Actions]").first.click()
    page.get_by_role("button", name="Sign this lesson").click()
    page.locator("[name=reviewer_mark]").fill("R. Reviewer, nurse")
    page.locator("[name=evidence_checked]").check()
    page.locator("[name=words_read]").check()
    page.locator(".modal-content form [type=submit], [role=dialog] form [type=submit]").first.click()
    page.wait_for_load_state()
    page.wait_for_timeout(500)

    assert visitor.page.goto(ADDRESS).status == 200
    visitor.sees(
        "1 source", "Written by", "The lesson team", "Reviewed by", "R. Reviewer, nurse", "Review due"
    )
    visitor.inspect()
