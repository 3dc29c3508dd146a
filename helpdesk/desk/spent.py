"""How long teammates had a ticket before them: one fact a sitting, for the figures of active time."""

from helpdesk.desk.together import take_time_spent
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import fact, record_all
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

LONGEST_SITTING = 15 * 60  # seconds; a longer one is told in parts
LEAST = 1  # second; a glance on the way to the next ticket is no work


def record_time_spent() -> None:
    """Write down what has been counted since the last time."""
    spent = [one for one in take_time_spent(LONGEST_SITTING) if one[2] >= LEAST]
    tickets = Ticket.objects.in_bulk({ticket for ticket, _, _ in spent})
    users = User.objects.in_bulk({user for _, user, _ in spent})
    facts = [
        fact(names.TICKET_HANDLED, by=Actor.agent(users[user]), ticket=tickets[ticket], value=round(seconds))
        for ticket, user, seconds in spent
        if ticket in tickets and user in users
    ]
    if facts:
        record_all(*facts)
