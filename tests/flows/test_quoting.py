"""A member quotes someone's words, and the words stay theirs (scenario A37; hazards H12, H15)."""

import datetime as dt
import html
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import actions
from forum.actions.purging import purge_texts
from forum.models import Distance, Post, PostRevision, Quote, ReviewItem
from forum.states import PostState, ReasonKind
from tests.factories import bring_to, make_board, open_topic, write_reply
from tests.flows.forum_scene import (
    again,
    decided,
    item_of,
    opened,
    reply_by,
    time_to_change_is_over,
    topic_by,
    url_of,
)
from tests.flows.writing_scene import SUICIDAL, fill_in, helplines, main_of

pytestmark = pytest.mark.django_db

SAID = "We kept the porch light on.\nHe came home at four."
LIGHT, FOUR = "We kept the porch light on.", "He came home at four."
GONE = "The quoted words are no longer available."
REFUSED = "The quoted words are not in that post any more"


@pytest.fixture
def said(answers):
    """What somebody wrote in a public board."""
    topic = open_topic(answers.member, make_board(audience="public"))
    return again(write_reply(answers.member, topic, text=SAID))


def reply_url(post) -> str:
    return f"/talk/t/{post.topic.public_id}/reply/"


def field_of(person, address: str) -> str:
    """What stands in the text field when this person opens the page."""
    page = person.get(address).content.decode()
    return html.unescape(page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]).strip()


def block_of(person, post) -> str:
    return field_of(person, f"{reply_url(post)}?quote={post.public_id}")


def quoting(person, post, *, own="This helps me.", block=None) -> Post:
    """A reply with a quote of this post."""
    text = f"{block or block_of(person, post)}\n\n{own}"
    wording = actions.prepare(source=text, by=person.member, topic=post.topic)
    sent = actions.submit_reply(
        by=person.member, topic=post.topic, wording=wording, client_token=uuid.uuid4().hex
    )
    return again(sent.post)


def read(person, post) -> str:
    return html.unescape(person.get(post.topic.get_absolute_url()).content.decode())


def quotes_in(page: str) -> list[str]:
    """The quotes of a page, as they are shown."""
    return [part.split("</blockquote>")[0] for part in page.split('<blockquote class="quote">')[1:]]


# --- quoting -------------------------------------------------------------------------------------------------


def test_the_link_leads_to_a_reply_that_begins_with_the_words(stranger, said):
    page = read(stranger, said)
    assert f"{reply_url(said)}?quote={said.public_id}" in page
    assert block_of(stranger, said) == f"> answers: /talk/p/{said.public_id}/\n> {LIGHT}\n> {FOUR}"


def test_a_quote_is_sent_and_read_with_who_wrote_it_and_where(stranger, visitor, said):
    fields = {"text": f"{block_of(stranger, said)}\n\nThank you for this."}
    response = fill_in(stranger, reply_url(said), **fields)
    assert response.status_code == 302
    post = Post.objects.latest("pk")
    assert (post.reply_to, post.latest_revision.quotes.get().excerpt) == (said, f"{LIGHT}\n{FOUR}")
    for reader in (stranger, visitor):
        [quote] = quotes_in(read(reader, said))
        assert f'href="/talk/p/{said.public_id}/">answers wrote:' in quote
        assert LIGHT in quote
        assert FOUR in quote
    # The words are kept by reference: nothing of them is in the quoter's text.
    row = post.published_revision
    assert not any(LIGHT in words for words in (row.source, row.html, row.text_norm))


def test_a_part_of_the_words_can_be_quoted_and_a_preview_shows_it(stranger, said):
    block = f"> answers: /talk/p/{said.public_id}/\n> kept the porch light on"
    response = fill_in(stranger, reply_url(said), press="preview", text=f"{block}\n\nYes.")
    assert "kept the porch light on" in quotes_in(response.content.decode())[0]
    assert not Quote.objects.exists()


def test_the_signs_of_a_post_are_no_part_of_what_is_quoted(stranger, said):
    text = "I **really** mean `it`, [this](https://example.org/a) too.\n\n- one\n- two"
    styled = reply_by(stranger, said.topic, text=text)
    block = block_of(stranger, styled)
    assert "**" not in block
    assert "I really mean it" in block
    assert quoting(stranger, styled).latest_revision.quotes.exists()


