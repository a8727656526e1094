"""The app of the staff: who they are, where they work, how they log in."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Staff")
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401 (connects them)


class DriftConfig(SimpleAdminConfig):
    """Django admin with what our own apps register, and nothing that a library would add by itself:
    secrets of second factors, payloads of tasks, mail addresses."""

    default_site = "accounts.drift.Drift"

    def ready(self) -> None:
        super().ready()
        for app in apps.get_app_configs():
            if Path(app.path).parent == settings.BASE_DIR and module_has_submodule(app.module, "admin"):
                import_module(f"{app.name}.admin")
