"""What Wagtail needs to know of our roles: groups, their permissions, and the one review workflow."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    GroupPagePermission,
    Locale,
    Page,
    Workflow,
    WorkflowPage,
)
from wagtail.models import WorkflowTask as WorkflowStep

from accounts.models import RoleGrant, User
from accounts.states import Role
from education.models import ClinicalReviewTask

GROUPS = {
    Role.AUTHOR: "Authors",
    Role.CLINICAL_REVIEWER: "Clinical reviewers",
    Role.SAFETY_LEAD: "Safety leads",
    Role.OPERATOR: "Operators",
}
WORKFLOW = "Clinical review"

# No group holds permissions on users or groups; nobody's handle or address is listed in the CMS. Sources and
# glossary show at once under live lessons, so an author alone may add a source and change neither.
PAGE_PERMISSIONS = {
    "Authors": ("add_page", "change_page"),
    "Clinical reviewers": ("change_page", "publish_page"),
}
MODEL_PERMISSIONS = {
    "Authors": (
        "wagtailadmin.access_admin",
        "education.add_source",
        "wagtail_localize.submit_translation",
    ),
    "Clinical reviewers": (
        "wagtailadmin.access_admin",
        "education.add_source",
        "education.change_source",
        "education.add_glossaryterm",
        "education.change_glossaryterm",
        "education.delete_glossaryterm",
        "education.add_crisisresource",
        "education.change_crisisresource",
        "education.delete_crisisresource",
    ),
    "Safety leads": ("wagtailadmin.access_admin", "education.change_crisisresource"),
    "Operators": ("wagtailadmin.access_admin", "education.change_sitefacts"),
}

# What rooms above this one let these groups do with their own snippets; filled when the site starts.
_OF_OTHER_ROOMS: dict[str, set[str]] = {}


def register_cms_permissions(*, role: Role, permissions: Iterable[str]) -> None:
    """Let the CMS group of this role do something with another room's model: "forum.change_severityguide".

    For AppConfig.ready(): the groups get it after the next migrate. Raises ValueError for a role without a
    group, and for pages, users and groups, which are nobody's to give.
    """
    wanted = set(permissions)
    if role not in GROUPS or any(name.startswith(("auth.", "accounts.", "wagtail")) for name in wanted):
        raise ValueError(f"not to be given: {role}, {sorted(wanted)}")
    _OF_OTHER_ROOMS.setdefault(GROUPS[role], set()).update(wanted)


@transaction.atomic
def set_up_house() -> None:
    """Make locales, groups, permissions and the workflow as they should be.

    Runs after each migrate and changes nothing twice.

    Wagtail's own groups and workflow go: theirs would let one person publish.
    """
    others = {name.partition(".")[0] for names in _OF_OTHER_ROOMS.values() for name in names}
    for label in ("wagtailcore", "wagtailadmin", "education", "wagtail_localize", *sorted(others)):
        create_permissions(apps.get_app_config(label), verbosity=0)
    _set_up_locales()
    root = Page.objects.filter(depth=1).first()
    Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()
    for name in GROUPS.values():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions((*MODEL_PERMISSIONS[name], *_OF_OTHER_ROOMS.get(name, ()))))
        if root:
            for permission in _of_codes(PAGE_PERMISSIONS.get(name, ())):
                GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    if root:
        _set_up_workflow(root)


def _set_up_locales() -> None:
    """A locale for each language of the site. In bulk: the cache a save clears may not be there yet."""
    there = set(Locale.objects.values_list("language_code", flat=True))
    Locale.objects.bulk_create(
        Locale(language_code=code) for code, _name in settings.LANGUAGES if code not in there
    )


def _set_up_workflow(root: Page) -> None:
    """One workflow on the root of the tree, so that every language's tree inherits it."""
    task, _made = ClinicalReviewTask.objects.get_or_create(name=WORKFLOW)
    task.groups.set([Group.objects.get(name=GROUPS[Role.CLINICAL_REVIEWER])])
    workflow, _made = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowStep.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
    Workflow.objects.exclude(pk=workflow.pk).filter(name="Moderators approval").delete()


def _of_codes(codes: tuple[str, ...]) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=codes))


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    found: list[Permission] = []
    for name in names:
        label, code = name.split(".")
        found += Permission.objects.filter(content_type__app_label=label, codename=code)
    return found


def sync_groups(*, person: User) -> None:
    """Put the person into exactly the CMS groups of the roles they hold now."""
    held = set(RoleGrant.objects.filter(person=person, ended_at=None).values_list("role", flat=True))
    for role, name in GROUPS.items():
        group, _made = Group.objects.get_or_create(name=name)
        if role in held:
            person.groups.add(group)
        else:
            person.groups.remove(group)
