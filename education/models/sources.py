"""What claims rest on, and words explained."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from education.states import SourceKind

SOURCE_RULE = _(
    "Write only what you have read. Leave a field empty when you do not know it. "
    "If you read about a work and not the work itself, say where in “As summarised by”."
)


@register_snippet
class Source(index.Indexed, models.Model):
    """A work a claim rests on. Holds only what was read; unknown fields stay empty (contract: Sources)."""

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Small letters, digits and hyphens only."))
        ],
        help_text=_("Authors write it after a claim: [^archer-2020]. It cannot change later."),
    )
    author = models.CharField(_("author or organisation"), max_length=255)
    title = models.CharField(_("title"), max_length=255, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices)
    publisher = models.CharField(_("publisher or journal"), max_length=255, blank=True)
    url = models.URLField(_("address"), blank=True)
    summarised_by = models.CharField(_("as summarised by"), max_length=255, blank=True)
    about = models.CharField(
        _("what it is, in our words"),
        max_length=255,
        blank=True,
        help_text=_("Where the title is not known."),
    )

    panels = [
        HelpPanel(content=SOURCE_RULE),
        FieldPanel("key"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("author", "title", "year", "kind", "publisher", "url")],
            heading=_("The work"),
        ),
        FieldPanel("summarised_by"),
        FieldPanel("about"),
    ]
    search_fields = [index.SearchField("author"), index.SearchField("title"), index.AutocompleteField("key")]

    class Meta:
        ordering = ["key"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.key}: {self.author}"

    @property
    def words(self) -> str:
        """The source as one line for readers: only what is known, in a fixed order."""
        head = f"{self.author}, {self.year}" if self.year else self.author
        parts = [head, self.title or self.about, self.publisher]
        if self.summarised_by:
            parts.append(_("As summarised by %(who)s") % {"who": self.summarised_by})
        return " ".join(f"{part.rstrip('.')}." for part in parts if part)


@register_snippet
class GlossaryTerm(TranslatableMixin, index.Indexed, models.Model):
    """A word that cannot be avoided, explained in one or two plain sentences."""

    key = models.SlugField(_("key"), max_length=60, help_text=_("The same in each language."))
    term = models.CharField(_("word"), max_length=100)
    meaning = models.TextField(
        _("meaning"), help_text=_("One or two short sentences, as you would say them.")
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )

    panels = [FieldPanel("key"), FieldPanel("term"), FieldPanel("meaning"), FieldPanel("source")]
    search_fields = [index.SearchField("term"), index.SearchField("meaning"), index.FilterField("locale_id")]

    class Meta(TranslatableMixin.Meta):
        ordering = ["term"]
        verbose_name = _("glossary word")
        verbose_name_plural = _("glossary")
        constraints = [models.UniqueConstraint(fields=["key", "locale"], name="glossary_key_once_a_language")]

    def __str__(self) -> str:
        return self.term
