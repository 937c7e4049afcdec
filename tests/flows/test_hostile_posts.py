"""Text that tries to become code on other people's pages: sent, approved, read (A40; hazards H20, H21)."""

from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from forum import actions, inserting
from forum.models import Post, PostRevision
from forum.templatetags.forum_tags import as_html
from safety.clean import TextRefused
from tests.flows.forum_scene import again, decided, hidden_fields, reply_by, topic_by
from tests.unit.safety.hostile import HOSTILE
from tests.unit.safety.test_clean import assert_harmless

pytestmark = pytest.mark.django_db

LOADS = {"script", "img", "link", "source", "iframe", "object", "embed", "video", "audio", "image", "use"}


class Page(HTMLParser):
    """Which elements a page is made of, what it would load and run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.loaded: list[str] = []
        self.runs: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        of = dict(attrs)
        if tag in LOADS:
            self.loaded += [
                of[name] for name in ("src", "href", "data", "srcset", "xlink:href") if of.get(name)
            ]
        self.runs += [f"{tag} {name}" for name in of if name.startswith("on") or name == "style"]
        if tag == "a":
            self.links.append(of)


def test_the_whole_corpus_sent_approved_and_read_runs_and_loads_nothing(asks, moderator, stranger):
    """A40: through the form's own cleaner and the team's approval, on the page that others read."""
    topic = decided(moderator, topic_by(asks, title="<script>alert(1)</script>", text="Plain.")).topic
    address = f"/talk/t/{topic.public_id}/"
    plain = Page(stranger.get(address).content.decode())
    sent = 0
    for start in range(0, len(HOSTILE), 12):
        text = "\n\n".join(HOSTILE[start : start + 12])
        for attempt in (text, *HOSTILE[start : start + 12]):
            try:
                post = reply_by(asks, topic, text=attempt)
            except TextRefused:
                continue
            except actions.Refused:  # so many posts an hour
                type(post).objects.filter(author=asks.member).update(submitted_at=topic.created_at)
                post = reply_by(asks, topic, text=attempt)
            decided(moderator, post)
            sent += 1
            if attempt == text:
                break
    assert sent >= len(HOSTILE) // 12
    for revision in PostRevision.objects.all():
        assert_harmless(revision.html)
    answer = stranger.get(f"{address}?page=last")
    page = Page(answer.content.decode())
    assert page.runs == []
    # The site's own pictures: an avatar and four links a post, and the way to the first new reply.
    pictures = sent * 5 + 1
    for tag in ("script", "style", "svg", "iframe", "object", "embed", "img", "form", "base", "meta"):
        assert page.tags[tag] <= plain.tags[tag] + (pictures if tag == "svg" else 0), tag
    assert all(source.startswith("/") and not source.startswith("//") for source in page.loaded)
    for link in page.links:
        leaves = (link.get("href") or "").startswith(("http:", "https:"))
        assert not leaves or link["rel"] == "nofollow ugc noopener noreferrer"
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "img-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_picture_from_elsewhere_becomes_a_link_that_nobody_opens_unasked(answers, stranger):
    """H21: no pixel says who reads what."""
    post = topic_by(answers, text="Look: ![a garden](https://pixel.example/x.gif)")
    page = stranger.get(f"/talk/t/{post.topic.public_id}/").content.decode()
    assert "pixel.example" in page
    assert '<img src="https://pixel.example' not in page
    assert not any("pixel.example" in source for source in Page(page).loaded)


def test_the_teams_own_wording_passes_the_same_cleaner(answers, moderator, stranger):
    post = topic_by(answers)
    fields = hidden_fields(moderator.get(f"/talk/p/{post.public_id}/amend/"))
    fields |= {"title": "A title", "text": "<img src=x onerror=alert(1)> [x](javascript:alert(1))"}
    moderator.post(f"/talk/p/{post.public_id}/amend/", fields | {"reason_code": "private", "send": "1"})
    changed = again(post).published_revision
    assert changed.number == 2
    assert_harmless(changed.html)
    assert "<img src=x" not in stranger.get(f"/talk/t/{post.topic.public_id}/").content.decode()


def test_hostile_words_that_are_quoted_and_names_around_them_run_and_load_nothing(answers, stranger):
    """H20: a quote is put into the page apart from the cleaned text; it is harmless there too."""
    topic = topic_by(answers).topic
    quoted = 0
    for words in HOSTILE:
        Post.objects.filter(author=answers.member).update(submitted_at=topic.created_at - timedelta(days=1))
        try:
            post = reply_by(answers, topic, text=f"Look: {words}")
        except TextRefused:
            continue
        block = inserting.to_quote(again(post), by=stranger.member)
        if not block:
            continue
        text = f"{block}\n\n@answers {words}"
        try:
            wording = actions.prepare(source=text, by=stranger.member, topic=again(post).topic)
        except TextRefused:
            continue
        quoted += len(wording.quotes)
        shown = str(as_html(wording))
        ours = {' class="quote-by"': "", ' class="quote"': "", '<span class="mention">@answers</span>': ""}
        bare = shown
        for part, nothing in ours.items():
            bare = bare.replace(part, nothing)
        assert_harmless(bare)
        assert 'class="quote"' in shown
    assert quoted > len(HOSTILE) // 3
