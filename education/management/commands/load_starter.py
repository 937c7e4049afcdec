"""`manage.py load_starter`: the shipped lessons, helplines, sources and words. Safe to run again."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from education.actions import load_starter, write_manifest
from education.starter_format import StarterError


class Command(BaseCommand):
    help = "Load the starter curriculum. Never overwrites what somebody here has edited."

    def add_arguments(self, parser):
        parser.add_argument(
            "--write-manifest",
            action="store_true",
            help="Write education/starter/manifest.toml from the texts as they are, and load nothing.",
        )

    def handle(self, *args, **options):
        if options["write_manifest"]:
            self.stdout.write(f"{write_manifest()} lessons in the manifest.")
            return
        try:
            done = load_starter()
        except (StarterError, PermissionDenied, ValidationError) as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        self.stdout.write(
            f"Starter: {len(done.made)} made, {len(done.renewed)} renewed, {len(done.left)} as they were."
        )
