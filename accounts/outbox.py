"""Sending what is in the outbox: claimed by conditional update, sent outside any transaction.

With SMTP there is no exactly-once. News to members goes at most once: when the answer of the mail server is
lost, the row becomes "unsure" and is not tried again. An on-call page goes at least once: it is sent again,
with the same Message-ID. A mail server that cannot be reached never ends a row: it waits for its return.

What a person can turn off waits for the end of their quiet hours, and is dropped if they turned it off since.
"""

import hashlib
import logging
import secrets
import smtplib
import time
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from accounts import mailing, notices
from accounts.models import Outbox
from accounts.states import MailGroup, OutboxState

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
CLAIM_AT_MOST = 5
#: A slow mail server must not keep the worker from its heartbeat: no new message is begun after this.
ROUND_LASTS = timedelta(seconds=20)
FIRST_WAIT = timedelta(seconds=15)
MOST_ATTEMPTS = 12
#: Times the server could not be reached lengthen the wait up to here, and leave tries for its answers.
MOST_UNREACHED = 8
LONGEST_WAIT = timedelta(hours=1)
LONGEST_WAIT_ON_CALL = timedelta(minutes=2)

_on_call_kinds: set[str] = set()


def register_on_call(kind: str) -> None:
    """Name a kind that must arrive, even twice, at any hour: pages to the person on call. Call in ready()."""
    _on_call_kinds.add(kind)
    mailing.put_in_group(kind, MailGroup.SAFETY)


def drain() -> int:
    """Send what is due; returns how many rows were taken up.

    An on-call page that is due goes before each single message to a member, also one that came while the
    last message was on its way. At most five members' messages a round.
    """
    taken = to_members = 0
    began = time.monotonic()
    on_call = Q(kind__in=_on_call_kinds)
    while time.monotonic() - began < ROUND_LASTS.total_seconds():
        if _take_first(on_call):
            taken += 1
        elif to_members < CLAIM_AT_MOST and _take_first(~on_call):
            taken += 1
            to_members += 1
        else:
            break
    return taken


def unsure_count() -> int:
    """How many messages were handed over and never answered for."""
    return Outbox.objects.filter(state=OutboxState.UNSURE).count()


def _free() -> Q:
    now = timezone.now()
    return Q(state=OutboxState.DUE, not_before__lte=now) | Q(state=OutboxState.SENDING, lease_until__lt=now)


def _take_first(only: Q) -> bool:
    """Take up the first row that is free and that no other worker takes at this moment."""
    first = Outbox.objects.filter(only, _free()).order_by("not_before", "id")
    return any(_take(row_id) for row_id in list(first.values_list("id", flat=True)[:CLAIM_AT_MOST]))


def _take(row_id: int) -> bool:
    lease = secrets.token_hex(16)
    won = Outbox.objects.filter(_free(), pk=row_id).update(
        state=OutboxState.SENDING, lease=lease, lease_until=timezone.now() + LEASE
    )
    if not won:
        return False
    row = Outbox.objects.select_related("person").filter(pk=row_id).first()
    if row is None:  # the account was closed at this moment, and its messages with it
        return False
    if row.handed_at and row.kind not in _on_call_kinds:
        _end(row, lease, OutboxState.UNSURE)
    else:
        _send(row, lease)
    return True


def _send(row: Outbox, lease: str) -> None:
    if mailing.is_optional(row.kind):
        choices = mailing.choices_of(row.person)
        if not mailing.wants(choices, row.kind):
            _end(row, lease, OutboxState.DROPPED)
            return
        later = mailing.quiet_ends(choices, timezone.now())
        if later:
            _wait(row, lease, later)
            return
    try:
        message = _message(row)
    except Exception:
        # One row whose words cannot be made must not stand before all others again and again.
        logger.exception("Outbox %s: no words could be made", row.pk)
        _again(row, lease)
        return
    if message is None:
        _end(row, lease, OutboxState.DROPPED)
        return
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:
        logger.warning("Outbox %s: the mail server cannot be reached (%s)", row.pk, type(error).__name__)
        _again(row, lease, unreached=True)
        return
    try:
        ours = Outbox.objects.filter(pk=row.pk, lease=lease, state=OutboxState.SENDING).update(
            handed_at=timezone.now(), lease_until=timezone.now() + LEASE
        )
        if ours:
            _hand_over(row, lease, connection, message)
    finally:
        connection.close()