@pytest.mark.parametrize(
    "line",
    [
        "He never came home.",
        "porch light off",
        "We kept the porch li",
        f"{FOUR}\n> {LIGHT}",
        "",
        "!!!",
    ],
)
def test_words_that_do_not_stand_there_are_not_put_in_anybody_s_mouth(stranger, said, line):
    text = f"> answers: /talk/p/{said.public_id}/\n> {line}\n\nMy own words."
    response = fill_in(stranger, reply_url(said), text=text)
    assert response.status_code == 422
    page = html.unescape(response.content.decode())
    assert REFUSED in page
    assert "My own words." in page
    assert not Quote.objects.exists()


def test_an_answer_tells_nothing_of_posts_one_may_not_read(stranger, asks, said):
    """A held post, a post of another topic and a made-up one get one answer."""
    held = write_reply(asks.member, said.topic, text=LIGHT)
    elsewhere = topic_by(stranger, text=LIGHT)
    answers_given = set()
    for public_id in (held.public_id, elsewhere.public_id, "AAAAAAAAAAAA"):
        text = f"> someone: /talk/p/{public_id}/\n> {LIGHT}\n\nMine."
        response = fill_in(stranger, reply_url(said), text=text)
        assert response.status_code == 422
        answers_given.add(response.context["form"].errors["text"][0])
        assert field_of(stranger, f"{reply_url(said)}?quote={public_id}") == ""
    assert len(answers_given) == 1


def test_what_a_post_quotes_is_not_quoted_again(stranger, answers, said):
    """One step deep: the words belong to who wrote them."""
    post = quoting(stranger, said, own="So did we.")
    assert block_of(answers, post) == f"> stranger: /talk/p/{post.public_id}/\n> So did we."


def test_a_quote_alone_is_no_reply(stranger, said):
    response = fill_in(stranger, reply_url(said), text=block_of(stranger, said))
    assert response.status_code == 422
    assert LIGHT in html.unescape(response.content.decode())


def test_ten_quotes_fit_and_eleven_are_given_back(stranger, said):
    block = f"> answers: /talk/p/{said.public_id}/\n> {FOUR}\n\n"
    assert quoting(stranger, said, block=block * 10).latest_revision.quotes.count() == 10
    response = fill_in(stranger, reply_url(said), text=block * 11 + "Mine.")
    assert response.status_code == 422
    assert "11" in response.context["form"].errors["text"][0]


@pytest.mark.parametrize(
    "text", ["> > > > four deep", "> answers: /talk/p/{id}/\n> > > > > five deep\n\nMine"]
)
def test_quotes_four_deep_are_given_back(stranger, said, text):
    response = fill_in(stranger, reply_url(said), text=text.format(id=said.public_id))
    assert response.status_code == 422
    assert "three deep" in response.context["form"].errors["text"][0]


def test_two_quoted_posts_make_no_answer_to_one(stranger, said):
    other = reply_by(stranger, said.topic, text="Another evening.")
    block = f"{block_of(stranger, said)}\n{block_of(stranger, other)}"
    post = quoting(stranger, said, block=block)
    assert post.latest_revision.quotes.count() == 2
    assert post.reply_to is None


def test_a_mark_that_somebody_types_is_text(stranger, said):
    typed = "[[quote:1]]\n\nMine, [[name:1]].\n\n```\n[[quote:2]]\n```"
    post = quoting(stranger, said, own=typed)
    page = read(stranger, said)
    assert len(quotes_in(page)) == 1
    assert page.count("[[quote:1]]") == 1
    assert "[[name:1]]" in page
    assert typed in field_of(stranger, url_of(post, "edit"))


def test_a_mark_in_a_link_never_becomes_html(stranger, answers, said):
    post = quoting(stranger, said, own='[a](/talk/ "[[name:1]] [[quote:1]]") @answers')
    assert post.latest_revision.mentions.exists()
    assert 'title="[[name:1]] [[quote:1]]"' in read(stranger, said)
    assert "<script" not in "".join(quotes_in(read(stranger, said)))


def test_quoted_signs_of_html_are_shown_as_signs(stranger, said):
    post = reply_by(stranger, said.topic, text="a <b>tag</b> & <script>alert(1)</script>")
    quoting(stranger, post)
    page = stranger.get(said.topic.get_absolute_url()).content.decode()
    assert "&lt;script&gt;" in quotes_in(page)[0]
    assert "<script>alert" not in page


def test_what_looks_like_a_quote_inside_code_is_code(stranger, said):
    block = f"> answers: /talk/p/{said.public_id}/\n> never said"
    post = reply_by_form(stranger, said, f"```\n{block}\n```\nSee?")
    assert "never said" in post.published_revision.html
    assert not Quote.objects.exists()


def reply_by_form(person, post, text) -> Post:
    assert fill_in(person, reply_url(post), text=text).status_code == 302
    return again(Post.objects.latest("pk"))


