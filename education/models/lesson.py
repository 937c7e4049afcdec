"""A lesson, and the lock on its door."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from education import rules
from education.blocks import LessonBody
from education.claims import keys_in
from education.models.fingerprint import Fingerprinted
from education.models.permissions import LessonPermissionTester
from education.models.reviews import LessonReview
from education.models.sources import Source
from education.states import HelpKind

UNKNOWN_SOURCE = _("No source has the key “%(key)s”. Add it under Sources first, or correct the claim.")
UNKNOWN_KIND = _("“%(kind)s” is not one of: %(kinds)s.")

CLINICAL_RULES = _(
    "<p>One skill a lesson, 500 to 900 words, 5 to 8 minutes. Short sentences. “You”.</p>"
    "<p>Every fact carries its source: <code>[^key]</code> after the sentence. Write only what you read.</p>"
    "<p>If talking could be dangerous at home, say so before the first step.</p>"
    "<p>Say “a person with a substance use disorder”, “return to use”.</p>"
)


class NotReviewed(PermissionDenied):
    """A lesson was about to be live with a text nobody signed."""

    def __init__(self) -> None:
        super().__init__(
            _("This lesson cannot go live: nobody has signed exactly this text. Send it for review instead.")
        )


class LessonQuerySet(PageQuerySet):
    """Lessons in the words of the house."""

    def readable(self) -> "LessonQuerySet":
        """Lessons the public may read."""
        return self.filter(rules.readable())


class LessonPage(Fingerprinted, Page):
    """One skill, read in five to eight minutes. Live only with the signature of exactly its text."""

    summary = models.CharField(
        _("summary"),
        max_length=250,
        help_text=_("One plain line for lists, as in: A way to start without a fight."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=6, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    for_whom = models.CharField(_("for whom"), max_length=100, help_text=_("As in: any family member."))
    mentions = models.CharField(
        _("mentions"),
        max_length=200,
        blank=True,
        help_text=_("Neutral topic words with commas, so that people can choose: overdose, arguments."),
    )
    help_kinds = models.CharField(
        _("help at the end"),
        max_length=200,
        blank=True,
        help_text=_(
            "Which helplines stand at the end: emergency, overdose, suicide, violence, withdrawal, "
            "poison, treatment."
        ),
    )
    author_mark = models.CharField(
        _("written by"),
        max_length=200,
        blank=True,
        help_text=_("As readers see it: a name and training, or the team."),
    )
    review_due_on = models.DateField(
        _("review due on"),
        null=True,
        blank=True,
        help_text=_(
            "The day the text is to be read again, within two years. Needed before it can be signed."
        ),
    )
    body = StreamField(LessonBody(), verbose_name=_("lesson"))

    objects = PageManager.from_queryset(LessonQuerySet)()
    template = "education/lesson_page.html"
    parent_page_types = ["education.CoursePage"]
    subpage_types: list[str] = []
    reviewed_fields = (
        *Fingerprinted.reviewed_fields,
        "summary",
        "minutes",
        "for_whom",
        "mentions",
        "help_kinds",
        "author_mark",
        "review_due_on",
        "body",
    )
    # A save that touches none of these cannot change what people read.
    locked_fields = frozenset({*reviewed_fields, "live", "live_revision"})

    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    HelpPanel(content=CLINICAL_RULES, heading=_("House rules")),
                    TitleFieldPanel(
                        "title", help_text=_("A need, in the reader’s words: When they will not talk.")
                    ),
                    FieldPanel("summary"),
                    FieldRowPanel([FieldPanel("minutes"), FieldPanel("for_whom")]),
                    FieldPanel("mentions"),
                    FieldPanel("body"),
                ],
                heading=_("Content"),
            ),
            ObjectList(
                [
                    HelpPanel(
                        content=_(
                            "Four marks stand at the end of each lesson: who wrote it, who reviewed it, its "
                            "sources, and when it is reviewed again. The reviewer’s comes from the signature."
                        )
                    ),
                    FieldPanel("author_mark"),
                    FieldPanel("review_due_on"),
                    FieldPanel("help_kinds"),
                ],
                heading=_("Review"),
            ),
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("slug"), FieldPanel("search_description")], heading=_("In lists")
                    )
                ],
                heading=_("Promote"),
            ),
        ]
    )

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    # --- the lock ------------------------------------------------------------------------------
    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse a live lesson without the review of exactly its live revision and text.

        Every way to publish saves the page, so this needs no list of doors. Raises NotReviewed.
        """
        if self._state.adding and self.alias_of_id:
            self.live, self.live_revision, self.has_unpublished_changes = False, None, True
        fields = kwargs.get("update_fields")
        if self.live and (fields is None or not self.locked_fields.isdisjoint(fields)):
            review = LessonReview.objects.filter(page_id=self.pk, revision_id=self.live_revision_id).first()
            if self.pk is None or review is None or review.sha256 != self.fingerprint():
                raise NotReviewed
        return super().save(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> "LessonPage":
        """Copies are drafts: nobody signed the copy."""
        return super().copy(*args, **{**kwargs, "keep_live": False})

    def update_aliases(self, *args: Any, **kwargs: Any) -> None:
        """Aliases stay drafts; Wagtail would publish them together with this lesson."""

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Never write over a revision somebody signed: autosave would, while the editor stays open."""
        old = kwargs.get("overwrite_revision")
        if old is not None and LessonReview.objects.filter(revision=old).exists():
            kwargs["overwrite_revision"] = None
        return super().save_revision(*args, **kwargs)

    def permissions_for_user(self, user: Any) -> LessonPermissionTester:
        return LessonPermissionTester(user, self)

    # --- checks ---------------------------------------------------------------------------------
    def clean(self) -> None:
        """Claims name known sources, help kinds are known."""
        super().clean()
        errors = {}
        keys = self.source_keys()
        known = set(Source.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        missing = [key for key in keys if key not in known]
        if missing:
            errors["body"] = [UNKNOWN_SOURCE % {"key": key} for key in missing]
        strange = [kind for kind in self.help_kind_list if kind not in HelpKind.values]
        if strange:
            errors["help_kinds"] = [UNKNOWN_KIND % {"kind": strange[0], "kinds": ", ".join(HelpKind.values)}]
        if errors:
            raise ValidationError(errors)

    # --- what a reader needs --------------------------------------------------------------------
    def source_keys(self) -> list[str]:
        """The keys claimed in the body, in the order of their first claim."""
        return keys_in(self.body.get_prep_value()) if self.body else []

    @property
    def help_kind_list(self) -> list[str]:
        """The help kinds as a list."""
        return [kind.strip() for kind in self.help_kinds.split(",") if kind.strip()]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The same page for a reader and for the editor's preview."""
        from education.reading import lesson_context

        return {**super().get_context(request, *args, **kwargs), **lesson_context(self, request)}

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Lessons are read at /learn/ alone: `education.views.reading` asks for the review row."""
        raise Http404
