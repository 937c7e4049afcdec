"""What differs from site to site, and is said on many pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="home")
class SiteFacts(BaseSiteSetting):
    """Facts about this site, edited by its operators. What is not known stays empty, and pages say so."""

    site_name = models.CharField(_("site name"), max_length=60, default="Family Hub")
    region = models.CharField(
        _("country"),
        max_length=10,
        default="US",
        help_text=_("Which helplines are shown. Two letters, as in US."),
    )
    contact_en = models.TextField(
        _("how to reach you, in English"),
        blank=True,
        help_text=_("Shown on the contact page. No personal names."),
    )
    contact_es = models.TextField(_("how to reach you, in Spanish"), blank=True)
    leave_url = models.URLField(
        _("where Leave goes"),
        default="https://www.weather.gov/",
        help_text=_("A plain page that anyone might have open."),
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), default=18, validators=[MinValueValidator(18)]
    )

    panels = [
        HelpPanel(content=_("People read these words when they are worried. Keep them true.")),
        FieldPanel("site_name"),
        MultiFieldPanel([FieldPanel("contact_en"), FieldPanel("contact_es")], heading=_("Contact")),
        FieldPanel("region"),
        FieldPanel("leave_url"),
        FieldPanel("minimum_age"),
    ]

    class Meta:
        verbose_name = _("facts about this site")
        verbose_name_plural = _("facts about this site")

    def __str__(self) -> str:
        return self.site_name

    def clean(self) -> None:
        """Leave goes to a page a browser can open; with another address the person would stay on this one."""
        super().clean()
        if not self.leave_url.lower().startswith(("https://", "http://")):
            raise ValidationError({"leave_url": _("This address begins with https:// or http://.")})

    @classmethod
    def for_request(cls, request: Any) -> "SiteFacts":
        """The facts, asked for once a request: one read, and never a write, since every visitor's page asks.

        An installation is one site; before it is set up, the defaults hold.
        """
        name = cls.get_cache_attr_name()
        if not hasattr(request, name):
            setattr(request, name, cls.objects.order_by("pk").first() or cls())
        facts: SiteFacts = getattr(request, name)
        return facts

    @property
    def contact(self) -> str:
        """The contact words in the reader's language; empty when not set."""
        return self._in_language("contact")

    def _in_language(self, field: str) -> str:
        spanish = (get_language() or "").startswith("es")
        words = getattr(self, f"{field}_es") if spanish else ""
        return words or getattr(self, f"{field}_en")
