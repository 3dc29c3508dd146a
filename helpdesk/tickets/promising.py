"""Until when the next promise to a ticket's customer is to be kept. The clocks themselves are kept by whoever promises
(routing.service); here is what every list shows of them."""

from datetime import datetime

from helpdesk.tickets.models import Ticket


def note_due(ticket_id: int, due_at: datetime | None) -> None:
    """Store it; None where nothing is promised now. It is reckoned from facts that stand in the ledger, and is none itself."""
    changed = Ticket.objects.filter(pk=ticket_id).exclude(due_at=due_at)
    changed.update(due_at=due_at)
