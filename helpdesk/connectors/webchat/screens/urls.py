from django.urls import path

from helpdesk.connectors.webchat.screens import behaviour, identity, look

app_name = "chat_inbox"
urlpatterns = [
    path("look/", look.look, name="look"),
    path("look/preview/", look.preview, name="preview"),
    path("behaviour/", behaviour.behaviour, name="behaviour"),
    path("identity/", identity.identity, name="identity"),
    path("identity/secret/", identity.identity_secret, name="identity_secret"),
]