def _hand_over(row: Outbox, lease: str, connection, message: EmailMessage) -> None:
    try:
        connection.send_messages([message])
    except smtplib.SMTPServerDisconnected:
        _answer_lost(row, lease)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _refused(row, lease, min(codes, default=550))
    except smtplib.SMTPResponseException as error:
        _refused(row, lease, error.smtp_code)
    except Exception as error:
        # The text of the error may hold an address; its kind does not.
        logger.warning("Outbox %s: answer lost (%s)", row.pk, type(error).__name__)
        _answer_lost(row, lease)
    else:
        _end(row, lease, OutboxState.SENT)


def _message(row: Outbox) -> EmailMessage | None:
    """The message as it may be sent now; None when the person may no longer see it or has no address."""
    words = notices.words_for(row.person, row.kind, row.subject_id) if row.person.is_active else None
    if words is None:
        return None
    address = EmailAddress.objects.filter(user=row.person, verified=True).order_by("-primary").first()
    if address is None:
        return None
    headers = {"Message-ID": f"<{message_id(row)}>", "Auto-Submitted": "auto-generated"}
    stop = ""
    if mailing.is_optional(row.kind):
        stop = settings.WAGTAILADMIN_BASE_URL + mailing.stop_address(row.person)
        # RFC 8058: a mail program ends it by one POST to this address, and never by following it.
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    in_numbers = words.text if mailing.group_of(row.kind) == MailGroup.DIGEST else ""
    return EmailMessage(
        subject=gettext("A note from your hub"),
        body=render_to_string(
            "emails/notice.txt",
            {
                "site_url": settings.WAGTAILADMIN_BASE_URL,
                "on_call": row.kind in _on_call_kinds,
                "in_numbers": in_numbers,
                "stop": stop,
            },
        ),
        to=[address.email],
        headers=headers,
    )


def message_id(row: Outbox) -> str:
    """The same at each try, so that mail programs can fold doubles; tells nothing of kind or person."""
    name = hashlib.sha256(f"{settings.SECRET_KEY}:{row.dedupe_key}".encode()).hexdigest()[:32]
    return f"{name}@hub.invalid"


def _refused(row: Outbox, lease: str, code: int) -> None:
    if 400 <= code < 500:
        _again(row, lease)
    else:
        _end(row, lease, OutboxState.REFUSED)


def _answer_lost(row: Outbox, lease: str) -> None:
    if row.kind in _on_call_kinds:
        _again(row, lease)
    else:
        _end(row, lease, OutboxState.UNSURE)


def _again(row: Outbox, lease: str, *, unreached: bool = False) -> None:
    """Due again, after a wait that doubles each time; given up after many answers that said "later"."""
    on_call = row.kind in _on_call_kinds
    if row.attempts + 1 >= MOST_ATTEMPTS and not on_call and not unreached:
        _end(row, lease, OutboxState.REFUSED)
        return
    longest = LONGEST_WAIT_ON_CALL if on_call else LONGEST_WAIT
    wait = min(FIRST_WAIT * 2 ** min(row.attempts, 10), longest)
    attempts = max(row.attempts, min(row.attempts + 1, MOST_UNREACHED)) if unreached else row.attempts + 1
    Outbox.objects.filter(pk=row.pk, lease=lease).update(
        state=OutboxState.DUE,
        lease="",
        lease_until=None,
        handed_at=None,
        attempts=min(attempts, 1000),
        not_before=timezone.now() + wait,
    )


def _wait(row: Outbox, lease: str, until: datetime) -> None:
    """Due again at that moment; that it waited counts as no try."""
    Outbox.objects.filter(pk=row.pk, lease=lease).update(
        state=OutboxState.DUE, lease="", lease_until=None, not_before=until
    )


def _end(row: Outbox, lease: str, state: OutboxState) -> None:
    Outbox.objects.filter(pk=row.pk, lease=lease).update(state=state, lease="", lease_until=None)
