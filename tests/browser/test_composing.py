"""A person writes: it is kept while they type, and is there again; the tools; the same without scripts."""

from playwright.sync_api import expect

from tests.cast import PASSPHRASE, make_person

TEXT = "He came home today."


def at_the_page(visit, **device):
    make_person("answers", trust=1)
    answers = visit(**device)
    answers.sign_in("answers", PASSPHRASE)
    answers.go("/talk/b/parents/new/")
    return answers


def typed(page) -> str:
    return page.locator("textarea[name=text]").input_value()


def test_what_is_typed_is_saved_after_a_pause_and_is_back_after_a_reload(visit):
    answers = at_the_page(visit)
    page = answers.page
    answers.fill("Your post", TEXT)
    expect(page.locator("[data-letters]")).to_have_text("19 of 10,000 letters")
    expect(page.get_by_role("status")).to_contain_text("Saved at", timeout=9_000)
    answers.inspect()
    page.reload()
    answers.sees("Your draft from")
    answers.inspect()
    answers.fill("Your post", TEXT + " More.")
    answers.go("/help/")  # before the next pause is over: putting the page away saves it too
    page.wait_for_timeout(500)
    answers.go("/talk/b/parents/new/")
    assert typed(page) == TEXT + " More."
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_another_window_is_told_and_both_texts_stand_on_the_page(visit):
    answers = at_the_page(visit, width=1280)
    page, other = answers.page, answers.context.new_page()
    other.goto("/talk/b/parents/new/")
    for window, words in ((page, "First window"), (other, "Second window")):
        window.locator("textarea[name=text]").fill(words)
        window.get_by_role("button", name="Keep as a draft").click()
        window.wait_for_load_state()
    assert typed(other) == "Second window"
    summary = other.locator("summary", has_text="First window")
    summary.click()
    assert "First window" in summary.locator("xpath=..").locator("textarea").input_value()
    answers.page = other
    answers.inspect()
    other.get_by_role("button", name="Go on with this one").click()
    other.wait_for_load_state()
    assert typed(other) == "First window"
    answers.sees("Second window")


def test_leave_sends_nothing_after_the_page_is_covered(visit):
    from forum.models import Draft

    answers = at_the_page(visit)
    answers.fill("Your post", TEXT)
    answers.leave()
    answers.page.wait_for_timeout(300)
    assert not Draft.objects.exists()


def test_the_tools_set_words_by_mouse_and_by_keyboard_and_can_be_taken_back(visit):
    answers = at_the_page(visit, width=1280)
    page = answers.page
    field = page.locator("textarea[name=text]")
    field.fill("one two")
    field.evaluate("(text) => text.setSelectionRange(4, 7)")
    page.get_by_role("button", name="Bold").click()
    assert typed(page) == "one **two**"
    assert field.evaluate("(text) => text.value.slice(text.selectionStart, text.selectionEnd)") == "two"
    field.press("Control+z")
    assert typed(page) == "one two"
    field.evaluate("(text) => text.setSelectionRange(0, 3)")
    page.get_by_role("button", name="Link").click()
    assert typed(page) == "[one](https://) two"
    field.fill("first\nsecond")
    field.evaluate("(text) => text.setSelectionRange(2, 8)")
    page.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.mark") == "list"
    page.keyboard.press("Enter")
    assert typed(page) == "- first\n- second"
    page.get_by_role("button", name="Quote").click()
    assert typed(page).startswith("> - first\n> - second")
    for button in page.locator(".tools button").all():
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
    answers.press("Keep as a draft")


def test_topics_like_mine_appear_under_the_title(visit):
    from forum.models import Board
    from tests.factories import open_topic

    answers = at_the_page(visit)
    open_topic(
        make_person("stranger", trust=1).member, Board.objects.get(slug="parents"), title="Visiting hours"
    )
    answers.page.get_by_label("What is it about?").press_sequentially("Visiting")
    expect(answers.page.locator(".similar")).to_contain_text("Visiting hours")
    assert "Visiting" not in answers.page.url
    answers.inspect()
    answers.press("Keep as a draft")


def test_without_scripts_a_button_keeps_the_draft_and_no_tool_is_shown(visit):
    answers = at_the_page(visit, scripts=False)
    assert not answers.page.locator(".tools").is_visible()
    answers.fill("Your post", TEXT)
    answers.press("Keep as a draft")
    answers.sees("Saved at", "Nothing is sent yet")
    answers.go("/talk/mine/")
    answers.follow("What you began and did not send")
    answers.sees(TEXT, "A new topic in Parents")
    answers.follow("Go on writing")
    assert typed(answers.page) == TEXT
    answers.press("Start over")
    assert answers.heading == "Delete this draft?"
    answers.press("Delete it")
    assert typed(answers.page) == ""
