"""The forum: boards, topics, posts, reports, moderation, the record."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from forum import notices, signals  # noqa: F401 (receivers)

        notices.register()
