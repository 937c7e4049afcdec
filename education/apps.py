from datetime import timedelta

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

# A migrate of one app alone may leave the others without tables.
TABLES_NEEDED = {
    "accounts_rolegrant",
    "education_clinicalreviewtask",
    "wagtailcore_workflowpage",
    "wagtailcore_collection",
}


def after_migrate(sender, using, **kwargs) -> None:
    """Groups and workflow are there as soon as the tables are, in tests after a flush too."""
    tables = set(connections[using].introspection.table_names())
    if TABLES_NEEDED <= tables:
        from education.actions import set_up_house

        set_up_house()


def role_was_changed(sender, *, to, **kwargs) -> None:
    """Keep the CMS groups in step with the roles. Listens only: the record is another room's answer."""
    from education.actions import sync_groups

    sync_groups(person=to)


def publish_what_is_due() -> None:
    """The worker's job: pages with a time set."""
    from education.actions import publish_scheduled

    publish_scheduled()


def every_live_lesson_is_signed() -> str | None:
    """One sentence for the operator when a lesson nobody signed is marked live; readers do not see it."""
    from education.actions import count_unsigned

    number = count_unsigned()
    return (
        f"{number} lessons are marked live without a signature; readers do not see them." if number else None
    )


class EducationConfig(AppConfig):
    name = "education"

    def ready(self) -> None:
        from accounts.jobs import register_job
        from accounts.readiness import register_check
        from accounts.signals import role_changed

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="education.after_migrate")
        register_job("education.publish_scheduled", timedelta(minutes=5), publish_what_is_due)
        register_check("lessons_signed", every_live_lesson_is_signed)
        role_changed.connect(role_was_changed, dispatch_uid="education.role_was_changed")
