"""From the ledger's rows to the funnel's facts: who each event belongs to, in time order."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db.models import FloatField, Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Extract

from funnel.sessions.facts import CUSTOMER, Fact, History, Traits
from funnel.sessions.people import People
from funnel.sessions.rules import DEFAULT_RULES, Rules
from funnel.sessions.setting_aside import MERGED, SETTING_ASIDE
from funnel.sessions.walk import MEANING, build_history
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Ticket

NAMES = [*MEANING, *SETTING_ASIDE, names.PROACTIVE_SENT]
# A merge is told of both tickets; the one that is kept counts as before.
OF_KEPT = Q(name__in=MERGED, data__has_any_keys=["gone", "back"])
# Plain numbers and text: reading tens of thousands of rows, making dates and JSON of them would cost most.
LEAN = {
    "at": Cast(Extract("occurred_at", "epoch", tzinfo=UTC), FloatField()),  # else the reader's zone shifts it
    "browser": Cast("visitor", TextField()),
    "detail": Coalesce(KT("data__article"), KT("data__automatic"), KT("data__started_by")),
    "tongue": KT("data__language"),
    "note": KT("data__message"),
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
    "tongue",
    "note",
)


def read_history(*, now: datetime, rules: Rules = DEFAULT_RULES) -> History:
    """Every session and conversation known at `now` (aware), straight from the ledger."""
    return build_history(read_facts(until=now), now=now, rules=rules, traits=read_traits())


def read_facts(*, until: datetime, among: Q | None = None, people: People | None = None) -> Iterator[Fact]:
    """The facts up to `until`, in the order they happened and, within one moment, were recorded.

    `among`: only these events. `people`: who knows all the people in them; everybody, where None.
    """
    people = people or People()
    channels = set(Inbox.Kind.values)
    rows = Event.objects.filter(among or Q(), name__in=NAMES, occurred_at__lte=until).exclude(OF_KEPT)
    lean = rows.order_by("occurred_at", "id").annotate(**LEAN).values_list(*FIELDS)
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
        language,
        message,
    ) in lean.iterator(chunk_size=5000):
        if name == names.MESSAGE_RECEIVED and detail == "true":  # a machine wrote: nobody seeks help
            continue
        is_view = name == names.ARTICLE_VIEWED
        yield Fact(
            at=datetime.fromtimestamp(at, UTC),
            name=name,
            person=people.of(contact, visitor, ticket),
            ticket=ticket,
            article=detail if is_view else None,
            channel=channel if channel in channels else "",
            department=department,
            actor_kind=kind,
            actor=actor,
            value=value,
            business_value=business,
            started_by=(detail or CUSTOMER) if name == names.TICKET_CREATED else CUSTOMER,
            language=language or "" if is_view else "",
            message=message if name in (names.PROACTIVE_SENT, names.PROACTIVE_OPENED) else None,
        )


def read_traits(tickets: Iterable[int] | None = None) -> dict[int, Traits]:
    """Language and tags of these tickets, of all where None; a ticket without either is left out."""
    rows = Ticket.objects.exclude(language="", tags=[])
    if tickets is not None:
        rows = rows.filter(pk__in=list(tickets))
    return {
        pk: Traits(language, tuple(tags)) for pk, language, tags in rows.values_list("pk", "language", "tags")
    }
