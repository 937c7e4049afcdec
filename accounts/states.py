"""The names this room gives to roles, consents and the steps of a message. Pure: no imports of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do beyond reading and writing. One person may hold several."""

    WELCOMER = "welcomer", _("Welcomer")
    MODERATOR = "moderator", _("Moderator")
    SAFETY_LEAD = "safety_lead", _("Safety lead")
    ON_CALL_CLINICIAN = "on_call_clinician", _("On-call clinician")
    AUTHOR = "author", _("Author")
    CLINICAL_REVIEWER = "clinical_reviewer", _("Clinical reviewer")
    OPERATOR = "operator", _("Operator")


class OutboxState(models.TextChoices):
    """Where a message is on its way out."""

    DUE = "due", _("Due")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Dropped: the person may no longer see it, or has no address")
    REFUSED = "refused", _("Refused by the mail server for good")
    UNSURE = "unsure", _("Handed over, answer lost")
    UNDONE = "undone", _("Taken back before it was sent")


class MailGroup(models.TextChoices):
    """To which choice of a person a kind of news belongs, where it is mailed at all."""

    SAFETY = "safety", _("Mail for your safety: always, at any hour")
    DECISIONS = "decisions", _("Decisions about my posts")
    ANSWERS = "answers", _("Answers to me")
    REPLIES = "replies", _("Each reply in topics and boards I watch")
    DIGEST = "digest", _("A summary")
    NEVER = "never", _("Not mailed")


class Digest(models.TextChoices):
    """How often a person wants one mail about all that is new."""

    NONE = "none", _("No summary")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


class Purpose(models.TextChoices):
    """What a person agreed to. Each is asked, kept and withdrawn apart."""

    RULES_AND_PRIVACY = "rules_and_privacy", _("Community rules and privacy notice")
    OF_AGE = "of_age", _("Old enough to join")


# The version a person agrees to when joining; raise it when the words change in meaning.
RULES_VERSION = "2026-11"
