"""The posts a member keeps for later, as their list shows them."""

from dataclasses import dataclass
from typing import Any

from forum import marks
from forum.models import Bookmark, Member, Post
from forum.topic_showing import public_title
from safety.clean import plain_text

KEPT_A_PAGE = 20
WORDS_SHOWN = 140


@dataclass(frozen=True)
class KeptPost:
    """A kept post; without an address when this reader may not see it any more."""

    public_id: str
    url: str = ""
    title: str = ""
    by: str = ""
    board: str = ""
    words: str = ""


def kept(user: Any, member: Member, *, before: str = "") -> tuple[list[KeptPost], str]:
    """A page of what this member keeps, newest kept first, and how to ask for the next. Two queries."""
    mine = Bookmark.objects.filter(member=member).order_by("-pk")
    if before:
        mine = mine.filter(pk__lt=mine.filter(post__public_id=before[:16]).values("pk")[:1])
    rows = list(mine.values_list("post_id", "post__public_id")[: KEPT_A_PAGE + 1])
    posts = (
        Post.objects.found_by(user)
        .select_related("author__user", "published_revision", "topic__board")
        .select_related("topic__first_post__published_revision")
        .in_bulk([pk for pk, _public_id in rows[:KEPT_A_PAGE]])
    )
    shown = [
        _shown(posts[pk], member) if pk in posts else KeptPost(public_id)
        for pk, public_id in rows[:KEPT_A_PAGE]
    ]
    return shown, rows[KEPT_A_PAGE - 1][1] if len(rows) > KEPT_A_PAGE else ""


def _shown(post: Post, member: Member) -> KeptPost:
    return KeptPost(
        public_id=post.public_id,
        url=post.get_absolute_url(),
        title=public_title(post.topic),
        by=post.author.handle,
        board=post.topic.board.name,
        words=_first_words(post, member),
    )


def _first_words(post: Post, member: Member) -> str:
    """How the post begins; nothing of one that its reader wants folded."""
    revision = post.published_revision
    if revision is None or not set(revision.content_notes) <= set(member.unfolds):
        return ""
    words = marks.without_marks(plain_text(revision.html))
    return words if len(words) <= WORDS_SHOWN else words[:WORDS_SHOWN].rsplit(" ", 1)[0] + " …"
