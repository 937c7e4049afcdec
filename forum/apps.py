"""The forum: boards, topics, posts, reports, moderation, the record."""

from datetime import timedelta

from django.apps import AppConfig

#: The team's texts are the clinicians': reviewers and safety leads write them, as snippets. None is deleted:
#: a template that is out of use is switched off, and a severity always has its words.
TEXTS = (
    "forum.add_responsetemplate",
    "forum.change_responsetemplate",
    "forum.add_severityguide",
    "forum.change_severityguide",
)


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from accounts.backends import read_along
        from accounts.jobs import register_job
        from accounts.states import Role
        from education.actions import register_cms_permissions
        from forum import notices, signals  # noqa: F401 (receivers)
        from forum.actions.calming import reopen_job
        from forum.actions.drafting import purge_drafts_job
        from forum.actions.purging import purge_job
        from forum.actions.reporting_month import monthly_report_job
        from forum.actions.welcoming import first_replies_job

        notices.register()
        read_along("member")
        register_job("forum.reopen_topics", timedelta(minutes=1), reopen_job)
        register_job("forum.purge_drafts", timedelta(hours=1), purge_drafts_job)
        register_job("forum.purge_texts", timedelta(hours=1), purge_job)
        register_job("forum.first_replies", timedelta(minutes=10), first_replies_job)
        register_job("forum.monthly_report", timedelta(hours=6), monthly_report_job)
        for role in (Role.CLINICAL_REVIEWER, Role.SAFETY_LEAD):
            register_cms_permissions(role=role, permissions=TEXTS)
