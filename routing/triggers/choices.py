"""What can be chosen in a condition or an action, as (key, label). Keys are strings, as forms and JSON have them."""

from django.conf import settings

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut, Ticket
from routing.models import Department

Choices = list[tuple[str, str]]


def departments() -> Choices:
    return [(str(each.pk), each.name) for each in Department.objects.filter(is_active=True)]


def inboxes() -> Choices:
    return [(str(each.pk), each.name) for each in Inbox.objects.order_by("name")]


def agents() -> Choices:
    return [(str(each.pk), str(each)) for each in User.objects.agents()]


def shortcuts() -> Choices:
    """Those with a text that are not one person's alone."""
    shared = Shortcut.objects.standing().shared().exclude(text="").order_by("name")
    names = shared.values_list("name", flat=True).distinct()
    return [(name, f"/{name}") for name in names]


def channels() -> Choices:
    return [(str(key), str(label)) for key, label in Inbox.Kind.choices]


def languages() -> Choices:
    return list(settings.LANGUAGES)


def priorities() -> Choices:
    return [(str(key), str(label)) for key, label in Ticket.Priority.choices]


def statuses() -> Choices:
    return [(str(key), str(label)) for key, label in Ticket.Status.choices]


def ratings() -> Choices:
    return [(str(score), str(score)) for score in (5, 4, 3, 2, 1)]
