"""A signed-in teammate: the desk's socket, by which their answers go, too."""

import asyncio
import re
import uuid

from bench.chat.browsers import Browser
from bench.chat.lines import Line, open_line

PASSWORD = "measure-me-2024"
TOKEN = r'name="csrfmiddlewaretoken" value="([^"]+)"'


class Agent:
    """Has one ticket open. `heard` are the marks waited for: text -> the future of its bubble."""

    def __init__(self, url: str, email: str) -> None:
        self.url, self.email, self.browser = url, email, Browser(url)
        self.heard: dict[str, asyncio.Future] = {}
        self.line: Line | None = None
        self.said: dict[
            str, asyncio.Future
        ] = {}  # of answers: client_uuid -> the future of what the server says
        self.ticket, self.frames = 0, 0

    async def begin(self) -> None:
        _, page = await self.browser.get("/login/")
        form = {
            "username": self.email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": re.search(TOKEN, page)[1],
        }
        status, _ = await self.browser.post("/login/", form, Origin=self.url)
        if status != 302:
            raise SystemExit(f"Signing in failed: {status}")
        headers = f"Cookie: {self.browser.cookie}\r\nOrigin: {self.url}\r\n"
        self.line = await open_line(self.url.replace("http", "ws") + "/ws/desk/", self.hear, headers=headers)

    async def open(self, ticket: int) -> None:
        self.ticket = ticket
        self.line.say(ticket=ticket, after=2**62)

    def hear(self, news: dict) -> None:
        self.frames += 1
        if "answered" in news:
            self.said.pop(news["answered"]).set_result("message" in news)
        for event in news.get("events", ()):
            if (html := event.get("html")) and self.heard:
                for mark in [mark for mark in self.heard if mark in html]:
                    if not (heard := self.heard.pop(mark)).done():
                        heard.set_result(None)

    async def answer(self, text: str) -> None:
        """As the page says it."""
        key = str(uuid.uuid4())
        stored = self.said[key] = asyncio.get_running_loop().create_future()
        form = {"kind": "reply", "text": text, "client_uuid": key, "channel": "webchat", "last_seen": ""}
        self.line.say(ticket=self.ticket, answer=form)
        if not await stored:
            raise SystemExit("An answer was refused.")
