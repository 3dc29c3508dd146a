from django.apps import AppConfig


class ProactiveConfig(AppConfig):
    name = "helpdesk.proactive"
    label = "proactive"
    default_auto_field = "django.db.models.BigAutoField"
