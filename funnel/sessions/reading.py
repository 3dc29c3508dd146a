"""From the ledger's rows to the funnel's facts: who each event belongs to, in time order."""

from collections.abc import Hashable, Iterator
from datetime import UTC, datetime

from django.db.models import FloatField, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Extract

from funnel.sessions.facts import CUSTOMER, Fact, History
from funnel.sessions.walk import MEANING, build_history
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity

NAMES = [*MEANING, names.TICKET_MARKED_SPAM, names.TICKET_UNMARKED_SPAM, names.PROACTIVE_SENT]
# Plain numbers and text: reading tens of thousands of rows, making dates and JSON of them would cost most.
LEAN = {
    "at": Cast(Extract("occurred_at", "epoch"), FloatField()),
    "browser": Cast("visitor", TextField()),
    "detail": Coalesce(KT("data__article"), KT("data__automatic"), KT("data__started_by")),
}
FIELDS = (
    "at",
    "name",
    "contact_id",
    "browser",
    "ticket_id",
    "channel",
    "department_id",
    "actor_kind",
    "actor_id",
    "value",
    "business_value",
    "detail",
)


def read_history(*, now: datetime) -> History:
    """Every session and conversation known at `now` (aware)."""
    return build_history(read_facts(until=now), now=now)


def read_facts(*, until: datetime) -> Iterator[Fact]:
    """The facts up to `until`, in the order they happened and, within one moment, were recorded."""
    people = People()
    channels = set(Inbox.Kind.values)
    rows = Event.objects.filter(name__in=NAMES, occurred_at__lte=until).order_by("occurred_at", "id")
    lean = rows.annotate(**LEAN).values_list(*FIELDS)
    for (
        at,
        name,
        contact,
        visitor,
        ticket,
        channel,
        department,
        kind,
        actor,
        value,
        business,
        detail,
    ) in lean.iterator(chunk_size=5000):
        if name == names.MESSAGE_RECEIVED and detail == "true":  # a machine wrote: nobody seeks help
            continue
        yield Fact(
            at=datetime.fromtimestamp(at, UTC),
            name=name,
            person=people.of(contact, visitor),
            ticket=ticket,
            article=detail if name == names.ARTICLE_VIEWED else None,
            channel=channel if channel in channels else "",
            department=department,
            actor_kind=kind,
            actor=actor,
            value=value,
            business_value=business,
            started_by=(detail or CUSTOMER) if name == names.TICKET_CREATED else CUSTOMER,
        )


class People:
    """Who is who: a visitor who gave a name is that contact, a merged contact is the one it went into."""

    def __init__(self) -> None:
        visitors = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR)
        self.contact_of_visitor = dict(visitors.values_list("value", "contact_id"))
        merges = Event.objects.filter(name=names.CONTACT_MERGED).order_by("id")
        self.went_into = {
            data.get("gone"): contact for contact, data in merges.values_list("contact_id", "data")
        }

    def of(self, contact: int | None, visitor: str | None) -> Hashable:
        if contact is None:
            contact = self.contact_of_visitor.get(visitor)
        if contact is None:
            return visitor
        return self.kept(contact)

    def kept(self, contact: int) -> int:
        """Follow merges to the contact that is left."""
        seen = set()
        while contact in self.went_into and contact not in seen:
            seen.add(contact)
            contact = self.went_into[contact]
        return contact
