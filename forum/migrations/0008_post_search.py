"""The full-text index of published posts, by database (design: recipes 4), filled from what is published now.

A later migration that rebuilds forum_postsearch on SQLite loses its triggers and must make them again, then
rebuild the index: INSERT INTO forum_postsearch_fts(forum_postsearch_fts) VALUES ('rebuild').
"""

import re

import django.db.models.deletion
from django.db import DatabaseError, migrations, models, transaction

from safety.words import plain_text

SQLITE = [
    "CREATE VIRTUAL TABLE forum_postsearch_fts USING fts5(title, text, content='forum_postsearch', "
    "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER forum_postsearch_enters AFTER INSERT ON forum_postsearch BEGIN "
    "INSERT INTO forum_postsearch_fts(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text); END",
    "CREATE TRIGGER forum_postsearch_leaves AFTER DELETE ON forum_postsearch BEGIN "
    "INSERT INTO forum_postsearch_fts(forum_postsearch_fts, rowid, title, text) "
    "VALUES ('delete', OLD.id, OLD.title, OLD.text); END",
    "CREATE TRIGGER forum_postsearch_changes AFTER UPDATE ON forum_postsearch BEGIN "
    "INSERT INTO forum_postsearch_fts(forum_postsearch_fts, rowid, title, text) "
    "VALUES ('delete', OLD.id, OLD.title, OLD.text); "
    "INSERT INTO forum_postsearch_fts(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text); END",
]
UNDO_SQLITE = [
    "DROP TRIGGER forum_postsearch_changes",
    "DROP TRIGGER forum_postsearch_leaves",
    "DROP TRIGGER forum_postsearch_enters",
    "DROP TABLE forum_postsearch_fts",
]

#: Own configurations: the language's stemming, and accents that need not be typed.
CONFIGURATIONS = [
    "CREATE TEXT SEARCH CONFIGURATION hub_en (COPY = pg_catalog.english)",
    "CREATE TEXT SEARCH CONFIGURATION hub_es (COPY = pg_catalog.spanish)",
]
WITHOUT_ACCENTS = [
    "ALTER TEXT SEARCH CONFIGURATION hub_en ALTER MAPPING FOR hword, hword_part, word "
    "WITH unaccent, english_stem",
    "ALTER TEXT SEARCH CONFIGURATION hub_es ALTER MAPPING FOR hword, hword_part, word "
    "WITH unaccent, spanish_stem",
]
# "drinking/using" are two words, no path; nor is a word with a point in it a host, or one in brackets a tag.
PARTED = "translate({}, './@:-_<>', '        ')"
# A configuration taken from a column would not be immutable, and a generated column must be.
TSV = (
    f"setweight(to_tsvector('{{0}}', {PARTED.format('title')}), 'A') || "
    f"setweight(to_tsvector('{{0}}', {PARTED.format('text')}), 'B')"
)
POSTGRESQL = [
    "ALTER TABLE forum_postsearch ADD COLUMN tsv tsvector GENERATED ALWAYS AS (CASE WHEN lang = 'es' "
    f"THEN {TSV.format('hub_es')} ELSE {TSV.format('hub_en')} END) STORED",
    "CREATE INDEX forum_postsearch_tsv ON forum_postsearch USING gin (tsv)",
]
UNDO_POSTGRESQL = [
    "DROP INDEX forum_postsearch_tsv",
    "ALTER TABLE forum_postsearch DROP COLUMN tsv",
    "DROP TEXT SEARCH CONFIGURATION hub_es",
    "DROP TEXT SEARCH CONFIGURATION hub_en",
]


def _without_accents(schema_editor):
    """The owner of a database may create this extension; where that is refused, accents must be typed."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
            for statement in WITHOUT_ACCENTS:
                schema_editor.execute(statement)
    except DatabaseError:
        print(" (no extension 'unaccent': search will tell accents apart)", end="")


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)
        return
    for statement in CONFIGURATIONS:
        schema_editor.execute(statement)
    _without_accents(schema_editor)
    for statement in POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in UNDO_SQLITE if schema_editor.connection.vendor == "sqlite" else UNDO_POSTGRESQL:
        schema_editor.execute(statement)


MARK = re.compile(r"\[\[(?:quote|name):[0-9]{1,4}\]\]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def fill(apps, schema_editor):
    """Rows for what is published now, as forum.actions.indexing writes them."""
    PostSearch = apps.get_model("forum", "PostSearch")
    published = apps.get_model("forum", "Post").objects.filter(state="published").order_by("pk")
    words = published.values_list(
        "pk", "published_revision__title", "published_revision__html", "published_revision__lang"
    )
    last = 0
    while rows := list(words.filter(pk__gt=last)[:500]):
        PostSearch.objects.bulk_create(
            PostSearch(
                id=pk,
                post_id=pk,
                title=CONTROLS.sub("", MARK.sub(" ", title)).strip(),
                text=CONTROLS.sub("", MARK.sub(" ", plain_text(html))).strip(),
                lang=lang,
            )
            for pk, title, html, lang in rows
        )
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("forum", "0007_loved_forum")]

    operations = [
        migrations.CreateModel(
            name="PostSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(blank=True)),
                ("lang", models.CharField(default="en", max_length=5)),
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_row",
                        to="forum.post",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="postsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", models.F("post"))), name="search_row_has_the_id_of_its_post"
            ),
        ),
        migrations.RunPython(index, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
