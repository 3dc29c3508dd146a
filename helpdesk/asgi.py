"""HTTP and websocket doors."""

import os
import sys

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
# While the loop is busy, as when thousands of widgets come back at once, a thread that asks the database waits so long
# for its turn after each answer: five thousandths of a second as Python has it, which is longer than the answer took.
sys.setswitchinterval(0.0005)  # seconds
http = get_asgi_application()  # before the imports below: they need the apps loaded

from django.urls import path  # noqa: E402

from helpdesk.connectors.webchat.consumers import VisitorConsumer  # noqa: E402
from helpdesk.desk.consumers import DeskConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": URLRouter(
            [
                # Agents come with their session, so their page's origin must be ours.
                path("ws/desk/", AllowedHostsOriginValidator(AuthMiddlewareStack(DeskConsumer.as_asgi()))),
                # Visitors come with a signed token, never with a cookie.
                path("ws/widget/", VisitorConsumer.as_asgi()),
            ]
        ),
    }
)
