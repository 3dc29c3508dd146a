"""What can be chosen in a condition or an action, as (key, label). Keys are strings, as forms and JSON have them."""

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

Department = Ticket._meta.get_field("department").related_model
Choices = list[tuple[str, str]]


def departments() -> Choices:
    return [(str(each.pk), each.name) for each in Department.objects.filter(is_active=True)]


def inboxes() -> Choices:
    return [(str(each.pk), each.name) for each in Inbox.objects.order_by("name")]


def agents() -> Choices:
    return [(str(each.pk), str(each)) for each in User.objects.agents()]


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


def office_states() -> Choices:
    return [("open", _("open")), ("closed", _("closed"))]


def customer_states() -> Choices:
    return [("new", _("new here")), ("known", _("known already"))]


def visitor_states() -> Choices:
    return [("known", _("somebody we know")), ("new", _("somebody new"))]
