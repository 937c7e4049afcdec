"""A person comes back: what is new is reached by keyboard, marked, followed and kept."""

from tests.cast import PASSPHRASE, make_person
from tests.factories import open_topic, write_reply


def test_the_first_new_reply_is_reached_by_keyboard_and_the_pages_of_reading_are_sound(visit):
    from forum import actions
    from forum.actions.seeing import mark_read
    from forum.models import Board

    answers = make_person("answers", trust=1)
    reader = make_person("stranger", trust=1)
    board = Board.objects.get(slug="parents")
    assert reader.member
    topic = open_topic(answers.member, board, title="First week home")
    mark_read(by=reader.member, topic=topic, position=1, known=None)
    posts = [write_reply(answers.member, topic) for _n in range(6)]
    actions.keep_post(by=reader.member, post=posts[0])
    actions.follow_topic(by=reader.member, topic=topic, level="tracking")
    open_topic(answers.member, board, title="Another evening")

    stranger = visit(width=390)
    stranger.sign_in("stranger", PASSPHRASE)
    page = stranger.page
    for address in ("/talk/", board.get_absolute_url(), "/talk/kept/", f"{topic.get_absolute_url()}follow/"):
        stranger.go(address)
        stranger.inspect()
    stranger.go("/talk/new/")
    stranger.sees("Topics and boards you follow", "First week home", "6 new", "Also new", "Another evening")
    stranger.inspect()

    stranger.go(topic.get_absolute_url())
    stranger.inspect()
    write_reply(answers.member, topic)
    page.reload()
    link = page.get_by_role("link", name="Go to the first new reply")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#new")
    line = page.locator("#new")
    assert line.evaluate("(line) => line === document.activeElement")
    assert 0 <= line.bounding_box()["y"] < 844
    stranger.sees("New since")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.querySelector('#new').compareDocumentPosition(document.activeElement)"
        " & Node.DOCUMENT_POSITION_FOLLOWING"
    )
    stranger.inspect()
