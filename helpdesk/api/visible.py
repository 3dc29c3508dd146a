"""What a token may see, beside tickets (those have `visible_to`)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk.events.models import Event
from helpdesk.people.models import Contact, User
from helpdesk.tickets.models import Ticket


def contacts_visible_to(user: User) -> QuerySet[Contact]:
    """All but those who wrote only where this user may not look, and those merged into another."""
    if user.is_admin:
        return Contact.objects.standing()
    tickets = Ticket.objects.filter(contact=OuterRef("pk"))
    return Contact.objects.standing().filter(~Exists(tickets) | Exists(tickets.visible_to(user)))


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
