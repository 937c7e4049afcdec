"""The database itself refuses to change an item that was decided (design: forum, invariant I7).

A later migration that rebuilds forum_reviewitem on SQLite loses this trigger and must make it again:
tests/unit/forum/test_invariants.py notices.
"""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER forum_resolved_item_stays BEFORE UPDATE ON forum_reviewitem WHEN OLD.status = 'resolved' "
    "BEGIN SELECT RAISE(ABORT, 'a decided item never changes'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION forum_resolved_item_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a decided item never changes' USING ERRCODE = '23001'; END $$",
    "CREATE TRIGGER forum_resolved_item_stays BEFORE UPDATE ON forum_reviewitem FOR EACH ROW "
    "WHEN (OLD.status = 'resolved') EXECUTE FUNCTION forum_resolved_item_stays()",
]
UNDO_SQLITE = ["DROP TRIGGER forum_resolved_item_stays"]
UNDO_POSTGRESQL = [
    "DROP TRIGGER forum_resolved_item_stays ON forum_reviewitem",
    "DROP FUNCTION forum_resolved_item_stays()",
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO_SQLITE if schema_editor.connection.vendor == "sqlite" else UNDO_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("forum", "0003_moderation_complete")]
    operations = [migrations.RunPython(guard, unguard)]
