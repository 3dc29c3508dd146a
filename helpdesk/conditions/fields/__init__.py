"""What a condition can ask about. A new one is one line in FIELDS; what the team has defined of people and companies comes
beside them, as `person:plan` and `company:size`, and what a site says of its visitors by its name, as `named:plan`."""

from django.utils.translation import gettext_lazy as _

from helpdesk.conditions.fields.attributes import attribute_field, attribute_fields
from helpdesk.conditions.fields.base import ALWAYS, EVENT, TICKET, VISITOR, Field, Over
from helpdesk.conditions.fields.customer import CUSTOMER_FIELDS
from helpdesk.conditions.fields.message import MESSAGE_FIELDS
from helpdesk.conditions.fields.ticket import TICKET_FIELDS
from helpdesk.conditions.fields.visitor import VISITOR_FIELDS, named_field

__all__ = [
    "ALWAYS",
    "EVENT",
    "FIELDS",
    "TICKET",
    "VISITOR",
    "Field",
    "Over",
    "fields_for",
    "find_field",
    "sections_for",
]

SECTIONS = (
    (_("On the page"), VISITOR_FIELDS),
    (_("Message"), MESSAGE_FIELDS),
    (_("Ticket"), TICKET_FIELDS),
    (_("Customer"), CUSTOMER_FIELDS),
)
# Without a ticket: what a visitor shares with a ticket stands with the rest of the page.
SECTIONS_OF_VISITORS = (
    (_("On the page"), (*VISITOR_FIELDS, *MESSAGE_FIELDS, *TICKET_FIELDS)),
    (_("Customer"), CUSTOMER_FIELDS),
)
FIELDS = {field.key: field for _label, fields in SECTIONS for field in fields}


def find_field(key: str) -> Field | None:
    """None where it is no more, or never was."""
    return FIELDS.get(key) or named_field(key) or attribute_field(key)


def sections_for(scope: str) -> list[tuple[str, tuple[Field, ...]]]:
    """What may be asked there, by what it is about, in the order in which it is offered."""
    own = SECTIONS_OF_VISITORS if scope == VISITOR else SECTIONS
    sections = (*own, (_("What is known of them"), attribute_fields()))
    return [
        (str(label), tuple(field for field in fields if scope in field.scopes)) for label, fields in sections
    ]


def fields_for(scope: str) -> list[Field]:
    return [field for _label, fields in sections_for(scope) for field in fields]
