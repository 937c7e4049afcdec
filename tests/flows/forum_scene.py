"""What the forum's flows begin with: posts made by the actions, and forms filled in as a browser does."""

import re
import uuid

from django.db.models import Max
from django.utils import timezone

from forum import actions, rules
from forum.models import Board, Post, ReviewItem, Topic
from forum.states import Decision, PostState
from tests.factories import make_board

HIDDEN_INPUT = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def the_board() -> Board:
    """The board of this test."""
    return Board.objects.filter(slug="parents").first() or make_board()


def topic_by(person, *, title="A first evening", text="We sat in the kitchen for a long time.") -> Post:
    """A topic as this person sends it: held when their trust is 0, else published. Its first post."""
    wording = actions.prepare(title=title, source=text)
    sent = actions.submit_topic(
        by=person.member, board=the_board(), wording=wording, client_token=uuid.uuid4().hex
    )
    return again(sent.post)


def reply_by(person, topic, *, text="Thank you for writing this.") -> Post:
    """A reply as this person sends it."""
    wording = actions.prepare(source=text)
    sent = actions.submit_reply(by=person.member, topic=topic, wording=wording, client_token=uuid.uuid4().hex)
    return again(sent.post)


def edited(person, post, *, text) -> Post:
    """The post with a changed text that waits."""
    time_to_change_is_over(post)
    wording = actions.prepare(title=post.latest_revision.title, source=text)
    actions.edit_post(by=person.member, post=again(post), wording=wording)
    return again(post)


def time_to_change_is_over(post) -> Post:
    """The minutes in which a known member's change shows at once are over."""
    early = timezone.now() - rules.GRACE_TO_CHANGE
    Post.objects.filter(pk=post.pk, published_at__gt=early).update(published_at=early)
    newest = Post.objects.filter(topic=post.topic_id).aggregate(newest=Max("published_at"))["newest"]
    Topic.objects.filter(pk=post.topic_id).update(last_published_at=newest)
    return again(post)


def again(post) -> Post:
    """The post as it is in the database now."""
    return Post.objects.select_related(
        "topic__board", "author__user", "published_revision", "latest_revision"
    ).get(pk=post.pk)


def item_of(post) -> ReviewItem:
    """The newest item about this post."""
    return ReviewItem.objects.filter(post=post).select_related("post").latest("pk")


def decided(person, post, decision=Decision.APPROVE, **rest) -> Post:
    """The post after this moderator decided about its open item."""
    item = item_of(post)
    actions.decide(
        by=person.member,
        item=item,
        version=item.version,
        revision_id=again(post).latest_revision_id,
        decision=decision,
        idempotency_key=uuid.uuid4().hex,
        **rest,
    )
    return again(post)


def published_by(person, moderator) -> Post:
    """A topic of this person that everyone can read."""
    post = topic_by(person)
    return post if post.state == PostState.PUBLISHED else decided(moderator, post)


def hidden_fields(response) -> dict[str, str]:
    """The hidden inputs of the page's forms, as a browser would send them back."""
    fields = dict(HIDDEN_INPUT.findall(response.content.decode()))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def url_of(post, act: str) -> str:
    return f"/talk/p/{post.public_id}/{act}/"


def page_of(post) -> str:
    """The address of the item about this post."""
    return f"/queue/{item_of(post).pk}/"


def opened(person, address: str) -> dict[str, str]:
    """Open a form and read its hidden fields."""
    response = person.get(address)
    assert response.status_code == 200, response.status_code
    return hidden_fields(response)


def news_goes_out() -> None:
    """The minutes in which a decision can be undone are over: what waited to be told may be told."""
    from accounts.models import Notice, Outbox

    now = timezone.now()
    Notice.objects.filter(not_before__gt=now).update(not_before=now)
    Outbox.objects.filter(not_before__gt=now).update(not_before=now)
