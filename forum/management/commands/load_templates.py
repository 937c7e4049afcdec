"""Load the team's first texts, response templates and severity guide; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand

from forum.actions.opening import load_team_texts


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Texts made: {load_team_texts()}.")
