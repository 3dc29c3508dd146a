"""Sockets that come with a session are for pages of ours alone: a browser sends the cookies along whoever opens one."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import is_same_domain


class OwnPagesOnly:
    """Lets in what a page of this very site opens, or one of CSRF_TRUSTED_ORIGINS: Django's own rule for forms, so that what
    an agent says over the socket needs no token. Whoever names no page stays out."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        application = self.application if is_own_page(scope) else WebsocketDenier()
        await application(scope, receive, send)


def is_own_page(scope: dict[str, Any]) -> bool:
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    return origin == f"{scheme}://{host}" or any(
        is_trusted(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS
    )


def is_trusted(origin: str, trusted: str) -> bool:
    """`trusted` may begin its host with "*.": then all hosts below it are meant."""
    ours, theirs = urlsplit(trusted), urlsplit(origin)
    if "*" not in trusted:
        return origin == trusted
    return theirs.scheme == ours.scheme and is_same_domain(theirs.netloc, ours.netloc.removeprefix("*"))
