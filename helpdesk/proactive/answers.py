"""A visitor who writes soon after they opened a message of ours has answered it, whichever way the words came in."""

from collections.abc import Set
from datetime import timedelta

from django.db import connection, transaction

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.people.contacts import browsers_of
from helpdesk.proactive.models import ProactiveSending
from helpdesk.proactive.showing import reader
from helpdesk.tickets.models import Ticket

REACH = timedelta(hours=24)  # as the funnel's: a session begun so soon after our message comes from it
LONGEST_LINE = 140
AWAITED = (
    "SELECT EXISTS (SELECT FROM proactive_proactivesending WHERE opened_at >= %s AND answered_at IS NULL)"
)


def those_awaited() -> Set[str]:
    """Nothing where nobody has an opened message before them: asked for every message that comes in, in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(AWAITED, [clock.now() - 2 * REACH])
        return {names.MESSAGE_RECEIVED} if cursor.fetchone()[0] else set()


@hears(names.MESSAGE_RECEIVED, now=those_awaited)
def on_event(event: Event) -> None:
    """Listener: the message that they opened last is answered, once."""
    ticket = Ticket.objects.select_related("contact").filter(pk=event.ticket_id).first()
    if ticket is None or event.data.get("automatic"):
        return
    with transaction.atomic():
        sendings = ProactiveSending.objects.select_for_update(of=("self",)).filter(
            visitor__in=browsers_of([ticket.contact_id]),
            inbox=ticket.inbox_id,
            opened_at__range=(event.occurred_at - REACH, event.occurred_at),
        )
        sending = sendings.order_by("-opened_at", "-id").first()
        if sending and sending.answered_at is None:
            note_answer(sending, ticket, event)


def note_answer(sending: ProactiveSending, ticket: Ticket, event: Event) -> None:
    sending.answered_at, sending.ticket, sending.contact = event.occurred_at, ticket, ticket.contact
    sending.save(update_fields=["answered_at", "ticket", "contact"])
    record(
        names.PROACTIVE_REPLIED,
        by=reader(sending),
        ticket=ticket,
        visitor=sending.visitor,
        data={
            "message": sending.message_id,
            "text": sending.text[:LONGEST_LINE],
            "at": sending.opened_at.isoformat(),
        },
        occurred_at=event.occurred_at,
    )
