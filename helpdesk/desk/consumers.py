"""The agents' socket: news of what they may see, and who types."""

import asyncio
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.exceptions import SynchronousOnlyOperation
from django.utils import translation

from helpdesk import clock
from helpdesk.crews import talk
from helpdesk.desk.chat_answers import answer_at_once, signed_in
from helpdesk.desk.drafts import clear_draft, tell_who_is_at
from helpdesk.desk.drawn_people import draw_people
from helpdesk.desk.later_news import LaterNews
from helpdesk.desk.live import bubble_of, changes_after, entries_of, events_told, groups_for, is_at_hand
from helpdesk.desk.models import Draft
from helpdesk.desk.reading import visitors_of
from helpdesk.desk.sight_ahead import SightAhead
from helpdesk.desk.together import Person, note_gone, note_here, note_writing
from helpdesk.events.names import MESSAGE_REPLIED
from helpdesk.notices.notifying import group_of
from helpdesk.pace import Pace
from helpdesk.people.duty import note_sign
from helpdesk.people.models import User
from helpdesk.people.sight import duty_of
from helpdesk.tickets.further import Seat, answer_further
from helpdesk.tickets.models import Message, Ticket

WRITER_WAITS = 0.002  # seconds
BURST, A_SECOND = 120, 10  # frames of one desk: it beats, tells who types, and sends lines


