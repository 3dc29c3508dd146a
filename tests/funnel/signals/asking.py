"""Customers who ask and who search: real tickets and searches, whose words the rules read."""

from funnel.models import Edition, SupportConversation
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from tests import factories
from tests.funnel.signals.rows import HOUR, at


def ask(
    edition: Edition, count: int, text: str, month: int = 3, *, tags: tuple[str, ...] = (), **fields
) -> list[int]:
    """So many real tickets whose first message says this, each with its row; first answers after an hour."""
    inbox = factories.make_inbox()
    tickets = []
    for number in range(count):
        with clock.frozen_at(at(month, 5 + number % 20)):
            ticket = factories.make_ticket(
                inbox, text=text, email=f"asks{number}-{inbox.pk}@customer.example"
            )
        SupportConversation.objects.create(
            edition=edition,
            ticket=ticket.pk,
            person=f"c{ticket.contact_id}",
            channel="email",
            language="en",
            tags=list(tags),
            started_by="customer",
            started_at=at(month, 5 + number % 20),
            is_open=False,
            first_response=4 * HOUR,
            **fields,
        )
        tickets.append(ticket.pk)
    return tickets


def search(count: int, query: str, *, results: int = 0, month: int = 3) -> None:
    for number in range(count):
        record(
            names.ARTICLE_SEARCHED,
            by=SYSTEM,
            visitor=f"00000000-0000-4000-9000-{month * 1000 + number:012d}",
            data={"query": query, "results": results, "language": "en"},
            occurred_at=at(month, 6),
        )
