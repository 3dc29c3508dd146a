"""Whether an agent may see the ticket they have open: asked anew before each of its entries, and where a line of its
customer is on its way, while that is stored. So nobody waits for both, one after the other."""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from helpdesk.crews import talk
from helpdesk.people.models import User
from helpdesk.prepared import fetch
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.visibility import visible_to

# The agent anew, and whether they may see the ticket: plain SQL is a third of the work.
# By EXISTS: for "42 IN (all that they may see)" the database would look through all tickets.
OF_AGENT = [field.attname for field in User._meta.concrete_fields if field.attname != "keys"]
LOOKS = """
SELECT EXISTS (SELECT FROM ({{visible}}) seen (ticket) WHERE ticket = %s), {columns}
FROM people_user WHERE id = %s AND is_active""".format(columns=", ".join(OF_AGENT))
GOOD_FOR = 0.25  # seconds: where the line takes longer to be stored it is asked anew


class Sight(NamedTuple):
    """The agent as they are now, None for one who was let go, and whether they may see the ticket."""

    user: User | None
    sees: bool


def look(user: User, ticket_id: int) -> Sight:
    visible, params = visible_to(user)
    asked = fetch(connection, LOOKS.format(visible=visible), (*params, ticket_id, user.pk))
    if not asked:
        return Sight(None, False)
    sees, *columns = asked[0]
    now = User.from_db(connection.alias, OF_AGENT, columns)
    return Sight(now, sees if now.role == user.role else may_see(now, ticket_id))


def may_see(user: User, ticket_id: int) -> bool:
    return Ticket.objects.visible_to(user).filter(pk=ticket_id).exists()


@dataclass
class Glance:
    """A look under way."""

    ticket_id: int
    begun: float
    sight: asyncio.Future


class SightAhead:
    """Of one socket, called in its loop. What was begun is good for so many seconds."""

    def __init__(self, good_for: float = GOOD_FOR) -> None:
        self.good_for = good_for
        self.glance: Glance | None = None

    def begin(self, user: User, ticket_id: int) -> None:
        """Something is coming of this ticket."""
        sight = asyncio.ensure_future(talk.do(look, user, ticket_id))
        sight.add_done_callback(
            lambda done: done.cancelled() or done.exception()
        )  # nobody may ever ask for it
        self.glance = Glance(ticket_id, asyncio.get_running_loop().time(), sight)

    async def sight(self, user: User, ticket_id: int) -> Sight:
        """What was begun, once; where nothing was, or too long ago, it is asked now."""
        glance, self.glance = self.glance, None
        now = asyncio.get_running_loop().time()
        if glance and glance.ticket_id == ticket_id and now - glance.begun < self.good_for:
            return await glance.sight
        return await talk.do(look, user, ticket_id)
