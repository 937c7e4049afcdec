"""`manage.py fill`: a site of invented people and words at size, to measure it and to try it."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.crypto import get_random_string

from forum.actions.filling import Size, fill
from forum.models import Post

#: The data set the peers were measured with (docs/benchmarks.md).
DEFAULTS = {"boards": 20, "members": 2000, "topics": 5000, "posts": 100_000, "longest": 10_000}
#: What `--times` multiplies: more boards or people would be another site, not a grown one.
GROWS = ("topics", "posts", "longest")
READER = "BenchReader"


class Command(BaseCommand):
    help = (
        "Fill an empty database with invented boards, members, topics and posts. Refuses on a real site. "
        "Safe to stop: every chunk is whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, number in DEFAULTS.items():
            parser.add_argument(f"--{name}", type=int, help=f"default {number}")
        parser.add_argument("--times", type=int, default=1, help="multiplies topics, posts and longest")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same words")
        parser.add_argument("--anyway", action="store_true", help="also where there are posts already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO_ALLOWED", False):
            raise CommandError("Invented people are never written into a real site.")
        if Post.objects.exists() and not options["anyway"]:
            raise CommandError("There are posts here already. Use an empty database, or say --anyway.")
        size = Size(**{name: self._number(name, options) for name in DEFAULTS})
        if size.fault():
            raise CommandError(size.fault())
        passphrase = get_random_string(20)
        started = time.monotonic()
        filled = fill(size=size, reader=(READER, passphrase), seed=options["seed"], say=self.stdout.write)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # without it the first pages are planned for empty tables
        self.stdout.write(
            self.style.SUCCESS(
                f"Made {filled.boards} boards, {filled.members} members, {filled.topics} topics and "
                f"{filled.posts} posts in {time.monotonic() - started:.0f} s."
            )
        )
        self.stdout.write(f"The longest topic: {filled.longest.get_absolute_url()}")
        if filled.reader.user and filled.reader.user.check_password(passphrase):
            self.stdout.write(f"Sign in as {filled.reader.handle} with the passphrase {passphrase}")

    @staticmethod
    def _number(name: str, options: dict[str, Any]) -> int:
        if options[name] is not None:
            return int(options[name])
        return DEFAULTS[name] * (options["times"] if name in GROWS else 1)
