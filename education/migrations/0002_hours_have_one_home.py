"""Staffed hours live in one place, /queue/settings/hours/: clocks reckon with them, and pages say them.

The old words are not carried over: what "evenings, mostly" means in minutes would be a guess. Until the hours
are entered, pages promise none. Going back makes the two columns anew, empty.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("education", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="sitefacts", name="staffed_hours_en"),
        migrations.RemoveField(model_name="sitefacts", name="staffed_hours_es"),
    ]
