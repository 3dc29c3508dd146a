from django.urls import path

from helpdesk.connectors.email.screens import health, receiving, sending

app_name = "email_inbox"
urlpatterns = [
    path("receiving/", receiving.receiving, name="receiving"),
    path("receiving/trust/", receiving.trust, name="trust"),
    path("receiving/webhook/", receiving.webhook, name="webhook"),
    path("receiving/webhook/secret/", receiving.new_secret, name="new_secret"),
    path("sending/", sending.sending, name="sending"),
    path("sending/dkim/", sending.dkim_key, name="dkim_key"),
    path("sending/dkim/use/", sending.use_dkim_key, name="use_dkim_key"),
    path("sending/dkim/removal/", sending.remove_dkim_key, name="remove_dkim_key"),
    path("health/", health.health, name="health"),
    path("health/comparison/<int:folder_id>/", health.compare_folder, name="compare_folder"),
]
