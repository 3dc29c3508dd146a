"""Who is who: a visitor who gave a name is that contact, a merged contact is the one it went into."""

from collections.abc import Iterable

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
        merges = Event.objects.filter(name=names.CONTACT_MERGED).order_by("id")
        self.went_into = {
            data.get("gone"): contact for contact, data in merges.values_list("contact_id", "data")
        }

    def of(self, contact: int | None, visitor: str | None) -> str | None:
        """The person's key; None where an event is nobody's."""
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
