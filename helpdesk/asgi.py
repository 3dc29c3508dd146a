"""HTTP and websocket doors."""

import gc
import logging
import os
import sys

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
gc.disable()  # until all is loaded: nothing of it is garbage
# While the loop is busy, as when thousands of widgets come back at once, a thread that asks the database waits so long
# for its turn after each answer: five thousandths of a second as Python has it, which is longer than the answer took.
sys.setswitchinterval(0.0005)  # seconds
django.setup(set_prefix=False)  # before the imports below: they need the apps loaded

from django.urls import path  # noqa: E402

from helpdesk import urls  # noqa: E402, F401  the views, too
from helpdesk.connectors.webchat.consumers import VisitorConsumer  # noqa: E402
from helpdesk.desk.consumers import DeskConsumer  # noqa: E402
from helpdesk.own_pages import OwnPagesOnly  # noqa: E402
from helpdesk.web import OneThread  # noqa: E402

desk = OwnPagesOnly(AuthMiddlewareStack(DeskConsumer.as_asgi()))  # agents come with their session

application = ProtocolTypeRouter(
    {
        "http": OneThread(),
        "websocket": URLRouter(
            [
                path("ws/desk/", AllowedHostsOriginValidator(desk)),
                # Visitors come with a signed token, never with a cookie.
                path("ws/widget/", VisitorConsumer.as_asgi()),
            ]
        ),
    }
)

# A full pass of Python's collector holds up everybody; over the 160,000 objects of the program itself and those of a thousand
# sockets it took 250 ms, and came every minute. What is loaded is never looked at again, and the rest less often: at most
# half a million objects gather, such as six thousand closed sockets leave.
gc.freeze()
gc.set_threshold(5_000, 10, 10)
gc.enable()

# uvicorn tells of a process that died and was started anew only where it also tells of each socket that comes.
logging.getLogger("helpdesk.web").info("web process %s answers", os.getpid())
