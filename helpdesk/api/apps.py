from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "helpdesk.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("helpdesk.api.schema")  # drf-spectacular knows an extension once it is imported
