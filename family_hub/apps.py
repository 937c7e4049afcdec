"""The room that joins the others, and Wagtail's user screens without real names."""

from django.apps import AppConfig


class FamilyHubConfig(AppConfig):
    name = "family_hub"
    verbose_name = "Family Hub"

    def ready(self) -> None:
        """Register the site's own jobs and readiness checks."""
        from family_hub import upkeep

        upkeep.register()
