"""What lists can be narrowed by. A value that makes no sense is an error, never an empty list."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from helpdesk.asked import read_number
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Ticket

BIGGEST_ID = 2**63 - 1


class IdFilter(filters.NumberFilter):
    def __init__(self, **details: Any) -> None:
        super().__init__(min_value=0, max_value=BIGGEST_ID, decimal_places=0, **details)


class TicketFilter(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=Ticket.Status.choices)
    channel = filters.ChoiceFilter(choices=Inbox.Kind.choices)
    department = IdFilter(field_name="department_id")
    contact = IdFilter(field_name="contact_id")
    inbox = IdFilter(field_name="inbox_id")
    assignee = filters.CharFilter(method="of_assignee", help_text="an id, me, or none")
    tag = filters.CharFilter(method="with_tag")
    is_spam = filters.BooleanFilter()
    created_since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def of_assignee(self, tickets: QuerySet, name: str, value: str) -> QuerySet:
        if value == "none":
            return tickets.filter(assignee=None)
        if value == "me":
            return tickets.filter(assignee=self.request.user)
        number = read_number(value)
        if number is None:
            raise ValidationError({name: ["An id, me, or none."]})
        return tickets.filter(assignee_id=number)

    def with_tag(self, tickets: QuerySet, name: str, value: str) -> QuerySet:
        return tickets.filter(tags__contains=[value.strip().lower()])


class ContactFilter(filters.FilterSet):
    email = filters.CharFilter(method="with_email")

    class Meta:
        model = Contact
        fields: list[str] = []

    def with_email(self, contacts: QuerySet, name: str, value: str) -> QuerySet:
        return contacts.filter(identities__kind="email", identities__value=value.strip().lower())


class EventFilter(filters.FilterSet):
    name = filters.MultipleChoiceFilter(choices=[(name, name) for name in sorted(names.ALL)])
    ticket = IdFilter(field_name="ticket_id")
    contact = IdFilter(field_name="contact_id")
    since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []
