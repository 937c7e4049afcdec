from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Register this room's notices, jobs and readiness check."""
        from accounts import digest, own_notices, readiness, upkeep

        own_notices.register()
        digest.register()
        upkeep.register()
        readiness.register_check("worker", upkeep.worker_is_silent)
