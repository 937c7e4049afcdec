"""Sentences 3 and 4: a first topic waits, is approved, answered, reported, hidden and restored."""

from tests.browser.conftest import TWO_WAYS
from tests.browser.story import decide_first, join, write_topic
from tests.cast import PASSPHRASE, make_person

TITLE = "The first night at home"
TEXT = "He came home today. I do **not** know what to say to him."


@TWO_WAYS
def test_a_first_topic_is_previewed_and_then_waits_unseen(visit, device):
    member = visit(**device)
    join(member)
    member.go("/talk/")
    member.inspect()
    member.follow("Parents", within="main")
    member.inspect()
    member.follow("Start a topic", within="main")
    member.inspect()
    member.fill("What is it about?", TITLE)
    member.fill("Your post", TEXT)
    member.press("See how it looks")
    member.sees("How it will look", "Nothing is sent yet")
    assert member.page.locator("main .post-body strong", has_text="not").count() == 1
    member.inspect()
    member.press("Send", within="main form")
    member.sees("Your post waits for a person", "Nobody else can see it yet")
    member.inspect()
    member.go("/talk/mine/")
    member.sees(TITLE, "Waiting")
    member.inspect()

    make_person("stranger", trust=1)
    stranger = visit(**device)
    stranger.sign_in("stranger", PASSPHRASE)
    stranger.go("/talk/b/parents/")
    stranger.sees_not(TITLE)
    from forum.models import Topic

    address = f"/talk/t/{Topic.objects.get().public_id}/"
    assert stranger.page.goto(address).status == 404
    made_up = stranger.page.goto("/talk/t/abcdefghjkmn/")
    assert made_up.status == 404


@TWO_WAYS
def test_a_topic_is_approved_answered_reported_hidden_and_restored(visit, device):
    make_person("moderator", role="moderator")
    make_person("answers", trust=1)
    make_person("stranger", trust=1)
    asks = visit(**device)
    join(asks)
    write_topic(asks, board="Parents", title=TITLE, text=TEXT)

    moderator = visit(**device)
    moderator.sign_in("moderator", PASSPHRASE)
    moderator.go("/queue/")
    moderator.inspect()
    decide_first(moderator, "approve")

    asks.go("/me/")
    asks.sees("post")
    answers = visit(**device)
    answers.sign_in("answers", PASSPHRASE)
    answers.go("/talk/b/parents/")
    answers.follow(TITLE, within="main")
    answers.inspect()
    answers.follow("Write a reply")
    answers.fill("Your reply", "A walk together helped us more than any words.")
    answers.press("Send", within="main form")
    answers.sees("1 reply", "A walk together helped us")

    reporter = visit(**device)
    reporter.sign_in("stranger", PASSPHRASE)
    reporter.go("/talk/b/parents/")
    reporter.follow(TITLE, within="main")
    reporter.sees("A walk together")
    reporter.page.locator("article", has_text="A walk together").get_by_role("link", name="Report").click()
    assert "worried about this person" in reporter.page.locator("main form label").first.inner_text()
    reporter.inspect()
    reporter.page.get_by_role("radio").nth(1).check()
    reporter.press("Send the report")
    reporter.inspect()

    decide_first(moderator, "hide", reason="unkind")
    reporter.go("/talk/b/parents/")
    reporter.follow(TITLE, within="main")
    reporter.sees_not("A walk together")
    answers.go("/talk/mine/")
    answers.sees("Hidden", "From the moderation team")
    answers.inspect()

    from forum.models import Post

    hidden = Post.objects.get(state="hidden")
    moderator.go(f"/talk/p/{hidden.public_id}/restore/")
    moderator.inspect()
    moderator.page.locator("main form button[type=submit]").first.click()
    moderator.page.wait_for_load_state()
    reporter.go("/talk/b/parents/")
    reporter.follow(TITLE, within="main")
    reporter.sees("A walk together")


@TWO_WAYS
def test_words_of_crisis_bring_up_help_in_the_same_answer(visit, device):
    member = visit(**device)
    join(member)
    write_topic(member, board="Parents", title="I cannot go on", text="I want to kill myself tonight.")
    member.sees("Your post waits for a person", "988")
    assert member.page.locator("main a[href^='tel:']").count() >= 1
    member.inspect()
