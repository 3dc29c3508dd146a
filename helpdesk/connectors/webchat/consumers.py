"""The visitor's socket."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation

from helpdesk import clock
from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.api import here, number
from helpdesk.connectors.webchat.limits import refuse_flood
from helpdesk.connectors.webchat.live import group_of
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.visits import Visit, visit_of
from helpdesk.errors import HelpdeskError, Invalid

LARGEST_FRAME = 40_000  # characters
LONGEST_TOKEN = 1_200  # characters
HELLO_WITHIN = 10  # seconds
TYPING_EVERY = 2  # seconds: what comes faster is not passed on


class VisitorConsumer(AsyncWebsocketConsumer):
    """Speaks JSON, one `type` a frame. The first must be a hello, so that the token is in no address.

    In: hello {token, inbox, lang, after, url, title}, message {uuid, text, ...}, seen {message}, typing,
    ping {url, title, after?}. Out: hello and changes {event, messages}, ack {uuid, id} once the message is
    committed, refused {reason, uuid}, typing {name}, pong.
    """

    visit: Visit | None = None
    ticket_id: int | None = None
    name = ""  # of the contact, as the team knows them
    said_typing_at = 0.0

    async def connect(self) -> None:
        await self.accept()
        self.waiting = asyncio.get_running_loop().call_later(
            HELLO_WITHIN, lambda: asyncio.ensure_future(self.close(code=4408))
        )

    async def disconnect(self, code: int) -> None:
        self.waiting.cancel()
        if self.visit:
            await self.channel_layer.group_discard(group_of(self.visit.visitor), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = read_frame(text_data)
        if frame is None:
            await self.close(code=4400)
            return
        answer = FRAMES.get(frame.get("type")) if self.visit else VisitorConsumer.hello
        if answer is None:
            return
        try:
            await answer(self, frame)
        except HelpdeskError as error:
            await self.say("refused", reason=str(error), code=error.code, uuid=frame.get("uuid", ""))
            if self.visit is None:
                await self.close(code=4401)

    async def say(self, kind: str, **content: Any) -> None:
        await self.send(text_data=json.dumps({"type": kind} | content))

    async def hello(self, frame: dict[str, Any]) -> None:
        """Listen first, then read: what happens in between comes twice rather than never."""
        if frame.get("type") != "hello":
            raise Invalid("Say hello first.")
        visit = await in_thread(self.enter)(frame)
        await self.channel_layer.group_add(group_of(visit.visitor), self.channel_name)
        self.visit = visit
        self.waiting.cancel()
        await self.say("hello", **await in_thread(self.catch_up)(frame))

    def enter(self, frame: dict[str, Any]) -> Visit:
        visit = visit_of(*(words(frame, name, LONGEST_TOKEN) for name in ("token", "inbox", "lang")))
        with translation.override(visit.language):
            refuse_flood("start", visitor=visit.visitor, address=self.address)
        here(visit, frame)
        return visit

    def catch_up(self, frame: dict[str, Any]) -> dict[str, Any]:
        last = self.visit.tickets().select_related("contact").order_by("-last_message_at", "-id").first()
        if last:
            self.ticket_id, self.name = last.pk, str(last.contact)
        return conversation.changes_after(self.visit, number(frame.get("after", 0), "after"))

    async def message(self, frame: dict[str, Any]) -> None:
        message_id = await self.counted("message", self.take, frame)
        await self.say("ack", uuid=frame["uuid"], id=message_id)

    def take(self, visit: Visit, frame: dict[str, Any]) -> int:
        receipt = conversation.take_message(visit, frame)
        self.ticket_id, self.name = receipt.ticket.pk, str(receipt.ticket.contact)
        return receipt.message.pk

    async def seen(self, frame: dict[str, Any]) -> None:
        await self.counted("small", conversation.note_seen, number(frame.get("message"), "message"))

    async def pass_on_typing(self, _frame: dict[str, Any]) -> None:
        """Tell the agents who have the ticket open. Kept nowhere."""
        now = asyncio.get_running_loop().time()
        if self.ticket_id is None or now - self.said_typing_at < TYPING_EVERY:
            return
        self.said_typing_at = now
        said = {"type": "typing", "ticket": self.ticket_id, "who": "customer", "name": self.name}
        await self.channel_layer.group_send(f"ticket.{self.ticket_id}", said)

    async def ping(self, frame: dict[str, Any]) -> None:
        """A sign of life: writes to Redis only. With `after` it also asks for what a lost push left out."""
        await self.counted("read", here, frame)
        if "after" in frame:
            after = number(frame["after"], "after")
            await self.say("changes", **await self.counted("read", conversation.changes_after, after))
        await self.say("pong", at=clock.now().isoformat())

    async def changed(self, news: dict[str, Any]) -> None:
        """From `live.on_event`: fetch what this visitor may see of it, and pass it on."""
        if messages := await in_thread(conversation.change)(self.visit, news["event"]):
            self.ticket_id = news["ticket"]
            await self.say("changes", event=news["event"], messages=messages)

    async def typing(self, said: dict[str, Any]) -> None:
        if said.get("who") == "agent" and said.get("ticket") == self.ticket_id:
            await self.say("typing", name=said.get("name", ""))

    async def counted(self, what: str, act: Callable[..., Any], *arguments: Any) -> Any:
        """Do it for this visit, in the visitor's language, and not too often."""

        def run() -> Any:
            with translation.override(self.visit.language):
                refuse_flood(what, visitor=self.visit.visitor, address=self.address)
                return act(self.visit, *arguments)

        return await in_thread(run)()

    @property
    def address(self) -> str:
        return (self.scope.get("client") or ["unknown"])[0]


FRAMES = {
    "message": VisitorConsumer.message,
    "seen": VisitorConsumer.seen,
    "typing": VisitorConsumer.pass_on_typing,
    "ping": VisitorConsumer.ping,
}


def in_thread(function: Callable[..., Any]) -> Callable[..., Any]:
    """Each query in a thread of its own: shared ones would queue up behind one another."""
    return database_sync_to_async(function, thread_sensitive=False)


def read_frame(text: str | None) -> dict[str, Any] | None:
    """The frame as a dictionary; None for what is too large or no JSON object."""
    if text is None or len(text) > LARGEST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None
