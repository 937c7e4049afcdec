"""A permission policy that answers no to everyone."""

from typing import Any

from django.contrib.auth import get_user_model
from wagtail.permission_policies import BasePermissionPolicy


class NobodyPolicy(BasePermissionPolicy):
    """Answers no, to superusers too. No handle or address is listed, searched or edited in the CMS."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return False

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return False

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return False

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return False

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return self.model._default_manager.none()

    def users_with_any_permission(self, actions: Any) -> Any:
        return get_user_model()._default_manager.none()
