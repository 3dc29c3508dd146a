from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk.inboxes.models import Inbox
from tests.factories import make_inbox


@pytest.fixture
def widget(db) -> Inbox:
    """The chat inbox of a shop."""
    cache.clear()
    return make_inbox("webchat", name="Fernweh Supply")


class Browser:
    """A visitor's browser as the widget drives it: the token in a header, JSON both ways."""

    def __init__(self, inbox: Inbox, lang: str = "en") -> None:
        self.inbox, self.lang, self.client = inbox, lang, Client()
        self.token = ""
        self.opened = self.post("start", url="https://shop.example/boots", title="Boots").json()
        self.token = self.opened["token"]
        self.client.cookies.clear()  # a frame on somebody else's site gets no cookies

    def address(self, path: str, **query: Any) -> str:
        pairs = {"inbox": self.inbox.key, "lang": self.lang} | query
        return f"/widget/api/{path}/?" + "&".join(f"{name}={value}" for name, value in pairs.items())

    def post(self, path: str, **frame: Any) -> Any:
        return self.client.post(
            self.address(path), frame, content_type="application/json", headers={"X-Visitor": self.token}
        )

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self.address(path, **query), headers={"X-Visitor": self.token})

    def write(self, text: str, **frame: Any) -> Any:
        return self.post("messages", text=text, **({"uuid": uuid4().hex} | frame))

    def texts(self, after: int = 0) -> str:
        return "".join(message["html"] for message in self.get("changes", after=after).json()["messages"])


@pytest.fixture
def browse(widget) -> Callable[..., Browser]:
    """browse(): one more visitor of the shop."""

    def open_browser(inbox: Inbox | None = None, lang: str = "en") -> Browser:
        return Browser(inbox or widget, lang)

    return open_browser
