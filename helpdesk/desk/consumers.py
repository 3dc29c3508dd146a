"""The agents' socket: news of what they may see, and who types."""

from typing import Any, NamedTuple
from uuid import uuid4

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import translation

from helpdesk.crews import talk
from helpdesk.desk.chat_answers import answer_at_once, signed_in
from helpdesk.desk.drafts import clear_draft, tell_who_is_at
from helpdesk.desk.drawn_people import draw_people
from helpdesk.desk.live import bubble_of, changes_after, entries_of, events_told, groups_for
from helpdesk.desk.models import Draft
from helpdesk.desk.reading import visitors_of
from helpdesk.desk.together import Person, note_gone, note_here, note_writing
from helpdesk.events.names import MESSAGE_REPLIED
from helpdesk.notices.notifying import group_of
from helpdesk.people.duty import note_duty
from helpdesk.people.models import User
from helpdesk.people.sight import duty_of
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.visibility import visible_to

# The agent anew, and whether they may see the ticket: asked before each of its entries, plain SQL is a third of the work.
# By EXISTS: for "42 IN (all that they may see)" the database would look through all tickets.
LOOKS = """
SELECT people_user.*, EXISTS (SELECT FROM ({visible}) seen (ticket) WHERE ticket = %s) AS may_see
FROM people_user WHERE id = %s AND is_active"""


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
    is_here = False
    answered: int | None = None  # the last message that this socket has sent, and shown already

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels has it, without its visit to another thread before each frame: here none asks the database."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.user = self.scope["user"]
        if not (self.user.is_authenticated and self.user.is_active):
            await self.close(code=4401)
            return
        self.groups = [*await talk.do(groups_for, self.user), group_of(self.user.pk)]
        for group in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
        self.duty = await talk.do(duty_of, self.user)
        await self.accept()
        await talk.do(note_duty, self.duty)

    async def disconnect(self, code: int) -> None:
        await self.look_at(None)
        for group in getattr(self, "groups", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
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
            await talk.do(note_duty, self.duty)
            news = await talk.do(self.changes_after, after)
            await self.send_json(news)
        if number(content.get("typing")) and content["typing"] == self.ticket_id:
            await self.say_typing(to_customer=not content.get("note"))

    async def answer(self, ticket_id: int | None, form: dict[str, str]) -> None:
        """A line into a chat. What was begun of it as a draft is cleared when everybody has it."""
        sent = await talk.do(self.send_line, ticket_id, form) if ticket_id else None
        if sent is None:
            await self.send_json({"answered": form.get("client_uuid", "")})
            return
        self.answered = sent.message.pk
        told = {"answered": form["client_uuid"], "message": sent.message.pk, "html": sent.html}
        await self.send_json(told | {"next": str(uuid4())})
        await talk.do(self.clear_draft, sent.message.ticket)

    def send_line(self, ticket_id: int, form: dict[str, str]) -> "Sent | None":
        """With the checks of the form: whose session it is now, and what they may see now."""
        session = self.scope.get("session")
        user = signed_in(session.session_key) if session else None
        if user is None or user.pk != self.user.pk:
            return None
        self.user = user
        message = answer_at_once(form, ticket_id, by=user)
        return message and Sent(message, bubble_of(message, user))

    def clear_draft(self, ticket: Ticket) -> None:
        clear_draft(ticket.pk, ticket.department_id, user=self.user, kind=Draft.Kind.REPLY)

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

    async def desk_events(self, news: dict[str, Any]) -> None:
        html: dict[int, str] | None = {}
        if of_ticket := [event for event in news["events"] if self.is_to_draw(event)]:
            html = await talk.do(self.draw, of_ticket)
            if html is None:
                await self.close(code=4401)
                return
        events = [event | {"html": html.get(event["seq"], "")} for event in news["events"]]
        await self.send_json({"seq": max(event["seq"] for event in events), "events": events})

    def is_to_draw(self, event: dict[str, Any]) -> bool:
        """It concerns the open ticket, and is no answer that was shown with its confirmation."""
        is_shown = event["name"] == MESSAGE_REPLIED and event["message"] == self.answered
        return event["ticket"] == self.ticket_id and not is_shown

    def draw(self, of_ticket: list[dict[str, Any]]) -> dict[int, str] | None:
        """The entries of these events; None for an agent who was let go."""
        role, (visible, params) = self.user.role, visible_to(self.user)
        asked = User.objects.raw(LOOKS.format(visible=visible), [*params, self.ticket_id, self.user.pk])
        user = next(iter(asked), None)
        self.user = user or self.user
        if user and (user.may_see if user.role == role else may_see(user, self.ticket_id)):
            return entries_of(events_told(of_ticket), user)
        return {} if user else None

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


class Sent(NamedTuple):
    """An answer that is stored, and its bubble."""

    message: Message
    html: str


def form_of(content: dict[str, Any]) -> dict[str, str] | None:
    """The composer's fields, where the frame is an answer. What is no text is none of them."""
    form = content.get("answer")
    return {name: str(value) for name, value in form.items()} if isinstance(form, dict) else None


def department_of(user: User, ticket_id: int) -> tuple[int | None] | None:
    """The id of its department, None where it has none; nothing where this agent may not see the ticket."""
    return Ticket.objects.visible_to(user).filter(pk=ticket_id).values_list("department_id").first()


def may_see(user: User, ticket_id: int) -> bool:
    return Ticket.objects.visible_to(user).filter(pk=ticket_id).exists()


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
