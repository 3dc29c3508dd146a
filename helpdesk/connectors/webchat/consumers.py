"""The visitor's socket."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation

from helpdesk import clock
from helpdesk.connectors.webchat import conversation, talking
from helpdesk.connectors.webchat.api import number
from helpdesk.connectors.webchat.limits import (
    Blocked,
    TooMany,
    doorman,
    refuse_banned,
    refuse_flood,
    seconds_to_wait,
)
from helpdesk.connectors.webchat.live import group_of, signs
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.visits import Visit, language_of
from helpdesk.crews import hellos, talk
from helpdesk.errors import HelpdeskError, Invalid
from helpdesk.pace import Pace
from helpdesk.people.bans import forget_standing
from helpdesk.people.visitors import read_visitor

LARGEST_FRAME = 40_000  # characters
LONGEST_TOKEN = 1_200  # characters
HELLO_WITHIN = 10  # seconds
MOST_HELLOS = 20_000  # that wait for their turn. To be sent away and to come again costs more than to wait
COME_AGAIN_IN = (5, 30)  # seconds, so that they don't come all at once
TYPING_EVERY = 2  # seconds: what comes faster is not passed on
WRITER_WAITS = 0.002  # seconds: for whom a line is news goes first
HERE_EVERY = 8  # seconds: a sign of life that comes sooner says nothing new
# Why a socket is closed. Of LATER the reason is a number of seconds, after which the widget may come again; of BANNED a
# sentence, and it does not come again.
BURST, A_SECOND = 60, 5  # frames of one widget
NO_FRAME, NOT_ALLOWED, BANNED, NO_HELLO, LATER = 4400, 4401, 4403, 4408, 4429


class VisitorConsumer(AsyncWebsocketConsumer):
    """Speaks JSON, one `type` a frame. The first must be a hello, so that the token is in no address.

    In: hello {token, inbox, lang, after, url, title}, message {uuid, text, ...}, seen {message}, typing,
    ping {url, title, after?}. Out: hello and changes {event, messages}, ack {uuid, id} once the message is
    committed, refused {reason, uuid}, typing {name}, read {message}, pong.
    """

    visit: Visit | None = None
    ticket_id: int | None = None
    name = ""  # of the contact, as the team knows them
    written: int | None = None  # the last message of this socket, which its page shows already
    said: dict[str, Any] | None = None  # what the visitor said of themselves with the last message
    address = ""
    hello_within = HELLO_WITHIN
    said_typing_at = noted_at = 0.0

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels has it, without its visit to another thread before each frame: here none asks the database."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        address = (self.scope.get("client") or ["unknown"])[0]
        if not doorman.lets_in(address):
            await self.close()
            return
        self.address, self.pace = address, Pace(burst=BURST, a_second=A_SECOND)
        await self.accept()
        self.waiting = asyncio.get_running_loop().call_later(
            self.hello_within, lambda: asyncio.ensure_future(self.close(code=NO_HELLO))
        )

    async def disconnect(self, code: int) -> None:
        if not self.address:
            return
        doorman.goes(self.address)
        self.waiting.cancel()
        if self.visit:
            await self.channel_layer.group_discard(group_of(self.visit.visitor), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if pause := self.pace.pause():
            await asyncio.sleep(pause)  # meanwhile nothing more is read from this socket
        frame = read_frame(text_data)
        if frame is None:
            await self.close(code=NO_FRAME)
            return
        answer = FRAMES.get(frame.get("type")) if self.visit else VisitorConsumer.hello
        if answer is None:
            return
        try:
            await answer(self, frame)
        except HelpdeskError as error:
            with translation.override(
                self.visit.language if self.visit else language_of(words(frame, "lang", 20))
            ):
                await self.say("refused", reason=str(error), code=error.code, uuid=frame.get("uuid", ""))
            if self.visit is None:
                await self.send_away(error)

    async def send_away(self, error: HelpdeskError) -> None:
        if isinstance(error, TooMany):
            await self.close(code=LATER, reason=str(seconds_to_wait()))
        elif isinstance(error, Blocked):
            await self.close(code=BANNED, reason=str(error))
        else:
            await self.close(code=NOT_ALLOWED)

    async def say(self, kind: str, **content: Any) -> None:
        await self.send(text_data=json.dumps({"type": kind} | content))

    async def hello(self, frame: dict[str, Any]) -> None:
        """Listen first, then read: what happens in between comes twice rather than never."""
        if frame.get("type") != "hello":
            raise Invalid("Say hello first.")
        self.waiting.cancel()
        if hellos.waiting > MOST_HELLOS:
            await self.close(code=LATER, reason=str(random.randint(*COME_AGAIN_IN)))
            return
        visitor = read_visitor(words(frame, "token", LONGEST_TOKEN))
        group = visitor and group_of(visitor)
        if group:
            await self.channel_layer.group_add(group, self.channel_name)
        try:
            begun = await hellos.do(self.begin, frame)
        except BaseException:
            if group:
                await self.channel_layer.group_discard(group, self.channel_name)
            raise
        self.visit, self.ticket_id, self.name = begun.visit, begun.ticket_id, begun.name
        self.noted_at = asyncio.get_running_loop().time()
        await self.say("hello", **begun.changes)
        signs.note(self.visit, frame)

    def begin(self, frame: dict[str, Any]) -> talking.Begun:
        visit = talking.visit_in(*(words(frame, name, LONGEST_TOKEN) for name in ("token", "inbox", "lang")))
        with translation.override(visit.language):
            refuse_banned(visit.visitor, address=self.address)
            refuse_flood("start", visitor=visit.visitor, address=self.address)
        return talking.begin(visit, number(frame.get("after", 0), "after"))

    async def message(self, frame: dict[str, Any]) -> None:
        said = {name: frame.get(name) for name in talking.DETAILS}
        if self.ticket_id:  # whoever has it open here looks meanwhile whether they may see what comes
            coming = {"type": "desk.coming", "ticket": self.ticket_id}
            self.channel_layer.tell_near([(f"ticket.{self.ticket_id}", coming)])
        stored = await self.counted("message", talking.take_line, frame, said == self.said)
        self.said, self.ticket_id, self.name = said, stored.ticket_id, stored.name
        self.written = stored.message_id
        await self.say("ack", uuid=frame["uuid"], id=stored.message_id)

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
        now = asyncio.get_running_loop().time()
        if now - self.noted_at >= HERE_EVERY:
            self.noted_at = now
            signs.note(self.visit, frame)
        if "after" in frame:
            after = number(frame["after"], "after")
            await self.say("changes", **await self.counted("read", conversation.changes_after, after))
        await self.say("pong", at=clock.now().isoformat())

    async def changed(self, news: dict[str, Any]) -> None:
        """From `live.on_events`: fetch what this visitor may see of it, and pass it on."""
        if self.visit is None:
            return
        if self.written and self.written == news.get("message"):
            await asyncio.sleep(WRITER_WAITS)
        messages = talking.change_at_hand(self.visit, news)
        if messages is None:
            messages = await talk.do(talking.change, self.visit, news)
        if messages:
            self.ticket_id = news["ticket"]
            await self.say("changes", event=news["event"], messages=messages)

    async def banned(self, _news: dict[str, Any]) -> None:
        """From `live.on_events`: the team wants nothing of this visitor any more, so their other tabs stay out, too."""
        forget_standing()
        if self.visit:
            signs.drop(self.visit)
            with translation.override(self.visit.language):
                await self.send_away(Blocked())

    async def typing(self, said: dict[str, Any]) -> None:
        if said.get("who") == "agent" and said.get("ticket") == self.ticket_id:
            await self.say("typing", name=said.get("name", ""))

    async def looked(self, said: dict[str, Any]) -> None:
        """From the desk: somebody of the team has read up to this message."""
        if said.get("ticket") == self.ticket_id:
            await self.say("read", message=said["message"])

    async def counted(self, what: str, act: Callable[..., Any], *arguments: Any) -> Any:
        """Do it for this visit, in the visitor's language, and not too often."""
        return await talk.do(self.act_as_visitor, what, act, arguments)

    def act_as_visitor(self, what: str, act: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        with translation.override(self.visit.language):
            refuse_flood(what, visitor=self.visit.visitor, address=self.address)
            return act(self.visit, *arguments)


FRAMES = {
    "message": VisitorConsumer.message,
    "seen": VisitorConsumer.seen,
    "typing": VisitorConsumer.pass_on_typing,
    "ping": VisitorConsumer.ping,
}


def read_frame(text: str | None) -> dict[str, Any] | None:
    """The frame as a dictionary; None for what is too large or no JSON object."""
    if text is None or len(text) > LARGEST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None
