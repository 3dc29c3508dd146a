from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    name = "helpdesk.visitors"
    label = "visitors"
    default_auto_field = "django.db.models.BigAutoField"
