"""Two more doors of the record that its first guard left open (design: recipes 2).

SQLite: REPLACE deletes the row in its way without firing a DELETE trigger. PostgreSQL: TRUNCATE fires no row
trigger, and a replication role skips ordinary ones. A later migration that rebuilds forum_modaction on SQLite
loses its triggers and must make them again: tests/unit/forum/test_invariants.py notices.
"""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER forum_record_no_replace BEFORE INSERT ON forum_modaction WHEN EXISTS "
    "(SELECT 1 FROM forum_modaction WHERE id = NEW.id OR seq = NEW.seq OR prev = NEW.prev "
    "OR idempotency_key = NEW.idempotency_key) BEGIN SELECT RAISE(ABORT, 'the record only grows'); END",
]
POSTGRESQL = [
    "CREATE TRIGGER forum_record_no_truncate BEFORE TRUNCATE ON forum_modaction "
    "FOR EACH STATEMENT EXECUTE FUNCTION forum_record_only_grows()",
    "ALTER TABLE forum_modaction ENABLE ALWAYS TRIGGER forum_record_no_change",
    "ALTER TABLE forum_modaction ENABLE ALWAYS TRIGGER forum_record_no_truncate",
]
UNDO_SQLITE = ["DROP TRIGGER forum_record_no_replace"]
UNDO_POSTGRESQL = [
    "DROP TRIGGER forum_record_no_truncate ON forum_modaction",
    "ALTER TABLE forum_modaction ENABLE TRIGGER forum_record_no_change",
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO_SQLITE if schema_editor.connection.vendor == "sqlite" else UNDO_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_conflicts_counted")]
    operations = [migrations.RunPython(guard, unguard)]
