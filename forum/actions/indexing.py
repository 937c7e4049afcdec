"""The words that search looks through: a row a published post, written with the act that changes the post.

Held, hidden and redacted words are not in it at all. Called by the mover, inside an action's transaction.
"""

import re
from collections.abc import Iterable, Iterator

from django.db import DatabaseError, connection, transaction

from forum.models import Post, PostRevision, PostSearch
from forum.states import PostState
from safety.words import plain_text

#: Where a wording shows the words of another post, or a person's name: those are not its author's words.
_MARK = re.compile(r"\[\[(?:quote|name):[0-9]{1,4}\]\]")
#: Control characters: the snippets of a page mark the found words with two of them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORDS = ("title", "html", "lang")
_OF_POST = tuple(f"published_revision__{name}" for name in _WORDS)
_AT_ONCE = 500
#: How FTS5 is given a command.
_TO_INDEX = "INSERT INTO forum_postsearch_fts(forum_postsearch_fts"


def _readable(text: str) -> str:
    return _CONTROLS.sub("", _MARK.sub(" ", text)).strip()


def row_of(*, post_id: int, title: str, html: str, lang: str) -> PostSearch:
    """What search looks through of a published post with this wording; not saved."""
    return PostSearch(
        id=post_id, post_id=post_id, title=_readable(title), text=_readable(plain_text(html)), lang=lang
    )


def enter(*, post_id: int, words: PostRevision) -> None:
    """A post was just published with this wording: one INSERT."""
    row = row_of(post_id=post_id, title=words.title, html=words.html, lang=words.lang)
    row.save(force_insert=True)


def write_again(*, post_id: int, revision_id: int) -> None:
    """A post shows this wording now: what the index held of it before goes."""
    words = PostRevision.objects.only(*_WORDS).get(pk=revision_id)
    row = row_of(post_id=post_id, title=words.title, html=words.html, lang=words.lang)
    fields = {"title": row.title, "text": row.text, "lang": row.lang}
    if not PostSearch.objects.filter(pk=post_id).update(**fields):
        row.save(force_insert=True)


def take_out(*, post_id: int) -> None:
    """Nobody finds this post any more."""
    PostSearch.objects.filter(pk=post_id).delete()


def enter_all(*, topics: Iterable[int] | None = None) -> int:
    """Rows for published posts that have none, of the site or of these topics; how many were made.

    For what wrote posts in bulk, past the actions.
    """
    missing = Post.objects.filter(state=PostState.PUBLISHED, search_row__isnull=True)
    if topics is not None:
        missing = missing.filter(topic__in=topics)
    words = missing.order_by("pk").values_list("pk", *_OF_POST)
    made = last = 0
    while found := list(words.filter(pk__gt=last)[:_AT_ONCE]):
        PostSearch.objects.bulk_create(
            row_of(post_id=pk, title=title, html=html, lang=lang) for pk, title, html, lang in found
        )
        made, last = made + len(found), found[-1][0]
    return made


def differing() -> Iterator[int]:
    """The ids of posts whose row is missing, stands where it must not, or holds other words."""
    stray = PostSearch.objects.exclude(post__state=PostState.PUBLISHED)
    yield from stray.order_by("pk").values_list("pk", flat=True)
    published = Post.objects.filter(state=PostState.PUBLISHED).order_by("pk")
    found = published.values_list(
        "pk", *_OF_POST, "search_row__title", "search_row__text", "search_row__lang"
    )
    for pk, title, html, lang, *stored in found.iterator(chunk_size=2000):
        row = row_of(post_id=pk, title=title, html=html, lang=lang)
        if stored != [row.title, row.text, row.lang]:
            yield pk


@transaction.atomic
def set_right(*, post_id: int) -> bool:
    """Make one post's row what it must be; False when it was already."""
    # Behind the post's lock: no act changes it between question and answer.
    post = Post.objects.select_for_update().filter(pk=post_id).first()
    if post is None or post.state != PostState.PUBLISHED or post.published_revision_id is None:
        return PostSearch.objects.filter(pk=post_id).delete()[0] > 0
    before = PostSearch.objects.filter(pk=post_id).values_list("title", "text", "lang").first()
    write_again(post_id=post_id, revision_id=post.published_revision_id)
    return before != PostSearch.objects.filter(pk=post_id).values_list("title", "text", "lang").get()


def is_whole() -> bool:
    """Does the index of the database itself hold exactly the rows? PostgreSQL sees to that by itself."""
    if connection.vendor != "sqlite":
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{_TO_INDEX}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True


def build_again() -> None:
    """Make the index of the database anew from the rows."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"{_TO_INDEX}) VALUES ('rebuild')")


def forget() -> None:
    """Write the index anew without what was taken out of it.

    FTS5 only marks an entry as deleted, and keeps its words in the file until the parts of the index are
    merged. PostgreSQL's vacuum does the same for its own.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"{_TO_INDEX}) VALUES ('optimize')")
