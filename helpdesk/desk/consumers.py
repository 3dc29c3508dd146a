"""The agents' socket: news of what they may see, and who types."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from helpdesk.desk.live import changes_after, entries_for, groups_for
from helpdesk.people.models import ContactIdentity, User
from helpdesk.tickets.models import Ticket


class DeskConsumer(AsyncJsonWebsocketConsumer):
    """Speaks JSON. In: {"after": seq, "ticket": id or null} on connecting and on opening a ticket,
    {"typing": id}. Out: {"seq", "events": [...]}, as `live.changes_after` makes them, and {"typing": name}.
    """

    user: User
    ticket_id: int | None = None

    async def connect(self) -> None:
        self.user = self.scope["user"]
        if not (self.user.is_authenticated and self.user.is_active):
            await self.close(code=4401)
            return
        self.departments = await in_thread(groups_for)(self.user)
        for group in self.departments:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.look_at(None)
        for group in getattr(self, "departments", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
        if not isinstance(content, dict) or not await self.is_still_here():
            return
        if "ticket" in content:
            await self.look_at(number(content["ticket"]))
        if (after := number(content.get("after"))) is not None:
            news = await in_thread(changes_after)(after, user=self.user, ticket_id=self.ticket_id)
            await self.send_json(news)
        if number(content.get("typing")) and content["typing"] == self.ticket_id:
            await self.say_typing()

    async def look_at(self, ticket_id: int | None) -> None:
        """Follow the ticket that is open on the screen, if the agent may see it, and no other."""
        if self.ticket_id:
            await self.channel_layer.group_discard(f"ticket.{self.ticket_id}", self.channel_name)
        self.ticket_id = ticket_id if ticket_id and await in_thread(may_see)(self.user, ticket_id) else None
        if self.ticket_id:
            await self.channel_layer.group_add(f"ticket.{self.ticket_id}", self.channel_name)

    async def desk_events(self, news: dict[str, Any]) -> None:
        html = {}
        if of_ticket := [event["seq"] for event in news["events"] if event["ticket"] == self.ticket_id]:
            if not await self.is_still_here():
                return
            html = await in_thread(entries_for)(of_ticket, user=self.user, ticket_id=self.ticket_id)
        events = [event | {"html": html.get(event["seq"], "")} for event in news["events"]]
        await self.send_json({"seq": max(event["seq"] for event in events), "events": events})

    async def is_still_here(self) -> bool:
        """Read the agent anew: a socket outlives the rights it was opened with. Closes it to one who was let go."""
        user = await in_thread(User.objects.filter(pk=self.user.pk, is_active=True).first)()
        if user is None:
            await self.close(code=4401)
            return False
        self.user = user
        return True

    async def say_typing(self) -> None:
        """Tell colleagues on the same ticket, and the customer's widget. Kept nowhere."""
        said = {"type": "typing", "ticket": self.ticket_id, "who": "agent", "name": str(self.user)}
        await self.channel_layer.group_send(f"ticket.{self.ticket_id}", said | {"from": self.channel_name})
        for visitor in await in_thread(visitors_of)(self.ticket_id):
            await self.channel_layer.group_send(f"visitor.{visitor}", said)

    async def typing(self, said: dict[str, Any]) -> None:
        if said.get("from") != self.channel_name and said.get("ticket") == self.ticket_id:
            await self.send_json({"typing": said.get("name", ""), "who": said.get("who", "")})


def in_thread(function: Any) -> Any:
    """Each query in a thread of its own: shared ones would queue up behind one another."""
    return database_sync_to_async(function, thread_sensitive=False)


def may_see(user: User, ticket_id: int) -> bool:
    return Ticket.objects.visible_to(user).filter(pk=ticket_id).exists()


def visitors_of(ticket_id: int) -> list[str]:
    """The browsers of the ticket's customer, as the widget's groups are named."""
    identities = ContactIdentity.objects.filter(contact__tickets=ticket_id, kind=ContactIdentity.Kind.VISITOR)
    return [value.replace("-", "") for value in identities.values_list("value", flat=True)[:20]]


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None
