from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "helpdesk.connectors.email"
    label = "email_connector"
    default_auto_field = "django.db.models.BigAutoField"
