"""`manage.py publish_scheduled`, in place of Wagtail's: one page at a time; a refusal stops no other."""

from django.core.management.base import BaseCommand

from education.actions import publish_scheduled


class Command(BaseCommand):
    help = "Publish and expire pages whose time has come. A lesson goes live only if that text was signed."

    def handle(self, *args, **options):
        done = publish_scheduled()
        self.stdout.write(f"{done.expired} expired, {done.published} published, {done.refused} refused.")
