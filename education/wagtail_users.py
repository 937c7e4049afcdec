"""Wagtail's screens for people and groups, closed for all: accounts are the business of /team/ and /me/."""

from wagtail.users.apps import WagtailUsersAppConfig


class ClosedUsersConfig(WagtailUsersAppConfig):
    """`wagtail.users` with its policies for users and groups replaced."""

    def ready(self) -> None:
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import Group
        from wagtail.permissions import register_permission_policy

        from education.nobody_policy import NobodyPolicy

        for model in (get_user_model(), Group):
            register_permission_policy(model, NobodyPolicy(model))
