"""The database itself refuses to change or delete a row of the record (design: forum, invariant I9).

Words live in `ModActionText`, which can be erased. A later migration that rebuilds the table on SQLite loses
these triggers and must make them again: tests/unit/forum/test_record.py notices.
"""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER forum_record_no_update BEFORE UPDATE ON forum_modaction "
    "BEGIN SELECT RAISE(ABORT, 'the record only grows'); END",
    "CREATE TRIGGER forum_record_no_delete BEFORE DELETE ON forum_modaction "
    "BEGIN SELECT RAISE(ABORT, 'the record only grows'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION forum_record_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the record only grows'; END $$",
    "CREATE TRIGGER forum_record_no_change BEFORE UPDATE OR DELETE ON forum_modaction "
    "FOR EACH ROW EXECUTE FUNCTION forum_record_only_grows()",
]
UNDO_SQLITE = ["DROP TRIGGER forum_record_no_update", "DROP TRIGGER forum_record_no_delete"]
UNDO_POSTGRESQL = [
    "DROP TRIGGER forum_record_no_change ON forum_modaction",
    "DROP FUNCTION forum_record_only_grows()",
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO_SQLITE if schema_editor.connection.vendor == "sqlite" else UNDO_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
