"""The words this room uses for states and kinds. Pure: no models, no database."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewKind(models.TextChoices):
    """Who stands behind the live text of a lesson."""

    SITE = "site", _("Reviewed by this site's clinician")
    STARTER = "starter", _("Starter lesson, not yet reviewed by this site's clinician")


class HelpKind(models.TextChoices):
    """What a helpline helps with; lessons and screening ask for helplines by these words."""

    EMERGENCY = "emergency", _("Someone may die or is about to be hurt")
    OVERDOSE = "overdose", _("Overdose")
    SUICIDE = "suicide", _("Thoughts of suicide")
    VIOLENCE = "violence", _("Violence at home")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    POISON = "poison", _("Poison or pills")
    TREATMENT = "treatment", _("Finding treatment")


class SourceKind(models.TextChoices):
    """What sort of thing a source is."""

    PAPER = "paper", _("Paper")
    REPORT = "report", pgettext_lazy("kind of source", "Report")
    WEB = "web", _("Web page")
    LAW = "law", _("Law")
    BOOK = "book", _("Book")
    GUIDE = "guide", _("Guide")


# The two authors' marks a starter lesson carries (contract: Publishing a lesson).
STARTER_AUTHOR = "Family Hub starter curriculum"

# Helplines change without notice; after this many days without a check the page says so.
RESOURCE_CHECK_DAYS = 90
