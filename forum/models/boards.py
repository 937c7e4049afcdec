"""Boards, and the people in them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum import rules
from forum.states import Audience, BoardGroup, Premoderation, Relation, Trust


class BoardQuerySet(models.QuerySet["Board"]):
    def seen_by(self, user: Any) -> "BoardQuerySet":
        return self.filter(rules.boards_seen_by(user))


class Board(models.Model):
    """A room with a purpose, e.g. "Parents"."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200)
    about = models.TextField(blank=True, help_text=_("Rules and hours of this board, in plain words."))
    group = models.CharField(max_length=10, choices=BoardGroup, default=BoardGroup.WHO)
    icon = models.CharField(max_length=20, default="talk")
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.MEMBERS)
    premoderation = models.CharField(max_length=10, choices=Premoderation, default=Premoderation.NEW_MEMBERS)
    openings = models.TextField(
        blank=True, help_text=_("Ready first lines for who does not know how to begin, one a line.")
    )
    rests_from = models.TimeField(
        null=True, blank=True, help_text=_("No new posts from then on, in the site’s time.")
    )
    rests_until = models.TimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    topic_count = models.PositiveIntegerField(default=0)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rests_from=None, rests_until=None)
                | Q(rests_from__isnull=False, rests_until__isnull=False),
                name="rest_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("board", args=[self.slug])


class MemberManager(models.Manager["Member"]):
    def for_user(self, user: Any) -> "Member":
        """The forum's side of a signed-in person, made on first need."""
        try:
            return self.select_related("user").get(user=user)
        except Member.DoesNotExist:
            member, _created = self.get_or_create(user=user)
            member.user = user
            return member


class Member(models.Model):
    """A person as the forum knows them. Posts point here, so that they outlive the account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="member"
    )
    trust = models.PositiveSmallIntegerField(choices=Trust, default=Trust.NEW)
    trust_locked = models.BooleanField(default=False)
    approved_count = models.PositiveIntegerField(default=0)
    relation = models.CharField(max_length=10, choices=Relation, blank=True)
    #: The content notes this reader wants to meet unfolded; all others are folded for them.
    unfolds = models.JSONField(default=list, blank=True)
    #: What was published before counts as read, where no later mark says so.
    read_through_at = models.DateTimeField(default=timezone.now)
    tombstoned_at = models.DateTimeField(null=True)

    objects = MemberManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(trust__in=Trust.values), name="member_trust_is_known"),
        ]

    def __str__(self) -> str:
        return self.handle

    @property
    def handle(self) -> str:
        """The handle, or words that say that the person left."""
        return self.user.get_username() if self.user else str(_("former member"))
