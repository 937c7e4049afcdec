"""Search by tsvector. `allowed` is the SQL of the posts that may be found, for the one row `ROW` names.

Limited first, highlighted after: ts_headline reads whole texts, so it gets only the rows that are shown. It
would leave out what looks like a tag to it.
"""

from typing import Any

from django.db import connection

from forum.searching.words import RANKED_AMONG

#: The row of the index that is looked at, as the query for allowed posts names it.
ROW = "found.id"

# Whoever asks may mean either language: a row matches by the words of its own.
_WANTED = "(websearch_to_tsquery('hub_en', %s) || websearch_to_tsquery('hub_es', %s))"
#: A word in a title weighs as much as four in a text (weights D, C, B, A).
_RANK = "ts_rank('{0.25, 0.25, 0.25, 1.0}', found.tsv, {wanted})"
_SNIPPET = (
    "ts_headline(CASE WHEN lang = 'es' THEN 'hub_es'::regconfig ELSE 'hub_en'::regconfig END, "
    f"translate(text, '<>', '‹›'), {_WANTED}, %s)"
)
# ShortWord: else short words at either end are left out, and a snippet of two words may be empty.
_OPTIONS = 'StartSel="\x02", StopSel="\x03", MaxWords=32, MinWords=16, ShortWord=0, MaxFragments=1'


def best(query: str, allowed: str, params: tuple[Any, ...], *, skip: int, most: int) -> list[Any]:
    """Post and snippet of the best hits, those before `skip` left out."""
    sql = (
        "WITH near AS MATERIALIZED (SELECT found.id, found.text, found.lang, found.tsv "  # noqa: S608
        f"FROM forum_postsearch found WHERE found.tsv @@ {_WANTED} AND EXISTS ({allowed}) "
        "ORDER BY found.id DESC LIMIT %s), "
        f"best AS (SELECT id, text, lang, {_RANK.replace('{wanted}', _WANTED)} AS rank FROM near found "
        "ORDER BY rank DESC, id DESC LIMIT %s), "
        "placed AS (SELECT *, row_number() OVER (ORDER BY rank DESC, id DESC) AS place FROM best) "
        f"SELECT id, {_SNIPPET} FROM placed WHERE place > %s ORDER BY place"
    )
    asked = (query, query)
    return _rows(sql, (*asked, *params, RANKED_AMONG, *asked, skip + most, *asked, _OPTIONS, skip))


def newest(query: str, allowed: str, params: tuple[Any, ...], *, before: int | None, most: int) -> list[Any]:
    """Post and snippet of the newest hits, those older than the post `before`."""
    older, limits = ("", ()) if before is None else ("AND found.id < %s ", (before,))
    sql = (
        "WITH newest AS (SELECT found.id, found.text, found.lang FROM forum_postsearch found "  # noqa: S608
        f"WHERE found.tsv @@ {_WANTED} {older} AND EXISTS ({allowed}) ORDER BY found.id DESC LIMIT %s) "
        f"SELECT id, {_SNIPPET} FROM newest ORDER BY id DESC"
    )
    return _rows(sql, (query, query, *limits, *params, most, query, query, _OPTIONS))


def titles(words: list[str], allowed: str, params: tuple[Any, ...], *, most: int) -> list[int]:
    """Posts whose title holds any of these words, the most alike first."""
    wanted = "(to_tsquery('hub_en', %s) || to_tsquery('hub_es', %s))"
    query = " | ".join(f"'{word}':A" for word in words)
    sql = (
        "WITH near AS MATERIALIZED (SELECT found.id, found.tsv FROM forum_postsearch found "  # noqa: S608
        f"WHERE found.tsv @@ {wanted} AND EXISTS ({allowed}) ORDER BY found.id DESC LIMIT %s) "
        f"SELECT id FROM near found ORDER BY {_RANK.replace('{wanted}', wanted)} DESC, id DESC LIMIT %s"
    )
    return [pk for (pk,) in _rows(sql, (query, query, *params, RANKED_AMONG, query, query, most))]


def _rows(sql: str, params: tuple[Any, ...]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
