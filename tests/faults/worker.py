"""`manage.py work` in a process of its own, with leases and waits of a second or two instead of minutes."""

import os
import sys
from datetime import timedelta

import django
from django.core.management import call_command


def main() -> None:
    """Run until SIGTERM, or until killed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    django.setup()

    from accounts import outbox
    from tests.faults import kinds

    kinds.register()
    outbox.LEASE = timedelta(seconds=2)
    outbox.FIRST_WAIT = timedelta(seconds=1)
    outbox.LONGEST_WAIT = outbox.LONGEST_WAIT_ON_CALL = timedelta(seconds=2)
    call_command("work")


if __name__ == "__main__":
    sys.exit(main())
