"""Helplines: the only place a phone number of help comes from."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from education.models.site_facts import SiteFacts
from education.states import RESOURCE_CHECK_DAYS, HelpKind

phone_like = RegexValidator(r"^\+?[0-9][0-9 ().-]*$", _("Digits, spaces, brackets, dots and hyphens only."))
UNKNOWN_KIND = _("“%(kind)s” is not one of: %(kinds)s.")


class CrisisResourceQuerySet(models.QuerySet):
    """Helplines in the words of the house."""

    def for_this_site(self) -> "CrisisResourceQuerySet":
        """Those of the region in the site's settings, most urgent first. One query, settings included."""
        return self.filter(region__in=SiteFacts.objects.values("region")[:1])


class CrisisResourceForm(WagtailAdminModelForm):
    """Writes down who checked a number; a changed number is an unchecked one."""

    NUMBERS = ("phone", "sms", "sms_text", "tty", "chat_url")

    def save(self, commit=True):
        changed = set(self.changed_data)
        if "reviewed_on" in changed:
            self.instance.reviewed_by = self.for_user if self.instance.reviewed_on else None
        elif changed.intersection(self.NUMBERS):
            self.instance.reviewed_on = self.instance.reviewed_by = None
        return super().save(commit)


@register_snippet
class CrisisResource(index.Indexed, models.Model):
    """A helpline. `reviewed_by` empty means: not yet checked by this site, and pages say so."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    region = models.CharField(
        _("country"), max_length=10, default="US", help_text=_("Two letters, as in US.")
    )
    kinds = models.CharField(
        _("helps with"),
        max_length=200,
        help_text=_(
            "Words with commas between: emergency, overdose, suicide, violence, withdrawal, poison, "
            "treatment."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=50, help_text=_("Lowest first."))
    name_en = models.CharField(_("name in English"), max_length=120)
    name_es = models.CharField(_("name in Spanish"), max_length=120)
    what_en = models.CharField(_("what it does, in English"), max_length=255)
    what_es = models.CharField(_("what it does, in Spanish"), max_length=255)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_like])
    sms = models.CharField(_("text number"), max_length=30, blank=True, validators=[phone_like])
    sms_text = models.CharField(
        _("what to text"), max_length=40, blank=True, help_text=_("If a certain word must be sent.")
    )
    tty = models.CharField(_("TTY"), max_length=30, blank=True, validators=[phone_like])
    chat_url = models.URLField(_("chat address"), blank=True)
    languages = models.CharField(_("languages"), max_length=60, help_text=_("Codes with commas: en, es."))
    hours = models.CharField(_("hours"), max_length=60, blank=True)
    source = models.CharField(_("where the number was read"), max_length=255, blank=True)
    reviewed_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("The day you tried it.")
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked by"),
    )

    objects = CrisisResourceQuerySet.as_manager()
    base_form_class = CrisisResourceForm

    panels = [
        HelpPanel(
            content=_("Try each number yourself before you enter the day. People call these in danger.")
        ),
        MultiFieldPanel([FieldPanel("name_en"), FieldPanel("what_en")], heading=_("English")),
        MultiFieldPanel([FieldPanel("name_es"), FieldPanel("what_es")], heading=_("Spanish")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("phone"), FieldPanel("tty")]),
                FieldRowPanel([FieldPanel("sms"), FieldPanel("sms_text")]),
                FieldPanel("chat_url"),
            ],
            heading=_("How to reach it"),
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("kinds", "region", "languages", "hours", "order", "key")],
            heading=_("Where it is shown"),
        ),
        FieldPanel("source"),
        FieldPanel("reviewed_on"),
    ]
    search_fields = [index.SearchField("name_en"), index.SearchField("name_es")]

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("helpline")
        verbose_name_plural = _("helplines")

    def __str__(self) -> str:
        return self.name_en

    def clean(self) -> None:
        """A helpline needs a way to reach it and known kinds; a check cannot lie in the future."""
        super().clean()
        unknown = [kind for kind in self.kind_list if kind not in HelpKind.values]
        if unknown:
            raise ValidationError(
                {"kinds": UNKNOWN_KIND % {"kind": unknown[0], "kinds": ", ".join(HelpKind.values)}}
            )
        if not self.phone and not self.sms:
            raise ValidationError({"phone": _("Give a phone number or a text number.")})
        if self.reviewed_on and self.reviewed_on > timezone.localdate():
            raise ValidationError({"reviewed_on": _("This day has not come yet.")})

    @property
    def kind_list(self) -> list[str]:
        """The kinds as a list."""
        return [kind.strip() for kind in self.kinds.split(",") if kind.strip()]

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return self._in_language("name")

    @property
    def what(self) -> str:
        """What it does, in the reader's language."""
        return self._in_language("what")

    def _in_language(self, field: str) -> str:
        spanish = (get_language() or "").startswith("es")
        return getattr(self, f"{field}_es") if spanish else getattr(self, f"{field}_en")

    @property
    def phone_href(self) -> str:
        """`tel:` with digits only, as phones want it."""
        return f"tel:{_digits(self.phone)}"

    @property
    def tty_href(self) -> str:
        """`tel:` of the TTY line."""
        return f"tel:{_digits(self.tty)}"

    @property
    def sms_href(self) -> str:
        """`sms:` with the word to send, in the form both large phone systems accept."""
        return f"sms:{_digits(self.sms)}" + (f"?&body={self.sms_text}" if self.sms_text else "")

    @property
    def speaks(self) -> str:
        """Its languages by their own names, as far as this site knows them."""
        names = dict(settings.LANGUAGES)
        codes = [code.strip() for code in self.languages.split(",")]
        return ", ".join(str(names.get(code, code)) for code in codes if code)

    def is_checked(self, today: datetime.date | None = None) -> bool:
        """Whether someone of this site tried the number in the last 90 days."""
        today = today or timezone.localdate()
        return bool(
            self.reviewed_by_id
            and self.reviewed_on
            and (today - self.reviewed_on).days <= RESOURCE_CHECK_DAYS
        )


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")
