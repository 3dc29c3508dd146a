"""What lists show of a ticket, read anew from its messages after some have come or gone.

What happened to the ticket itself stays as it is: when it was made, queued, first answered and closed.
"""

from datetime import datetime

from django.db.models import QuerySet

from helpdesk import clock
from helpdesk.tickets.markup import words_in
from helpdesk.tickets.models import Message, PhoneCall, Ticket
from helpdesk.tickets.text import snippet_of

INCOMING, OUTGOING = Message.Kind.INCOMING, Message.Kind.OUTGOING
RECOUNTED = ("last_message_at", "last_snippet", "waiting_since", "updated_at")


def recount(ticket: Ticket) -> None:
    """Save the last message and since when the customer waits. Call it with the ticket locked."""
    public = ticket.messages.public()
    last = public.order_by("-created_at", "-id").only("created_at", "released_at").first()
    said = public.exclude(kind=OUTGOING, is_automatic=True)
    newest = said.order_by("-created_at", "-id").only("text", "html").first()
    ticket.last_message_at = (last.released_at or last.created_at) if last else ticket.created_at
    ticket.last_snippet = snippet_of(words_in(newest.text, newest.html)) if newest else ""
    ticket.waiting_since = waiting_since(ticket)
    ticket.updated_at = clock.now()
    ticket.save(update_fields=list(RECOUNTED))


def waiting_since(ticket: Ticket) -> datetime | None:
    """The customer's first message that no person of the team has answered; None where nobody waits for the team."""
    if ticket.is_finished or ticket.queued_at is None:
        return None
    asked = ticket.messages.filter(kind=INCOMING, is_automatic=False)
    answers = answers_of(ticket).order_by("-released_at").values_list("released_at", flat=True)
    calls = PhoneCall.objects.filter(message__ticket=ticket, seconds__gt=0).order_by("-started_at")
    answered = [answers.first(), calls.values_list("started_at", flat=True).first()]
    if answered_at := max(filter(None, answered), default=None):
        asked = asked.filter(created_at__gt=answered_at)
    return asked.order_by("created_at", "id").values_list("created_at", flat=True).first()


def answers_of(ticket: Ticket) -> QuerySet[Message]:
    """What people of the team answered and what was not refused on its way."""
    out = ticket.messages.filter(kind=OUTGOING, author_kind="agent", released_at__isnull=False)
    return out.exclude(state=Message.State.FAILED)
