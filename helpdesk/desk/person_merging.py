"""What the dialog shows that makes one person of two: who could be meant, and what would become of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.desk.filters.meaning import contacts_like
from helpdesk.desk.same_person import same_person
from helpdesk.people.attributes.definitions import PERSON, standing_of
from helpdesk.people.attributes.facts import as_text, words_of
from helpdesk.people.attributes.ours import without_ours
from helpdesk.people.merging import ATTRIBUTE, FILLED
from helpdesk.people.models import Contact, ContactIdentity, User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.one_person import contacts_visible_to, hidden_tickets

MOST_CHOICES = 8
EMAIL = ContactIdentity.Kind.EMAIL
TAKE = "take:"  # before the name of a field, in the dialog's form
LABELS: dict[str, str | Promise] = {
    "name": pgettext_lazy("person", "Name"),
    "email": gettext_lazy("Answers go to"),
    "phone": gettext_lazy("Phone"),
    "company_id": gettext_lazy("Company"),
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
}


@dataclass(frozen=True)
class Difference:
    """Both know it, and not alike. `is_taken`: that of the one who goes is chosen."""

    field: str  # of the form
    label: str | Promise
    kept: str
    gone: str
    is_taken: bool


class Person:
    """One of the two, as a card of the dialog."""

    def __init__(self, contact: Contact, user: User) -> None:
        self.contact = contact
        self.tickets = Ticket.objects.visible_to(user).of(contact).count()
        self.hidden = hidden_tickets(contact, user)
        self.known_by = [
            one.value for one in contact.identities.all() if one.kind != ContactIdentity.Kind.VISITOR
        ]
        self.browsers = sum(one.kind == ContactIdentity.Kind.VISITOR for one in contact.identities.all())


@dataclass(frozen=True)
class Preview:
    """`kept` stays, `gone` becomes the same person."""

    kept: Person
    gone: Person
    differences: list[Difference]

    @property
    def hidden(self) -> Person | None:
        """The one of whom the agent may not see everything: then the two can't be merged."""
        return next((one for one in (self.kept, self.gone) if one.hidden), None)


def choices_for(ticket: Ticket, query: str, user: User) -> list[Contact]:
    """The people that the words fit: a name, an address, a telephone number. Without words those who may be the same as the
    ticket's customer."""
    found = like(query) if query.strip() else alike(ticket)
    people = contacts_visible_to(user).filter(found).exclude(pk=ticket.contact_id)
    return list(with_ways(people).order_by("-last_seen_at", "-pk")[:MOST_CHOICES])


def like(query: str) -> Q:
    query = query.strip()
    known = ContactIdentity.objects.filter(value=query.lower()[:254])
    return (
        Q(pk__in=contacts_like(query).values("pk"))
        | Q(pk__in=known.values("contact"))
        | Q(pk__in=Contact.objects.by_phone(query).values("pk"))
    )


def alike(ticket: Ticket) -> Q:
    """The same address, typed or proved, or the same telephone number; or whoever answered for them by mail."""
    contact, other = ticket.contact, same_person(ticket)
    found = Q(pk__in=Contact.objects.by_phone(contact.phone).values("pk"))
    addresses = {one.value for one in contact.identities.all() if one.kind == EMAIL} | {contact.email.lower()}
    for address in addresses - {""}:
        known = ContactIdentity.objects.filter(kind=EMAIL, value=address)
        found |= Q(pk__in=known.values("contact")) | Q(pk__in=contacts_like(address).values("pk"))
    return found | Q(pk=other.pk) if other else found


def with_ways(people: QuerySet[Contact]) -> QuerySet[Contact]:
    return people.select_related("company").prefetch_related("identities")


def chosen_person(pk: int | None, user: User) -> Contact | None:
    """Somebody of whom the agent may see something."""
    return with_ways(contacts_visible_to(user)).filter(pk=pk).first()


def preview_of(one: Contact, other: Contact, keep: str, take: Iterable[str], user: User) -> Preview:
    """`keep` is the number of the one who stays; where it is neither, whoever is known by an address, else the older."""
    likely, second = sorted((one, other), key=lambda each: (not has_address(each), each.pk))
    kept, gone = (second, likely) if keep == str(second.pk) else (likely, second)
    return Preview(Person(kept, user), Person(gone, user), differences_between(kept, gone, set(take)))


def has_address(contact: Contact) -> bool:
    return any(one.kind == EMAIL for one in contact.identities.all())


def differences_between(kept: Contact, gone: Contact, take: set[str]) -> list[Difference]:
    one, other = values_of(kept), values_of(gone)
    labels = LABELS | {ATTRIBUTE + key: str(row.label) for key, row in standing_of(PERSON).items()}
    return [
        Difference(
            TAKE + name, labels.get(name, name.removeprefix(ATTRIBUTE)), one[name], other[name], name in take
        )
        for name in one
        if one[name] and other.get(name) and one[name] != other[name]
    ]


def values_of(contact: Contact) -> dict[str, str]:
    """As a person reads them."""
    values: dict[str, Any] = {name: getattr(contact, name) for name in FILLED} | {
        "company_id": contact.company
    }
    values["language"] = dict(settings.LANGUAGES).get(contact.language, contact.language)
    defined = standing_of(PERSON)
    values |= {
        ATTRIBUTE + key: words_of(defined[key], value)[0] if key in defined else as_text(value)
        for key, value in without_ours(contact.attributes).items()
    }
    return {name: "" if value in (None, "") else str(value) for name, value in values.items()}
