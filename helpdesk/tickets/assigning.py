"""Giving many tickets to agents at once, by a few statements however many they are."""

from collections.abc import Iterable, Mapping

from django.db import connection

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import fact, record_all
from helpdesk.tickets.models import Ticket

GIVE = """
UPDATE tickets_ticket t SET assignee_id = given.agent, updated_at = %s, escalated_at = NULL, escalation_reason = '',
    status = CASE t.status WHEN 'new' THEN 'open' ELSE t.status END
FROM unnest(%s::bigint[], %s::bigint[]) given (ticket, agent) WHERE t.id = given.ticket"""


def assign_tickets(tickets: Iterable[Ticket], to: Mapping[int, int], *, by: Actor) -> None:
    """As `assign_ticket` for each of them that is in `to` (ticket id -> agent id). Inside the caller's transaction, who holds
    the tickets' locks, has found them with nobody, and knows that each agent may see theirs."""
    given = [ticket for ticket in tickets if ticket.pk in to]
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE, [clock.now(), [ticket.pk for ticket in given], [to[ticket.pk] for ticket in given]]
        )
    record_all(
        *(
            fact(names.TICKET_ASSIGNED, by=by, ticket=ticket, data={"from": None, "to": to[ticket.pk]})
            for ticket in given
        )
    )
