"""`manage.py recount --check|--fix`: does every stored counter equal a recount of the rows?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.actions.counting import mend, recount


class Command(BaseCommand):
    help = (
        "Compare the forum's stored counters with a recount, and what search holds with what is published. "
        "--check exits non-zero on drift, --fix mends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--check", action="store_true", help="Name every counter that drifted.")
        which.add_argument(
            "--fix", action="store_true", help="Set each counter that drifted right, on the record."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fix"]:
            for sentence in mend():
                self.stdout.write(f"Mended: {sentence}")
        drifts = recount()
        for drift in drifts:
            self.stderr.write(drift)
        if drifts:
            raise CommandError(f"{len(drifts)} counters differ from a recount.")
        self.stdout.write(self.style.SUCCESS("All counters agree with a recount."))
