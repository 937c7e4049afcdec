"""A number a day of decisions that came second, and an index to read the record by time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0004_resolved_items_stay")]

    operations = [
        migrations.CreateModel(
            name="QueueConflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(help_text="in the site's time zone", unique=True)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={"ordering": ["day"]},
        ),
        migrations.AddIndex(
            model_name="modaction", index=models.Index(fields=["at_us"], name="record_by_time")
        ),
    ]
