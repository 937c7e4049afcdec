"""Search by FTS5. `allowed` is the SQL of the posts that may be found, for the one row `ROW` names."""

from typing import Any

from django.db import connection

from forum.searching.words import RANKED_AMONG, any_of

#: The row of the index that is looked at, as the query for allowed posts names it.
ROW = "forum_postsearch_fts.rowid"

_SNIPPET = "snippet(forum_postsearch_fts, 1, char(2), char(3), '…', 24)"
_FIND = (
    f"SELECT rowid, {_SNIPPET} FROM forum_postsearch_fts "  # noqa: S608
    "WHERE forum_postsearch_fts MATCH %s "
)
#: A word in a title weighs as much as four in a text.
_BEST = "bm25(forum_postsearch_fts, 4.0, 1.0), rowid DESC"


def best(query: str, allowed: str, params: tuple[Any, ...], *, skip: int, most: int) -> list[Any]:
    """Post and snippet of the best hits, those before `skip` left out."""
    sql = (
        "WITH near AS MATERIALIZED (SELECT rowid AS id, bm25(forum_postsearch_fts, 4.0, 1.0) AS rank "  # noqa: S608
        "FROM forum_postsearch_fts WHERE forum_postsearch_fts MATCH %s "
        f"AND EXISTS ({allowed}) ORDER BY rowid DESC LIMIT %s), "
        "best AS MATERIALIZED (SELECT id, rank FROM near ORDER BY rank, id DESC LIMIT %s) "
        f"SELECT best.id, {_SNIPPET} FROM best JOIN forum_postsearch_fts "
        "ON forum_postsearch_fts.rowid = best.id WHERE forum_postsearch_fts MATCH %s "
        "ORDER BY best.rank, best.id DESC"
    )
    return _rows(sql, (query, *params, RANKED_AMONG, skip + most, query))[skip:]


def newest(query: str, allowed: str, params: tuple[Any, ...], *, before: int | None, most: int) -> list[Any]:
    """Post and snippet of the newest hits, those older than the post `before`."""
    older, limits = ("", ()) if before is None else ("AND rowid < %s ", (before,))
    sql = f"{_FIND} {older} AND EXISTS ({allowed}) ORDER BY rowid DESC LIMIT %s"
    return _rows(sql, (query, *limits, *params, most))


def titles(words: list[str], allowed: str, params: tuple[Any, ...], *, most: int) -> list[int]:
    """Posts whose title holds any of these words, the most alike first."""
    sql = (
        "SELECT rowid FROM forum_postsearch_fts WHERE forum_postsearch_fts MATCH %s "  # noqa: S608
        f"AND EXISTS ({allowed}) ORDER BY {_BEST} LIMIT %s"
    )
    return [pk for (pk,) in _rows(sql, (f"title : ({any_of(words)})", *params, most))]


def _rows(sql: str, params: tuple[Any, ...]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
