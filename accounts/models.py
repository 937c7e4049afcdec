"""The person, and the little that is kept about them."""

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import handles, seal
from accounts.states import Digest, OutboxState, Purpose, Role


def random_seed() -> int:
    """A number the drawn picture is made from; it says nothing about the person."""
    return secrets.randbelow(2**31)


def random_token() -> str:
    """What a link that works without signing in rests on; it says nothing about the person."""
    return secrets.token_urlsafe(24)


class User(AbstractUser):
    """A pseudonymous account. No real name; the e-mail, if there is one, is stored sealed."""

    first_name = None
    last_name = None
    username = models.CharField(
        _("name here"),
        max_length=handles.LONGEST,
        unique=True,
        validators=[handles.validate_shape],
        error_messages={"unique": _("That name is taken. Please choose another.")},
    )
    handle_skeleton = models.CharField(max_length=handles.LONGEST * 2, unique=True, editable=False)
    avatar_seed = models.PositiveIntegerField(default=random_seed, editable=False)
    email = models.EmailField(blank=True)
    rescue_hash = models.CharField(max_length=128, blank=True, editable=False)
    rescue_kept_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Raised to end every session of this person at once; part of what a session is checked against.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    REQUIRED_FIELDS: list[str] = []

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_handle_any_case"),
            models.CheckConstraint(condition=~Q(handle_skeleton=""), name="user_has_skeleton"),
            models.CheckConstraint(
                condition=Q(email="") | Q(email__endswith=seal.SEALED_DOMAIN), name="user_email_sealed"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def handle(self) -> str:
        """The name others see."""
        return self.username

    def get_full_name(self) -> str:
        """The handle: there is no other name."""
        return self.username

    def get_short_name(self) -> str:
        """The handle: there is no other name."""
        return self.username

    def _get_session_auth_hash(self, secret=None) -> str:
        """Django's own, with the epoch; the first epoch changes nothing: an upgrade ends no session."""
        plain = super()._get_session_auth_hash(secret=secret)
        return plain if not self.session_epoch else f"{plain}:{self.session_epoch}"

    def save(self, *args, **kwargs) -> None:
        """Keep the skeleton in step with the handle, and never let a clear address reach the table."""
        self.handle_skeleton = handles.skeleton(self.username)
        self.email = seal.seal(self.email or "")
        fields = kwargs.get("update_fields")
        if fields is None and not self._state.adding:
            # An object read before the epoch was raised must not take it back: ended sessions stay ended.
            kept = {"id", "session_epoch"}
            kwargs["update_fields"] = {one.name for one in self._meta.concrete_fields} - kept
        elif fields is not None and "username" in fields:
            kwargs["update_fields"] = {*fields, "handle_skeleton"}
        super().save(*args, **kwargs)


class RoleGrant(models.Model):
    """A role given to a person by an operator; ended, never deleted."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    granted_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "role", condition=Q(ended_at=None), name="role_held_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of account {self.person_id}"


class Consent(models.Model):
    """What a person agreed to, in which version, and when; withdrawn, never rewritten."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    version = models.CharField(max_length=30)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "purpose", "version", condition=Q(withdrawn_at=None), name="consent_once"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version} of account {self.person_id}"


class Notice(models.Model):
    """Something to tell a person in the site. Ids only; words are made when it is shown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    dedupe_key = models.CharField(max_length=200, unique=True)
    not_before = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-not_before", "-id"], name="notice_list"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} {self.kind}"


class Outbox(models.Model):
    """A message to send. Ids only; address and words are made at the moment of sending."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outbox")
    kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    dedupe_key = models.CharField(max_length=200, unique=True)
    not_before = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.DUE)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["due", "sending"]), name="outbox_open"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OutboxState.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | (~Q(lease="") & Q(lease_until__isnull=False)),
                name="outbox_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"outbox {self.pk} {self.kind} {self.state}"


class MailChoices(models.Model):
    """Which news a person wants by mail, and when; made on first need, so without a row the defaults hold.

    Mail for a person's safety asks nothing of this. The time zone is kept only where one was chosen.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices"
    )
    decisions = models.BooleanField(default=True)
    answers = models.BooleanField(default=False)
    replies = models.BooleanField(default=False)
    digest = models.CharField(max_length=10, choices=Digest, default=Digest.NONE)
    digest_day = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday")
    #: When the next summary is written, and what it reaches back to; both empty without one.
    digest_due_at = models.DateTimeField(null=True, blank=True)
    digest_since = models.DateTimeField(null=True, blank=True)
    #: Whole hours in the person's own time; from the later hour over midnight to the earlier.
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    stop_token = models.CharField(max_length=40, unique=True, default=random_token, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["digest_due_at"], condition=Q(digest_due_at__isnull=False), name="digest_due"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=Digest.values), name="digest_known"),
            models.CheckConstraint(condition=Q(digest_day__lte=6), name="digest_day_of_week"),
            models.CheckConstraint(
                condition=Q(digest_due_at=None, digest_since=None)
                | Q(digest_due_at__isnull=False, digest_since__isnull=False),
                name="digest_due_has_since",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & Q(quiet_from__lte=23, quiet_until__lte=23)
                    & ~Q(quiet_from=models.F("quiet_until"))
                ),
                name="quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"mail choices of account {self.person_id}"


class PeriodicJob(models.Model):
    """When a job of the worker is due; claimed by a conditional update, so several workers are safe."""

    name = models.CharField(max_length=80, unique=True)
    every = models.DurationField()
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a process last said that it lives."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ParkedText(models.Model):
    """What a member typed when their session was gone: sealed, for an hour, for that member alone."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="parked_texts"
    )
    place = models.CharField(max_length=200)
    key = models.CharField(max_length=40, unique=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["person", "place"], name="parked_place")]

    def __str__(self) -> str:
        return f"parked text {self.pk}"
