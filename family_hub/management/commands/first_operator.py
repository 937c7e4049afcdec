"""The way in for a new site: one sign-up link for its first operator."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.http import urlencode

from accounts import actions, handles


class Command(BaseCommand):
    """Prints a link that is good for one day, for one handle, and only until there is an operator."""

    help = "Prints a one-time sign-up link for the first operator; refuses once there is one."

    def add_arguments(self, parser) -> None:
        """The handle the operator will use."""
        parser.add_argument("handle")

    def handle(self, *args, handle: str, **options) -> None:
        """Raise `CommandError` when there is an operator, or the handle cannot be used."""
        if actions.operator_exists():
            raise CommandError("This site has an operator already. Operators give roles at /team/.")
        try:
            handles.validate_new_handle(handle)
        except ValidationError as refused:
            raise CommandError(str(refused.message)) from refused
        if actions.skeletons_in_use([handles.skeleton(handle)]):
            raise CommandError("That handle is taken. Choose another for the operator.")
        query = urlencode({"invite": actions.make_invite(handle), "name": handle})
        self.stdout.write(f"{settings.WAGTAILADMIN_BASE_URL}{reverse('account_signup')}?{query}")
        self.stdout.write(f"Open it within one day and join as {handle}.")
