"""Who is who: a visitor who gave a name is that contact, a merged contact is the one it went into until it is taken out."""

from collections.abc import Iterable
from typing import Any

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity

CONTACT, VISITOR = "c", "v"


def key_of_contact(contact: int) -> str:
    """A person's key where they are known: "c12" is contact 12."""
    return f"{CONTACT}{contact}"


def key_of_visitor(visitor: str) -> str:
    """A person's key while they are a browser without a name: "v" and its id."""
    return f"{VISITOR}{visitor}"


def contact_of_key(key: str) -> int | None:
    return int(key[1:]) if key.startswith(CONTACT) else None


class People:
    """Finds the person behind an event's contact and visitor, as they are known now."""

    def __init__(self, visitors: Iterable[str] | None = None) -> None:
        """`visitors`: only these will be asked for; all, where None."""
        identities = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR)
        if visitors is not None:
            identities = identities.filter(value__in=list(visitors))
        self.contact_of_visitor = dict(identities.values_list("value", "contact_id"))
        self.went_into: dict[int, int] = {}
        self.contact_of_ticket: dict[int, int] = {}  # of those that went back to whose they were
        told = Event.objects.filter(name__in=[names.CONTACT_MERGED, names.CONTACT_PARTED]).order_by("id")
        for name, contact, data in told.values_list("name", "contact_id", "data"):
            self.follow(name, contact, data)

    def follow(self, name: str, contact: int, data: dict[str, Any]) -> None:
        gone = data.get("gone")
        if name == names.CONTACT_MERGED:
            self.went_into[gone] = contact
            return
        self.went_into.pop(gone, None)
        self.contact_of_ticket |= dict.fromkeys(data["tickets"], gone)

    def of(self, contact: int | None, visitor: str | None, ticket: int | None = None) -> str | None:
        """The person's key; None where an event is nobody's. What was told of a `ticket` while two were one belongs to
        whoever has it again."""
        contact = self.contact_of_ticket.get(ticket, contact) if self.contact_of_ticket else contact
        if contact is None:
            contact = self.contact_of_visitor.get(visitor)
        if contact is not None:
            return key_of_contact(self.kept(contact))
        return None if visitor is None else key_of_visitor(visitor)

    def kept(self, contact: int) -> int:
        """Follow merges to the contact that is left."""
        if contact not in self.went_into:  # as nearly all
            return contact
        seen = set()
        while contact in self.went_into and contact not in seen:
            seen.add(contact)
            contact = self.went_into[contact]
        return contact
