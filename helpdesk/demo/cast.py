"""The people of the history, each with the identity by which their channel knows them."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from helpdesk.demo.copying import copy_rows, give_back_ids, take_ids
from helpdesk.demo.customers import Customer, make_customer, make_spammer
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, ContactIdentity

LANGUAGES = {"en": 66, "it": 18, "ro": 9, "zh-hans": 7}
RETURNS = 0.33  # of those who write have written before
KINDS = {
    Inbox.Kind.EMAIL: ContactIdentity.Kind.EMAIL,
    Inbox.Kind.WEBCHAT: ContactIdentity.Kind.VISITOR,
    Inbox.Kind.TELEGRAM: ContactIdentity.Kind.TELEGRAM,
}


# Whoever writes English may be anywhere.
TIME_ZONES = {"it": "Europe/Rome", "ro": "Europe/Bucharest", "zh-hans": "Asia/Shanghai"}
CLUB = ((5, "Gold"), (2, "Silver"), (0, "None"))  # from so many orders on


def bought(orders: int, customer: Customer) -> dict[str, str | int | float]:
    """What the shop says of its customers, each order about as dear as the next."""
    spend = round(orders * (38 + customer.number * 7 % 90) + 0.9, 2)
    return {"orders": orders, "spend": spend, "club": next(club for least, club in CLUB if orders >= least)}


@dataclass
class Person:
    customer: Customer
    contact: Contact
    channel: str
    identity: str  # as the channel knows them


@dataclass
class Cast:
    """Everybody who ever wrote. `ids` are taken ahead, so that stories can name their contact."""

    rng: Random
    ids: list[int]
    people: list[Person] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, rng: Random, most: int) -> "Cast":
        return cls(rng, take_ids(Contact, most))

    def somebody(self, channel: str, at: datetime, language: str = "") -> Person:
        """Somebody who writes by this channel now: often new, sometimes known."""
        known = [person for person in self.people[-400:] if person.channel == channel]
        if not language and known and self.rng.random() < RETURNS:
            return self.rng.choice(known)
        language = language or self.rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        return self.join(make_customer(self.rng, len(self.people), language), channel, at)

    def spammer(self, at: datetime) -> Person:
        return self.join(make_spammer(self.rng, len(self.people)), Inbox.Kind.EMAIL, at)

    def join(self, customer: Customer, channel: str, at: datetime) -> Person:
        is_anonymous = channel == Inbox.Kind.WEBCHAT and self.rng.random() < 0.2
        contact = Contact(
            pk=self.ids[len(self.people)],
            name="" if is_anonymous else customer.name,
            email="" if is_anonymous or channel == Inbox.Kind.TELEGRAM else customer.email,
            language=customer.language,
            time_zone=TIME_ZONES.get(customer.language, ""),
            attributes={} if is_anonymous else bought(self.rng.choice((1, 1, 1, 2, 2, 3, 5, 8)), customer),
            created_at=at,
            last_seen_at=at,
        )
        if is_anonymous:
            customer = Customer("", "", "", customer.language, customer.number)
        person = Person(customer, contact, channel, self.identity_of(customer, channel))
        self.people.append(person)
        return person

    def identity_of(self, customer: Customer, channel: str) -> str:
        if channel == Inbox.Kind.EMAIL:
            # Two customers of one name at one provider: the number keeps their addresses apart.
            is_taken = customer.email in self.addresses
            self.addresses.add(customer.email)
            return f"c{customer.number}.{customer.email}" if is_taken else customer.email
        if channel == Inbox.Kind.WEBCHAT:
            return str(UUID(int=self.rng.getrandbits(128), version=4))
        return str(self.rng.randint(10**8, 7 * 10**9))

    def store(self) -> None:
        copy_rows(Contact, [person.contact for person in self.people])
        give_back_ids(Contact)
        copy_rows(ContactIdentity, self.identities())

    def identities(self) -> list[ContactIdentity]:
        identities = []
        for person in self.people:
            contact, kind = person.contact, KINDS[Inbox.Kind(person.channel)]
            if kind == ContactIdentity.Kind.EMAIL:
                contact.email = person.identity
            identities.append(
                ContactIdentity(
                    contact=contact,
                    kind=kind,
                    value=person.identity,
                    is_verified=kind != ContactIdentity.Kind.VISITOR,
                    created_at=contact.created_at,
                )
            )
        for identity, number in zip(identities, take_ids(ContactIdentity, len(identities)), strict=True):
            identity.pk = number
        return identities
