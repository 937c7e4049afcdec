"""Open the boards a new site starts with; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand

from forum.actions.opening import open_starter_boards


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        made = open_starter_boards()
        self.stdout.write(f"Boards made: {made}.")
