"""Boards, the people in them, and what each has read."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forum import rules
from forum.states import Audience, BoardGroup, Level, Premoderation, Trust


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
    position = models.PositiveSmallIntegerField(default=0)
    topic_count = models.PositiveIntegerField(default=0)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

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


class TopicMember(models.Model):
    """What a member has read of a topic, and how much of it they want to hear about."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey("forum.Topic", on_delete=models.CASCADE, related_name="readers")
    last_read_position = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, choices=Level, default=Level.NORMAL)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "topic"], name="one_row_a_reader_and_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.topic_id}"
