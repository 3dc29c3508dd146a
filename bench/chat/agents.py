"""A signed-in teammate: the desk's socket, and answers by the composer's form."""

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
        self.ticket, self.token, self.frames = 0, "", 0

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
        _, page = await self.browser.get(f"/desk/tickets/{ticket}/")
        self.token = re.search(TOKEN, page)[1]
        self.line.say(ticket=ticket, after=2**62)

    def hear(self, news: dict) -> None:
        self.frames += 1
        for event in news.get("events", ()):
            if (html := event.get("html")) and self.heard:
                for mark in [mark for mark in self.heard if mark in html]:
                    if not (heard := self.heard.pop(mark)).done():
                        heard.set_result(None)

    async def answer(self, text: str) -> None:
        form = {"kind": "reply", "text": text, "client_uuid": uuid.uuid4(), "csrfmiddlewaretoken": self.token}
        path = f"/desk/tickets/{self.ticket}/messages/"
        headers = {"HX_Request": "true", "Origin": self.url}
        status, page = await self.browser.post(path, form, **headers)
        if status != 200:
            raise SystemExit(f"An answer was refused: {status} {page[:500]}")
