"""The forum: boards, topics, posts, reports, moderation, the record."""

from datetime import timedelta

from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from accounts.jobs import register_job
        from forum import notices, signals  # noqa: F401 (receivers)
        from forum.actions.calming import reopen_job
        from forum.actions.purging import purge_job
        from forum.actions.reporting_month import monthly_report_job

        notices.register()
        register_job("forum.reopen_topics", timedelta(minutes=1), reopen_job)
        register_job("forum.purge_texts", timedelta(hours=1), purge_job)
        register_job("forum.monthly_report", timedelta(hours=6), monthly_report_job)