def test_a_draft_keeps_its_words_when_a_quote_comes_to_it(stranger, said):
    fields = opened(stranger, reply_url(said)) | {"text": "Begun yesterday.", "keep": "1"}
    assert stranger.post(reply_url(said), fields).status_code == 200
    text = block_of(stranger, said)
    assert text.startswith("Begun yesterday.\n\n> answers: ")
    assert text.endswith(FOUR)


# --- whose words are looked at -----------------------------------------------------------------------------------


def test_nobody_is_held_for_words_they_quote(stranger, answers, said):
    """Danger, a watched phrase and a link in a quote are its author's, and were looked at there."""
    helplines()
    words = f"{SUICIDAL} See https://example.org/x"
    dark = reply_by(answers, said.topic, text=words)
    dark = decided(*_by_moderator(dark)) if dark.state != PostState.PUBLISHED else dark
    post = quoting(stranger, dark, own="I am here.")
    assert post.state == PostState.PUBLISHED
    assert not ReviewItem.objects.filter(post=post).exists()
    assert "suic" not in post.published_revision.text_norm
    assert "example.org" not in post.published_revision.text_norm


def _by_moderator(post):
    from tests.cast import make_person

    return make_person("heron", role="moderator"), post


def test_one_s_own_words_beside_a_quote_are_looked_at(stranger, said):
    helplines()
    post = quoting(stranger, said, own=SUICIDAL)
    assert post.state == PostState.HELD
    assert ReasonKind.CRISIS in item_of(post).reasons.values_list("kind", flat=True)


# --- words that go ---------------------------------------------------------------------------------------------------


@pytest.fixture
def quoted(stranger, said):
    """A post that quotes."""
    return quoting(stranger, said)


def _everywhere(people, post) -> str:
    """Every page on which these people meet that post."""
    addresses = [post.topic.get_absolute_url(), f"/talk/p/{post.public_id}/", "/talk/mine/"]
    addresses += [url_of(post, act) for act in ("edit", "history", "withdraw", "report")]
    pages = []
    for person in people:
        for address in addresses:
            pages.append(html.unescape(person.get(address, follow=True).content.decode()))
    return "\n".join(pages)


@pytest.mark.parametrize("state", ["hidden", "removed", "retracted"])
def test_taken_down_words_are_in_no_quote(
    stranger, answers, visitor, newcomer, moderator, said, quoted, state
):
    """Not for the quoter in their own form either; the team reads them where it reads the post."""
    bring_to(state, post=said, author=answers.member, moderator=moderator.member)
    pages = _everywhere((stranger, visitor, newcomer), quoted)
    assert LIGHT not in pages
    assert FOUR not in pages
    assert GONE in read(stranger, said)
    assert f"({GONE})" in field_of(stranger, url_of(quoted, "edit"))
    assert quotes_in(read(moderator, said)) == []


def test_words_come_back_with_the_post(stranger, answers, moderator, said, quoted):
    bring_to("hidden", post=said, author=answers.member, moderator=moderator.member)
    actions.restore_post(by=moderator.member, post=again(said))
    assert LIGHT in quotes_in(read(stranger, said))[0]


def test_words_the_team_took_out_are_in_no_quote(
    stranger, answers, visitor, moderator, newcomer, said, quoted
):
    wording = actions.prepare(source=LIGHT)
    actions.amend_post(by=moderator.member, post=again(said), wording=wording, reason_code="private")
    assert FOUR not in _everywhere((stranger, visitor, newcomer, moderator), quoted)
    assert GONE in read(stranger, said)


def test_words_its_author_changed_are_in_no_quote(stranger, answers, visitor, said, quoted):
    wording = actions.prepare(source="Other words.")
    actions.edit_post(by=answers.member, post=again(said), wording=wording)
    assert FOUR not in _everywhere((stranger, visitor), quoted)
    assert GONE in read(visitor, said)


def test_a_quote_of_what_another_board_hides_is_not_shown_there(stranger, visitor, said, quoted):
    """A quote asks who may read its post, wherever it stands."""
    from forum.models import Topic

    hidden = open_topic(stranger.member, make_board(slug="inside", name="Inside"))
    Post.objects.filter(pk=said.pk).update(topic=hidden, position=7)
    Topic.objects.filter(pk=hidden.pk).update(next_position=8)
    assert GONE in read(visitor, quoted)
    assert LIGHT in quotes_in(read(stranger, quoted))[0]


def _a_month_later() -> None:
    purge_texts(now=timezone.now() + dt.timedelta(days=31))


