"""News that no eyes are on: a page only asks for its lists again when it hears them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

WITHIN = 0.05  # seconds that one may wait for others
tasks: set[asyncio.Task] = set()  # the loop itself holds its tasks only loosely


class LaterNews:
    """Of one socket: ten of these are one frame, and whoever waits for a line of a chat goes first. `send` takes them all."""

    def __init__(self, send: Callable[[list[dict[str, Any]]], Coroutine]) -> None:
        self.send = send
        self.events: list[dict[str, Any]] = []
        self.due: asyncio.TimerHandle | None = None

    def add(self, events: list[dict[str, Any]]) -> None:
        """Called in the loop."""
        self.events += events
        if self.events and self.due is None:
            self.due = asyncio.get_running_loop().call_later(WITHIN, self.send_all)

    def send_all(self) -> None:
        events, self.events, self.due = self.events, [], None
        task = asyncio.ensure_future(self.send(events))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def stop(self) -> None:
        if self.due:
            self.due.cancel()
