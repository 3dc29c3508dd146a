"""A ticket with all that conditions ask of it."""

from helpdesk.tickets.models import Ticket


def lock_whole(ticket_id: int) -> Ticket | None:
    """Locked until the transaction ends; None where it is gone."""
    whole = Ticket.objects.select_related("contact__company", "inbox", "department")
    return whole.select_for_update(of=("self",)).filter(pk=ticket_id).first()