def test_the_purge_empties_what_others_quoted(answers, moderator, stranger, said, quoted):
    bring_to("retracted", post=said, author=answers.member, moderator=moderator.member)
    assert Quote.objects.get().excerpt
    _a_month_later()
    assert Quote.objects.get().excerpt == ""
    assert GONE in read(stranger, said)


def test_the_purge_empties_quotes_of_what_the_team_took_out_and_no_others(
    answers, moderator, stranger, said, quoted
):
    kept = quoting(stranger, said, block=f"> answers: /talk/p/{said.public_id}/\n> {LIGHT}")
    actions.amend_post(
        by=moderator.member, post=again(said), wording=actions.prepare(source=LIGHT), reason_code="private"
    )
    _a_month_later()
    assert list(Quote.objects.exclude(excerpt="").values_list("revision__post", flat=True)) == [kept.pk]


def test_the_purge_empties_what_a_closed_post_quoted_and_named(stranger, moderator, said):
    post = quoting(stranger, said, own="Thank you @answers")
    bring_to("retracted", post=post, author=stranger.member, moderator=moderator.member)
    _a_month_later()
    revision = PostRevision.objects.get(post=post)
    assert (revision.quotes.get().excerpt, revision.mentions.count()) == ("", 0)


def test_a_person_who_left_is_quoted_without_a_name(stranger, answers, said, quoted):
    from forum.models import Member

    Member.objects.filter(pk=answers.member.pk).update(user=None)
    assert "former member wrote:" in quotes_in(read(stranger, said))[0]


# --- distance ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["the quoted", "the quoter"])
def test_nobody_quotes_across_a_block_and_nothing_says_why(stranger, answers, said, who):
    block = block_of(stranger, said)
    pair = (answers.member, stranger.member)
    one, other = pair if who == "the quoted" else pair[::-1]
    Distance.objects.create(member=one, other=other, kind="block")
    assert block_of(stranger, said) == ""
    blocked = fill_in(stranger, reply_url(said), text=f"{block}\n\nMine.")
    made_up = fill_in(stranger, reply_url(said), text=f"> answers: /talk/p/{'A' * 12}/\n> x\n\nMine.")
    assert blocked.status_code == made_up.status_code == 422
    assert blocked.context["form"].errors == made_up.context["form"].errors
    assert not Quote.objects.exists()


@pytest.mark.parametrize("kind", ["mute", "block"])
def test_quoted_words_of_someone_kept_away_are_folded(stranger, answers, newcomer, said, quoted, kind):
    Distance.objects.create(member=newcomer.member, other=answers.member, kind=kind)
    page = read(newcomer, said)
    folded = page.split("<summary>Show what answers wrote</summary>")[1].split("</details>")[0]
    assert LIGHT in folded
    assert "<summary>Show what" not in read(stranger, said)


def test_quoted_words_of_a_post_with_a_content_note_are_folded_as_the_post_is(
    stranger, answers, visitor, newcomer, said
):
    wording = actions.prepare(source=SAID, content_notes=["grief", "use"])
    actions.edit_post(by=answers.member, post=again(said), wording=wording)
    quoting(stranger, said)
    summary = "Show what answers wrote. It mentions: A death, Return to use</summary>"
    for reader in (stranger, visitor):
        assert LIGHT in read(reader, said).split(summary)[1].split("</details>")[0]
    member = newcomer.member
    member.unfolds = ["grief", "use"]
    member.save()
    page = read(newcomer.anew(), said)
    assert "<summary>Show what" not in page
    assert LIGHT in quotes_in(page)[0]


def test_a_quote_from_before_a_block_stays_when_the_text_around_it_changes(stranger, answers, said, quoted):
    """A block is about what comes; an older quote is folded, and its post can still be changed."""
    Distance.objects.create(member=answers.member, other=stranger.member, kind="block")
    text = field_of(stranger, url_of(quoted, "edit"))
    response = fill_in(stranger, url_of(quoted, "edit"), text=f"{text} Still.")
    assert response.status_code in {200, 302}
    assert again(quoted).latest_revision.quotes.get().post == said


# --- changing a post that quotes -------------------------------------------------------------------------------------


def test_a_post_that_quotes_opens_as_it_was_typed_and_keeps_its_quote(stranger, said, quoted):
    address = url_of(quoted, "edit")
    text = field_of(stranger, address)
    assert text == f"> answers: /talk/p/{said.public_id}/\n> {LIGHT}\n> {FOUR}\n\nThis helps me."
    assert fill_in(stranger, address, text=text).status_code == 302  # the words as they were: nothing new
    assert quoted.revisions.count() == 1
    fill_in(stranger, address, text=f"{text} A lot.")
    assert again(quoted).latest_revision.quotes.get().excerpt == f"{LIGHT}\n{FOUR}"
    fill_in(
        stranger, address, text=f"> answers: /talk/p/{said.public_id}/\n> {FOUR}\n\nThis helps me. A lot."
    )
    assert again(quoted).latest_revision.quotes.get().excerpt == FOUR


