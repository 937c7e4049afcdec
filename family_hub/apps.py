"""The room that joins the others, and Wagtail's user screens without real names."""

from django.apps import AppConfig


class FamilyHubConfig(AppConfig):
    name = "family_hub"
    verbose_name = "Family Hub"
