"""An open widget, as live.js and outbox.js have it: says hello, pings, sends until it is confirmed, comes back."""

import asyncio
import contextlib
import json
import random
import time
import uuid
from collections.abc import Coroutine
from urllib.parse import urlencode

from bench.chat.browsers import Browser
from bench.chat.lines import Line, open_line

PING = 25.0  # seconds
FIRST_WAIT, LONGEST_WAIT, POLL, HELLO = 0.5, 30.0, 4.0, 45.0
LATER = 4429  # the server says in how many seconds to come again


tasks: set[asyncio.Task] = set()  # the loop itself holds its tasks only loosely


def keep(work: Coroutine) -> None:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def about(pause: float) -> float:
    return pause * (0.5 + random.random())


class Widget:
    """One visitor. `seen` are the messages it shows, by id."""

    def __init__(self, url: str, inbox: str, token: str) -> None:
        self.url, self.inbox, self.token = url, inbox, token
        self.line: Line | None = None
        self.event, self.wait = 0, FIRST_WAIT
        self.seen: dict[int, str] = {}
        self.unsent: dict[str, str] = {}  # uuid -> text
        self.written: list[str] = []  # every uuid ever sent
        self.acks: dict[str, asyncio.Future] = {}
        self.marks: dict[str, asyncio.Future] = {}
        self.back_at = 0.0
        self.ready: asyncio.Future | None = None
        self.is_in = self.is_gone = self.is_offline = self.is_trying = False
        self.retry: asyncio.TimerHandle | None = None
        self.next_poll: asyncio.TimerHandle | None = None
        self.tries = self.pongs = self.losses = self.polls = 0

    async def begin(self) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        await self.connect()
        await self.ready

    async def connect(self) -> None:
        if self.is_gone:
            return
        self.tries += 1
        self.is_trying = True
        if self.next_poll:
            self.next_poll.cancel()
        try:
            async with asyncio.timeout(HELLO):
                address = self.url.replace("http", "ws") + "/ws/widget/"
                self.line = await open_line(address, self.hear, self.lose)
        except (OSError, TimeoutError):
            self.lose()
            return
        about_me = {"token": self.token, "inbox": self.inbox, "lang": "en"}
        self.line.say(type="hello", **about_me, after=self.event, url=PAGE, title="Boots")
        loop, line = asyncio.get_running_loop(), self.line
        loop.call_later(HELLO, lambda: self.is_in or line is not self.line or line.transport.abort())

    def lose(self, code: int = 1006, reason: str = "") -> None:
        """Try again, each time after a longer pause or when the server says; who fails twice asks once by HTTP."""
        self.line, self.is_in, self.is_trying = None, False, False
        if self.is_gone:
            return
        self.retry_in(int(reason) + about(1.0) if code == LATER else about(self.wait))
        self.wait = min(self.wait * 2, LONGEST_WAIT)
        self.losses += 1
        if self.losses > 1:
            keep(self.poll())

    def retry_in(self, pause: float) -> None:
        loop = asyncio.get_running_loop()
        if self.retry:
            self.retry.cancel()
        self.retry = loop.call_later(pause, lambda: keep(self.connect()))

    async def poll(self) -> None:
        """The same changes by HTTP. While the server is away it is asked once after each socket that fails."""
        browser, was_offline, self.is_offline = Browser(self.url), self.is_offline, True
        query = urlencode({"inbox": self.inbox, "lang": "en", "after": self.event})
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            status, body = await browser.get(f"/widget/api/changes/?{query}", X_Visitor=self.token)
            self.is_offline = False
            if status == 200:
                self.take(json.loads(body))
        browser.close()
        if self.is_trying or self.is_gone or self.is_offline:
            return
        self.polls += 1
        if was_offline:
            self.retry_in(about(1.0))
        loop = asyncio.get_running_loop()
        if self.next_poll:
            self.next_poll.cancel()
        self.next_poll = loop.call_later(about(POLL), lambda: keep(self.poll()))

    def hear(self, frame: dict) -> None:
        kind = frame["type"]
        self.take(frame)
        if kind == "hello":
            self.is_in, self.is_offline, self.losses = True, False, 0
            self.wait, self.back_at = FIRST_WAIT, time.perf_counter()
            for key, text in self.unsent.items():
                self.line.say(type="message", uuid=key, text=text, url=PAGE, title="Boots")
            if not self.ready.done():
                self.ready.set_result(None)
        elif kind == "ack":
            self.unsent.pop(frame["uuid"], None)
            if (
                waiting := self.acks.pop(frame["uuid"], None)
            ) and not waiting.done():  # else nobody waits any more
                waiting.set_result(None)
        elif kind == "pong":
            self.pongs += 1
        elif kind == "refused":
            raise SystemExit(f"A widget was refused: {frame}")

    def take(self, frame: dict) -> None:
        for message in frame.get("messages", ()):
            self.show(message)
        self.event = max(self.event, frame.get("event", 0))

    def show(self, message: dict) -> None:
        self.seen[message["id"]] = message["uuid"]
        for mark in [mark for mark in self.marks if mark in message["html"]]:
            if not (shown := self.marks.pop(mark)).done():
                shown.set_result(None)

    def write(self, text: str) -> asyncio.Future:
        """-> the future of its confirmation. Without a socket it waits in the outbox."""
        key = str(uuid.uuid4())
        self.unsent[key] = text
        self.written.append(key)
        self.acks[key] = asyncio.get_running_loop().create_future()
        if self.line and self.line.is_open:
            self.line.say(type="message", uuid=key, text=text, url=PAGE, title="Boots")
        return self.acks[key]

    def ping(self, **more: int) -> None:
        if self.line and self.line.is_open:
            self.line.say(type="ping", url=PAGE, title="Boots", **more)

    def end(self) -> None:
        self.is_gone = True
        if self.line:
            self.line.cut()


PAGE = "https://shop.example/boots/brown?size=42"


async def open_widgets(url: str, inbox: str, tokens: list[str], *, at_once: int = 40) -> list[Widget]:
    """Open one for each token, `at_once` at a time."""
    gate = asyncio.Semaphore(at_once)

    async def begin(widget: Widget) -> Widget:
        async with gate:
            await widget.begin()
        return widget

    return await asyncio.gather(*(begin(Widget(url, inbox, token)) for token in tokens))


@contextlib.asynccontextmanager
async def alive(widgets: list[Widget]) -> object:
    """While inside, each pings every PING seconds, spread over them."""

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            for number, widget in enumerate(widgets):
                widget.ping()
                due = begun + PING * (number + 1) / len(widgets)
                if (pause := due - time.perf_counter()) > 0.002:
                    await asyncio.sleep(pause)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
