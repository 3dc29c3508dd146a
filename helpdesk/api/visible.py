"""What of the ledger a token may see. Tickets have `visible_to`, contacts tickets.one_person."""

from django.db.models import Q, QuerySet

from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket


def events_visible_to(user: User) -> QuerySet[Event]:
    """Facts of visible tickets, and those of no ticket whose department is open to this user."""
    if user.is_admin:
        return Event.objects.all()
    open_department = (
        Q(department=None)
        | Q(department__is_restricted=False)
        | Q(department__in=user.departments.values("pk"))
    )
    return Event.objects.filter(
        Q(ticket__in=Ticket.objects.visible_to(user)) | (Q(ticket=None) & open_department)
    )