class DeskConsumer(AsyncJsonWebsocketConsumer):
    """Speaks JSON. In: {"after": seq, "ticket": id or null} on connecting and on opening a ticket, with "here": 0, 1 where
    the page is in sight, 2 where it has the focus, too; {"typing": id}, with "note" where customers are not to see it;
    {"answer": the composer's fields, "ticket": id}.

    Out: {"seq", "events": [...]}, as `live.changes_after` makes them, with "line" where nothing of the ticket has changed
    but that a line was added; {"typing": name}, {"together": who is where}, {"notices": "new"}; of an answer {"answered": its
    client_uuid, "message": id, "html": its bubble, "next": the id of the next answer}. Without a message nothing was stored,
    and the form is to send it, which says why not.
    """

    user: User
    ticket_id: int | None = None
    department_id: int | None = None  # of that ticket
    password = ""  # of the user's row when the session was last checked against it
    is_here = False
    answered: int | None = None  # the last message that this socket has sent, and shown already

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.later_news, self.ahead = LaterNews(self.tell), SightAhead()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels has it, without its visit to another thread before each frame: here none asks the database."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.user = self.scope["user"]
        if not (self.user.is_authenticated and self.user.is_active):
            await self.close(code=4401)
            return
        self.password = self.user.password
        self.pace = Pace(burst=BURST, a_second=A_SECOND)
        self.groups = [*await talk.do(groups_for, self.user), group_of(self.user.pk)]
        for group in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
        self.duty = await talk.do(duty_of, self.user)
        await self.accept()
        await talk.do(note_sign, self.user, self.duty)

    async def disconnect(self, code: int) -> None:
        self.later_news.stop()
        await self.look_at(None)
        for group in getattr(self, "groups", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
        if pause := self.pace.pause():
            await asyncio.sleep(pause)  # meanwhile nothing more is read from this socket
        if not isinstance(content, dict):
            return
        if (form := form_of(content)) is not None:
            await self.answer(number(content.get("ticket")), form)
            return
        if not await self.is_still_here():
            return
        if "ticket" in content:
            await self.look_at(number(content["ticket"]))
        if (here := number(content.get("here"))) is not None and self.ticket_id:
            await talk.do(self.be_here, here)
        if (after := number(content.get("after"))) is not None:  # the page's beat, too
            await talk.do(note_sign, self.user, self.duty)
            news = await talk.do(self.changes_after, after)
            await self.send_json(news)
        if number(content.get("typing")) and content["typing"] == self.ticket_id:
            await self.say_typing(to_customer=not content.get("note"))

    async def answer(self, ticket_id: int | None, form: dict[str, str]) -> None:
        """A line into a chat. What was begun of it as a draft is cleared when everybody has it, and its writer is the last to
        whom it is drawn: the page shows it since the key was pressed."""
        sent = await talk.do(self.send_line, ticket_id, form) if ticket_id else None
        if sent is None:
            await self.send_json({"answered": form.get("client_uuid", "")})
            return
        self.answered = sent.pk
        await asyncio.sleep(WRITER_WAITS)
        html = await talk.do(bubble_of, sent, self.user)
        told, at = {"answered": form["client_uuid"], "message": sent.pk, "html": html}, clock.now()
        await self.send_json(told | {"next": str(uuid4())})
        await talk.do(self.clear_draft, sent.ticket, at)

    def send_line(self, ticket_id: int, form: dict[str, str]) -> Message | None:
        """With the checks of the form: whose session it is now, and what they may see now."""
        session = self.scope.get("session")
        if not session or not session.session_key:
            return None
        further = partial(answer_further, seat=Seat(session.session_key, self.password))
        message = answer_at_once(form, ticket_id, by=self.user, write=further)
        if message is None:
            user = signed_in(session.session_key)
            if user is None or user.pk != self.user.pk:
                return None
            self.user, self.password = user, user.password
            message = answer_at_once(form, ticket_id, by=user)
        return message

    def clear_draft(self, ticket: Ticket, at: datetime) -> None:
        clear_draft(ticket.pk, ticket.department_id, user=self.user, kind=Draft.Kind.REPLY, at=at)

    async def look_at(self, ticket_id: int | None) -> None:
        """Follow the ticket that is open on the screen, if the agent may see it, and no other."""
        if self.ticket_id:
            await self.channel_layer.group_discard(f"ticket.{self.ticket_id}", self.channel_name)
            if self.ticket_id != ticket_id:
                await talk.do(self.be_here, 0)
        found = await talk.do(department_of, self.user, ticket_id) if ticket_id else None
        self.ticket_id, self.department_id = (ticket_id, found[0]) if found else (None, None)
        if self.ticket_id:
            await self.channel_layer.group_add(f"ticket.{self.ticket_id}", self.channel_name)

    def be_here(self, here: int) -> None:
        """The ticket is before this agent's eyes, or is not any more; the team hears of a change."""
        if not here and not self.is_here:
            return
        self.is_here = bool(here)
        if here:
            is_news = note_here(self.ticket_id, self.user, is_focused=here > 1)
        else:
            is_news = note_gone(self.ticket_id, self.user)
        if is_news:
            tell_who_is_at(self.ticket_id, self.department_id)

    async def desk_together(self, said: dict[str, Any]) -> None:
        """Who is at a ticket now, drawn for this agent, who is told of the others only."""
        people = [Person(*one) for one in said["people"] if one[0] != self.user.pk]
        with translation.override(self.user.language):
            html = draw_people(people)
        begun = [one.id for one in people if one.doing != "viewing"]
        await self.send_json({"together": {"ticket": said["ticket"], "html": html, "begun": begun}})

    async def desk_coming(self, news: dict[str, Any]) -> None:
        """A line of this ticket's customer is about to be stored."""
        if news["ticket"] == self.ticket_id:
            self.ahead.begin(self.user, self.ticket_id)

    async def desk_events(self, news: dict[str, Any]) -> None:
        """What is to be drawn on the open ticket at once; what only has lists asked for again, together with other such news."""
        of_ticket = [event for event in news["events"] if self.is_to_draw(event)]
        self.later_news.add([event for event in news["events"] if event not in of_ticket])
        if not of_ticket:
            return
        user, sees = await self.ahead.sight(self.user, self.ticket_id)
        if user is None:
            self.later_news.stop()
            await self.close(code=4401)
            return
        self.user = user
        await self.tell(of_ticket, await self.drawn(of_ticket) if sees else {})

    async def tell(self, events: list[dict[str, Any]], html: dict[int, str] | None = None) -> None:
        told = [event | {"html": (html or {}).get(event["seq"], "")} for event in events]
        await self.send_json({"seq": max(event["seq"] for event in told), "events": told})

    async def drawn(self, of_ticket: list[dict[str, Any]]) -> dict[int, str]:
        """The entries of these events. What was stored here a moment ago is drawn at once: that takes less than a thread takes
        to wake."""
        if all(is_at_hand(event) for event in of_ticket):
            with suppress(SynchronousOnlyOperation):
                return entries_of(events_told(of_ticket), self.user)
        return await talk.do(lambda: entries_of(events_told(of_ticket), self.user))

    def is_to_draw(self, event: dict[str, Any]) -> bool:
        """It concerns the open ticket, and is no answer that was shown with its confirmation."""
        is_shown = event["name"] == MESSAGE_REPLIED and event["message"] == self.answered
        return event["ticket"] == self.ticket_id and not is_shown

    def changes_after(self, after: int) -> dict[str, Any]:
        return changes_after(after, user=self.user, ticket_id=self.ticket_id)

    async def is_still_here(self) -> bool:
        """Closes the socket to an agent who was let go."""
        if await talk.do(self.read_agent):
            return True
        await self.close(code=4401)
        return False

    def read_agent(self) -> bool:
        """Read the agent anew: a socket outlives the rights it was opened with. False for one who was let go."""
        user = User.objects.filter(pk=self.user.pk, is_active=True).first()
        self.user = user or self.user
        return user is not None

    def begin_writing(self) -> None:
        if note_writing(self.ticket_id, self.user) and self.is_here:
            tell_who_is_at(self.ticket_id, self.department_id)

    async def say_typing(self, *, to_customer: bool) -> None:
        """Tell colleagues, and the customer's widget."""
        await talk.do(self.begin_writing)
        said = {"type": "typing", "ticket": self.ticket_id, "who": "agent", "name": str(self.user)}
        await self.channel_layer.group_send(f"ticket.{self.ticket_id}", said | {"from": self.channel_name})
        for visitor in await talk.do(visitors_of, self.ticket_id) if to_customer else ():
            await self.channel_layer.group_send(f"visitor.{visitor}", said)

    async def notices_new(self, _said: dict[str, Any]) -> None:
        await self.send_json({"notices": "new"})

    async def typing(self, said: dict[str, Any]) -> None:
        if said.get("from") != self.channel_name and said.get("ticket") == self.ticket_id:
            await self.send_json({"typing": said.get("name", ""), "who": said.get("who", "")})


def form_of(content: dict[str, Any]) -> dict[str, str] | None:
    """The composer's fields, where the frame is an answer. What is no text is none of them."""
    form = content.get("answer")
    return {name: str(value) for name, value in form.items()} if isinstance(form, dict) else None


def department_of(user: User, ticket_id: int) -> tuple[int | None] | None:
    """The id of its department, None where it has none; nothing where this agent may not see the ticket."""
    return Ticket.objects.visible_to(user).filter(pk=ticket_id).values_list("department_id").first()


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
