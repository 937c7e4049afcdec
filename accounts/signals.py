"""News this room sends up, inside the transaction of the act.

The record lives in the forum room, which this room may not import. So an act that must be on the record
sends a signal, and is refused unless a receiver writes it down: a receiver that did so **returns True**.
Receivers that only listen (a group to keep in step, a cache to drop) return None and are no record.
"""

from django.db import transaction
from django.dispatch import Signal

# A role was given or ended. Arguments: verb ("grant_role" or "revoke_role"), subject ("account:<id>"),
# to (the person), role (a states.Role value), by (the acting person).
role_changed = Signal()

# Any other act below the forum that belongs on the record. Arguments: verb, subject, by, and role: the role
# in which the person acted.
recorded_act = Signal()


class NotOnRecord(RuntimeError):
    """Nobody wrote the act down, so it must not happen."""


def put_on_record(signal: Signal, *, sender, **act) -> None:
    """Send the act to the record; raise `NotOnRecord` if no receiver answered True, pass on what one raised.

    Call it inside `transaction.atomic()`: either way the act is rolled back with it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotOnRecord("An act and its record belong in one transaction.")
    answers = [answer for _receiver, answer in signal.send(sender=sender, **act)]
    if True not in answers:
        raise NotOnRecord(f"No one recorded {act.get('verb')}; the act is refused.")