def test_the_team_s_change_keeps_the_quote(stranger, moderator, said, quoted):
    address = url_of(quoted, "amend")
    fields = opened(moderator, address)
    text = field_of(moderator, address)
    assert LIGHT in text
    fields |= {"text": text.replace("helps", "does help"), "reason_code": "private", "message": "Why."}
    assert moderator.post(address, fields).status_code == 302
    shown = again(quoted).published_revision
    assert (shown.number, shown.quotes.get().post) == (2, said)
    assert LIGHT in quotes_in(read(stranger, said))[0]


def test_a_moderator_reads_the_quote_in_the_queue_and_takes_words_out_around_it(asks, moderator, said):
    post = quoting(asks, said, own="Call me, 555-0100.")
    address = f"/queue/{item_of(post).pk}/"
    assert LIGHT in quotes_in(moderator.get(address).content.decode())[0]
    fields = opened(moderator, address)
    text = field_of_decision(moderator, address).replace(", 555-0100", "")
    fields |= {"decision": "redact", "text": text, "reason_code": "private", "message": "A number."}
    assert moderator.post(address, fields).status_code == 302
    post = again(post)
    assert post.published_revision.quotes.get().excerpt == f"{LIGHT}\n{FOUR}"
    assert post.state == PostState.PUBLISHED


def field_of_decision(person, address: str) -> str:
    return person.get(address).context["form"]["text"].value()


def test_a_held_post_whose_quote_was_taken_out_answers_nobody(asks, said):
    post = quoting(asks, said)
    assert post.reply_to == said
    fill_in(asks, url_of(post, "edit"), text="Without it.")
    assert again(post).reply_to is None


def test_a_split_topic_keeps_the_quotes_of_its_new_first_post(stranger, moderator, said, quoted):
    actions.split_topic(by=moderator.member, posts=[quoted], board=quoted.topic.board, title="Goes on here")
    page = read(stranger, again(quoted))
    assert LIGHT in quotes_in(page)[0]


def test_the_first_wording_is_found_again_when_the_form_is_sent_twice(stranger, said):
    fields = opened(stranger, reply_url(said)) | {"text": f"{block_of(stranger, said)}\n\nYes.", "send": "1"}
    places = {stranger.post(reply_url(said), fields)["Location"] for _twice in range(2)}
    assert len(places) == 1
    assert Quote.objects.count() == 1


def test_words_taken_back_between_writing_and_sending_are_refused_with_the_text(
    stranger, answers, moderator, said
):
    text = f"{block_of(stranger, said)}\n\nMy own words."
    bring_to("retracted", post=said, author=answers.member, moderator=moderator.member)
    response = fill_in(stranger, reply_url(said), text=text)
    assert response.status_code == 422
    assert "My own words." in main_of(response)
    assert time_to_change_is_over(said).state == PostState.RETRACTED


def test_looking_for_copies_of_what_was_taken_out_finds_no_quotes(stranger, moderator, said, quoted):
    """They are gone already; a copy that somebody typed is found."""
    copied = reply_by(stranger, said.topic, text=f"As was said: {FOUR}")
    actions.amend_post(
        by=moderator.member, post=again(said), wording=actions.prepare(source=LIGHT), reason_code="private"
    )
    assert list(ReviewItem.objects.values_list("post", flat=True)) == [copied.pk]


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_a_page_with_many_quotes_costs_one_query_more_than_one_without(stranger, answers, visitor, said):
    def cost(person) -> int:
        address = said.topic.get_absolute_url()
        person.get(address)
        with CaptureQueriesContext(connection) as queries:
            person.get(address)
        return len(queries)

    reply_by(stranger, said.topic)
    readers = (stranger, visitor)
    plain = [cost(reader) for reader in readers]
    quoting(stranger, said, own="One.")
    one = [cost(reader) for reader in readers]
    for n in range(6):
        quoting(stranger, said, own=f"Thank you @answers, {n} times.")
    many = [cost(reader) for reader in readers]
    assert one == many == [number + 1 for number in plain]


def test_a_reply_without_a_quote_costs_what_it_did(stranger, said, django_assert_num_queries):
    by, topic = stranger.member, said.topic
    with django_assert_num_queries(0):
        actions.prepare(source="> words of a book\n\nMine.", by=by, topic=topic)
