"""A socket that comes with a session is opened by a page of ours, or not at all."""

import pytest
from channels.generic.websocket import AsyncWebsocketConsumer

from helpdesk.own_pages import OwnPagesOnly
from tests.sockets import Socket


class Open(AsyncWebsocketConsumer):
    """Lets everybody in."""


async def is_let_in(origin, *, host="desk.example", scheme="wss"):
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    socket = Socket(OwnPagesOnly(Open.as_asgi()), "/ws/desk/", headers=headers, scheme=scheme)
    is_in, _ = await socket.connect()
    await socket.disconnect()
    return is_in


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://desk.example", True),
        ("http://desk.example", False),  # anybody on the way could have written that page
        ("https://desk.example:8443", False),
        ("https://evil.example", False),
        ("https://desk.example.evil.example", False),
        ("null", False),
        ("", False),
        (None, False),
    ],
)
async def test_only_pages_of_the_very_same_site_open_it(settings, origin, expected):
    settings.CSRF_TRUSTED_ORIGINS = []
    settings.ALLOWED_HOSTS = ["*"]
    assert await is_let_in(origin) is expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://help.shop.example", True),
        ("https://a.team.example", True),
        ("http://a.team.example", False),
        ("https://team.example.evil.example", False),
        ("https://shop.example", False),
    ],
)
async def test_those_that_forms_may_come_from_may_open_it_too(settings, origin, expected):
    settings.CSRF_TRUSTED_ORIGINS = ["https://help.shop.example", "https://*.team.example"]
    assert await is_let_in(origin) is expected
