"""Counts that no other row holds."""

from django.db import models


class QueueConflict(models.Model):
    """How often in a day two people decided at once and one came second. A number a day, nobody's name."""

    day = models.DateField(unique=True, help_text="in the site's time zone")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.count} on {self.day.isoformat()}"
