"""What education adds to Wagtail's admin, and what it takes away."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views import account
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter

from education import rules
from education.actions.take_down import TAKE_DOWN_ACTION
from education.models import LessonPage
from education.views import cms

HIDDEN_MENUS = {"users", "groups"}


@hooks.register("register_admin_urls")
def admin_addresses():
    return [path("lessons/<int:pk>/take-down/", cms.take_down, name="lesson_take_down")]


@hooks.register("construct_settings_menu")
def no_people_menus(request, menu_items) -> None:
    """Accounts and roles are the business of /team/."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_MENUS]


@hooks.register("construct_main_menu")
def no_documents_for_all(request, menu_items) -> None:
    """The help menu links outside and tells Wagtail's news; ours is docs/authors.md."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


@hooks.register("register_page_header_buttons")
def take_down_button(page, user, view_name, next_url=None):
    if isinstance(page, LessonPage) and page.live and rules.may_take_down(user):
        yield Button(
            _("Take down now"),
            reverse("lesson_take_down", args=[page.pk]),
            icon_name="download",
            priority=60,
        )


@hooks.register("register_log_actions")
def log_actions(actions) -> None:
    @actions.register_action(TAKE_DOWN_ACTION)
    class TakenDown(LogFormatter):
        label = _("Taken down")

        def format_message(self, log_entry):
            return _("Taken down: %(reason)s") % {"reason": log_entry.data.get("reason", "")}


# Name, address and picture of a person are not kept in the CMS: the handle is the only name there is.
account.NameEmailSettingsPanel.is_active = lambda self: False
account.AvatarSettingsPanel.is_active = lambda self: False
