"""`manage.py verify_record`: was anything on the record changed, cut out or cut off?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forum.actions import record
from forum.models import RecordHead


class Command(BaseCommand):
    help = "Walks the chain of the record and says where it breaks; ends with 1 when it does."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in record.faults():
            faults += 1
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"The record does not verify: {faults} faults.")
        head = RecordHead.objects.filter(pk=1).first()
        if head is None:
            self.stdout.write("The record is empty.")
        else:
            # To be written down elsewhere: a later chain that lacks this row was cut.
            self.stdout.write(f"The record verifies. Newest row: number {head.seq}, hash {head.hash}.")
