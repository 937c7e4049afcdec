"""`manage.py recount --check`: do the stored counters agree with the rows?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.actions.counting import recount


class Command(BaseCommand):
    help = "Compares every stored counter of the forum with a recount; ends with 1 when one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", required=True, help="report, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = recount()
        for drift in drifts:
            self.stderr.write(drift)
        if drifts:
            raise CommandError(f"{len(drifts)} counters differ from their recount.")
        self.stdout.write("All counters agree with their recount.")
