"""The pages around lessons: home, the list of courses, a course."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from education.models.fingerprint import Fingerprinted
from education.models.permissions import HubPermissionTester, LessonParentPermissionTester

LEARN_SLUG = "learn"
#: A page that ends by the calendar would take the lessons below along, without a reason or a record.
NO_END_DATES: list[Any] = []


class HomePage(Fingerprinted, Page):
    """The first page of a language."""

    lead = models.TextField(_("first words"), help_text=_("Two short sentences under the heading."))
    notice = models.TextField(
        _("notice"), blank=True, help_text=_("Something a reader of this language needs to know first.")
    )
    start_lesson = models.ForeignKey(
        "education.LessonPage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lesson to start with"),
        help_text=_("A short one. The main button leads to it."),
    )

    template = "education/home_page.html"
    max_count_per_parent = 2
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["education.LearnIndexPage"]
    reviewed_fields = (*Fingerprinted.reviewed_fields, "lead", "notice")
    settings_panels = NO_END_DATES
    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("notice"),
        FieldPanel("start_lesson"),
    ]

    class Meta:
        verbose_name = _("home page")

    def permissions_for_user(self, user: Any) -> HubPermissionTester:
        return HubPermissionTester(user, self)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from education.reading import home_context

        return {**super().get_context(request, *args, **kwargs), **home_context(self, request)}


class LearnIndexPage(Fingerprinted, Page):
    """All courses of a language. Its address is always /learn/."""

    lead = models.TextField(_("first words"), blank=True)
    notice = models.TextField(_("notice"), blank=True)

    template = "education/learn_index_page.html"
    max_count_per_parent = 1
    parent_page_types = ["education.HomePage"]
    subpage_types = ["education.CoursePage"]
    reviewed_fields = (*Fingerprinted.reviewed_fields, "lead", "notice")
    settings_panels = NO_END_DATES
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("notice")]

    class Meta:
        verbose_name = _("list of courses")

    def clean(self) -> None:
        """The address of this page stands in the site's URLs."""
        super().clean()
        if self.slug and self.slug != LEARN_SLUG:
            raise ValidationError({"slug": _("This page's address is always “learn”.")})

    def permissions_for_user(self, user: Any) -> LessonParentPermissionTester:
        return LessonParentPermissionTester(user, self)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from education.reading import learn_context

        return {**super().get_context(request, *args, **kwargs), **learn_context(self, request)}


class CoursePage(Fingerprinted, Page):
    """A path of lessons in an order that helps; nothing in it is locked."""

    summary = models.CharField(_("summary"), max_length=250, help_text=_("One line for the list of courses."))
    for_today = models.CharField(
        _("what someone would say today"),
        max_length=120,
        blank=True,
        help_text=_("In their own words, for the home page: I do not know what happens in treatment."),
    )
    icon = models.CharField(_("icon"), max_length=30, default="book")
    urgent = models.BooleanField(
        _("for the first hours"), default=False, help_text=_("Its arch is wine red. For one course only.")
    )

    template = "education/course_page.html"
    parent_page_types = ["education.LearnIndexPage"]
    subpage_types = ["education.LessonPage"]
    reviewed_fields = (*Fingerprinted.reviewed_fields, "summary", "for_today", "icon", "urgent")
    settings_panels = NO_END_DATES
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("for_today"),
        FieldPanel("icon"),
        FieldPanel("urgent"),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def permissions_for_user(self, user: Any) -> LessonParentPermissionTester:
        return LessonParentPermissionTester(user, self)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from education.reading import course_context

        return {**super().get_context(request, *args, **kwargs), **course_context(self, request)}
