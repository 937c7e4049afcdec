"""Say why the site is not ready, for the operator at the server."""

from django.core.management.base import BaseCommand, CommandError

from accounts import outbox, readiness


class Command(BaseCommand):
    """The same checks as /health/ready, with the reasons."""

    help = "Prints what keeps the site from serving people; ends with an error if anything does."

    def handle(self, *args, **options) -> None:
        """Print one line a check that is not fine; raise `CommandError` if there is one."""
        wrong = readiness.what_is_wrong()
        unsure = outbox.unsure_count() if "database" not in wrong and "migrations" not in wrong else 0
        if unsure:
            self.stdout.write(f"Note: {unsure} messages were handed over and never answered for.")
        if not wrong:
            self.stdout.write("Ready.")
            return
        for name, sentence in wrong.items():
            self.stdout.write(f"{name}: {sentence}")
        raise CommandError("Not ready.")
