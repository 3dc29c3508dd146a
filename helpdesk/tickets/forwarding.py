"""A customer's mail that a teammate handed on: what the teammate wrote above it stays with the team."""

from helpdesk.events.actor import Actor
from helpdesk.inboxes.contract import InboundMessage
from helpdesk.people.models import User
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import add_note

FORWARD = "forward"  # marks the note (as its thread_reason): it came by mail, so it is as sure as its sender's check


def keep_forwarder_note(ticket: Ticket, inbound: InboundMessage) -> Message | None:
    """The forwarder's words as an internal note of theirs. Call it in the transaction that takes the message in."""
    user = User.objects.filter(pk=inbound.forwarded_by).first()
    if user is None or not inbound.forwarder_note.strip():
        return None
    note = add_note(ticket, inbound.forwarder_note, by=Actor.agent(user))
    note.thread_reason, note.sender_check = FORWARD, inbound.sender_check
    note.save(update_fields=["thread_reason", "sender_check"])
    return note
