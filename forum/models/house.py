"""What a site sets for itself: house rules, watched phrases, the team's texts, and its monthly report."""

import datetime as dt
import secrets
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from forum.models.boards import Board, Member
from forum.rules import limits
from forum.states import Decision, ReasonCode, Severity, WatchedKind


def new_token() -> str:
    """Changes with every save of the house rules or a watched phrase, so that processes know to read anew."""
    return secrets.token_hex(8)


def _minutes(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 60)


def _hours(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 3600)


class HouseRules(models.Model):
    """The numbers a site may change; one row. Their defaults are forum.rules.limits."""

    token = models.CharField(max_length=32, default=new_token, editable=False)
    target_imminent = models.PositiveIntegerField(default=_minutes(limits.TARGETS[Severity.IMMINENT]))
    target_concern = models.PositiveIntegerField(default=_minutes(limits.TARGETS[Severity.CONCERN]))
    target_routine = models.PositiveIntegerField(default=_minutes(limits.TARGETS[Severity.ROUTINE]))
    target_sample = models.PositiveIntegerField(default=_minutes(limits.TARGETS[Severity.SAMPLE]))
    staffed_hours = models.JSONField(default=dict, blank=True, help_text="forum.rules.Hours")
    trust_posts = models.PositiveSmallIntegerField(default=limits.TRUST_NEEDS_POSTS)
    trust_days = models.PositiveSmallIntegerField(default=limits.TRUST_NEEDS_DAYS)
    claim_minutes = models.PositiveSmallIntegerField(default=_minutes(limits.CLAIM_LASTS))
    undo_minutes = models.PositiveSmallIntegerField(default=_minutes(limits.UNDO_LASTS))
    sample_percent = models.PositiveSmallIntegerField(
        default=limits.SAMPLE_PERCENT, validators=[MaxValueValidator(100)]
    )
    appeal_days = models.PositiveSmallIntegerField(default=limits.APPEAL_WINDOW.days)
    appeal_working_days = models.PositiveSmallIntegerField(default=limits.APPEAL_WORKING_DAYS)
    hide_at_reports = models.PositiveSmallIntegerField(
        default=0, help_text="hide a post at this many reporters; 0 is never"
    )
    break_after = models.PositiveSmallIntegerField(
        default=limits.BREAK_AFTER_HARD_ITEMS, validators=[MinValueValidator(1)]
    )
    keep_text_days = models.PositiveSmallIntegerField(
        default=limits.TEXT_KEPT_FOR.days, validators=[MinValueValidator(limits.APPEAL_WINDOW.days)]
    )
    welcome_after_hours = models.PositiveSmallIntegerField(
        default=_hours(limits.WELCOMERS_ARE_TOLD_AFTER), validators=[MinValueValidator(1)]
    )
    team_after_hours = models.PositiveSmallIntegerField(
        default=_hours(limits.TEAM_IS_TOLD_AFTER), validators=[MinValueValidator(1)]
    )
    debrief_url = models.URLField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_set_of_house_rules")]

    def __str__(self) -> str:
        return "house rules"

    @classmethod
    def current(cls) -> "HouseRules":
        """The rules as they are now, or the defaults while nobody changed any; one query, no write."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, token="")

    @classmethod
    def known_as(cls, token: str) -> "HouseRules":
        """The rules with this token (Standing.house_token), without a query when this process has them.

        Read only: every writer of this process gets the same object.
        """
        if not token:
            return cls(pk=1, token="")
        global _kept
        if _kept is None or _kept.token != token:
            _kept = cls.current()
        return _kept

    @property
    def targets(self) -> dict[Severity, dt.timedelta]:
        """How soon the first action is due, by severity."""
        minutes = (self.target_imminent, self.target_concern, self.target_routine, self.target_sample)
        return {severity: dt.timedelta(minutes=n) for severity, n in zip(Severity, minutes, strict=True)}

    @property
    def claim_lasts(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.claim_minutes)

    @property
    def undo_lasts(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.undo_minutes)

    @property
    def text_kept_for(self) -> dt.timedelta:
        """How long turned down or taken back words are kept: never shorter than one may appeal."""
        return dt.timedelta(days=max(self.keep_text_days, self.appeal_days))

    @property
    def appeal_window(self) -> dt.timedelta:
        return dt.timedelta(days=self.appeal_days)


#: The rules a process read last; a save gives them another token (HouseRules.known_as).
_kept: HouseRules | None = None


class WatchedRule(models.Model):
    """A phrase the team watches for. A hit is a reason to look, never a silent block."""

    board = models.ForeignKey(
        Board, on_delete=models.PROTECT, null=True, blank=True, related_name="watched_rules"
    )
    pattern = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=WatchedKind, default=WatchedKind.PHRASE)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.ROUTINE)
    holds = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    enabled = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, help_text="why the team watches for it")
    changed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(pattern=""), name="watched_rule_has_pattern"),
            models.CheckConstraint(condition=Q(kind__in=WatchedKind.values), name="watched_kind_is_known"),
            # Danger now is the business of the reviewed safety rules; a phrase alone cannot claim it.
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=3), name="watched_is_not_now"),
        ]

    def __str__(self) -> str:
        return f"watched rule {self.pk}"

    @property
    def rule_id(self) -> str:
        """How a reason in the queue names it."""
        return f"watched:{self.pk}"


class ResponseTemplate(models.Model):
    """Words a moderator may begin a message with; clinicians own them, as snippets."""

    name = models.CharField(_("name"), max_length=80)
    decision = models.CharField(_("for which decision"), max_length=10, choices=Decision.choices, blank=True)
    reason_code = models.CharField(
        _("for which reason"), max_length=20, choices=ReasonCode.choices, blank=True
    )
    text_en = models.TextField(_("text, in English"))
    text_es = models.TextField(_("text, in Spanish"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("response template")
        verbose_name_plural = _("response templates")
        constraints = [models.UniqueConstraint(fields=["name"], name="one_template_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def text(self) -> str:
        """The words in the reader's language."""
        spanish = (get_language() or "").startswith("es")
        return (self.text_es if spanish else "") or self.text_en


class SeverityGuide(models.Model):
    """What each severity means, with examples and what to do: clinicians own it, moderators read it."""

    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, unique=True)
    meaning_en = models.TextField(_("what it means, in English"))
    meaning_es = models.TextField(_("what it means, in Spanish"), blank=True)
    do_en = models.TextField(_("what to do, in English"))
    do_es = models.TextField(_("what to do, in Spanish"), blank=True)

    class Meta:
        ordering = ["severity"]
        verbose_name = _("severity guide")
        verbose_name_plural = _("severity guide")

    def __str__(self) -> str:
        return str(Severity(self.severity).label)

    def words(self, part: str) -> str:
        """`meaning` or `do` in the reader's language."""
        spanish = (get_language() or "").startswith("es")
        return (getattr(self, f"{part}_es") if spanish else "") or getattr(self, f"{part}_en")


class MonthlyReport(models.Model):
    """What moderation did in a month, made by the system; small numbers are left out when it is made."""

    month = models.DateField(unique=True, help_text="its first day")
    figures: Any = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return self.month.isoformat()
