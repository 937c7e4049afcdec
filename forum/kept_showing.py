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


@dataclass(frozen=True)
class KeptPage:
    """A page of what a member keeps; `more` asks for the next one."""

    rows: list[KeptPost]
    more: str
    is_first: bool


def kept(user: Any, member: Member, *, before: str = "") -> KeptPage:
    """What this member keeps, newest kept first. Two queries, three further on.

    `before` is the `more` of the page before; whatever is not kept, or no longer, means the first page.
    """
    mine = Bookmark.objects.filter(member=member).order_by("-pk")
    last = mine.filter(post__public_id=before[:16]).first() if before else None
    here = mine.filter(pk__lt=last.pk) if last else mine
    rows = list(here.values_list("post_id", "post__public_id")[: KEPT_A_PAGE + 1])
    posts = (
        Post.objects.found_by(user)
        .for_reader(member)
        .select_related("author__user", "published_revision", "topic__board")
        .select_related("topic__first_post__published_revision")
        .in_bulk([pk for pk, _public_id in rows[:KEPT_A_PAGE]])
    )
    return KeptPage(
        rows=[
            _shown(posts[pk], member) if pk in posts else KeptPost(public_id)
            for pk, public_id in rows[:KEPT_A_PAGE]
        ],
        more=rows[KEPT_A_PAGE - 1][1] if len(rows) > KEPT_A_PAGE else "",
        is_first=last is None,
    )


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
    if revision is None or post.is_folded or not set(revision.content_notes) <= set(member.unfolds):
        return ""
    words = marks.without_marks(plain_text(revision.html))
    return words if len(words) <= WORDS_SHOWN else words[:WORDS_SHOWN].rsplit(" ", 1)[0] + " …"
