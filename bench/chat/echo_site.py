"""The Channels echo behind the middleware that our agents' socket has, with the channel layer of channels_redis."""

from django.core.asgi import get_asgi_application

get_asgi_application()  # before the imports below: they need the apps loaded

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402

from bench.chat.echo import Echo  # noqa: E402

socket = URLRouter([path("ws/echo/", AllowedHostsOriginValidator(AuthMiddlewareStack(Echo.as_asgi())))])
application = ProtocolTypeRouter({"websocket": socket})
