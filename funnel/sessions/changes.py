"""Whose history has changed since it was last read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from funnel.models import Edition
from funnel.sessions.people import People, key_of_contact, key_of_visitor
from funnel.sessions.reading import NAMES
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity

# What is recorded first may be committed last. So much of what was read before is looked through again.
OVERLAP = timedelta(minutes=15)
JOINED = (names.CONTACT_MERGED, names.CONTACT_PARTED)
TELLING = [*NAMES, names.TICKET_TAGGED, names.TICKET_UNTAGGED, *JOINED]
KEPT_FOR = 24 * 3600  # seconds


@dataclass(frozen=True)
class Changes:
    """`people`: keys of all whose sessions and conversations may be others now. `senders`: of those, the ones for whom
    it may have changed whether our messages to them were opened. `sendings`: when messages were sent.
    `read_until`: what was recorded before this moment is in it."""

    people: set[str]
    senders: set[str]
    sendings: set[datetime]
    read_until: datetime
    seen: frozenset[tuple[str, int]]


def find_changes(facts: Edition, *, now: datetime, read_until: datetime) -> Changes:
    """What was recorded since `facts` were last read. What lies after `now` is looked at again the next time.

    `read_until`: a moment that has passed by the machine's clock, as recorded_at has it and `now` may not.
    """
    known = seen_before(facts)
    since = (facts.read_until or facts.made_at) - OVERLAP
    events, identities = recorded_since(since), identified_since(since)
    fresh = [event for event in events if ("event", event["pk"]) not in known]
    found = [identity for identity in identities if ("identity", identity.pk) not in known]
    people, senders = people_of(fresh, found) if fresh or found else (set(), set())
    return Changes(
        people=people,
        senders=senders,
        sendings={event["occurred_at"] for event in fresh if event["name"] == names.PROACTIVE_SENT},
        read_until=read_until,
        seen=frozenset(
            [("event", event["pk"]) for event in events if event["occurred_at"] <= now]
            + [("identity", identity.pk) for identity in identities]
        ),
    )


def recorded_since(moment: datetime) -> list[dict[str, Any]]:
    rows = Event.objects.filter(recorded_at__gte=moment, name__in=TELLING).annotate(gone=KT("data__gone"))
    return list(rows.values("pk", "name", "occurred_at", "contact_id", "visitor", "ticket_id", "gone"))


def identified_since(moment: datetime) -> list[ContactIdentity]:
    """Visitors that became contacts. Their rows are numbered after they are dated: from the newest back until one is
    old enough, none is missed."""
    newest = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR).order_by("-pk")
    return list(takewhile(lambda identity: identity.created_at >= moment, batches_of(newest)))


def batches_of(rows: QuerySet[ContactIdentity], size: int = 200) -> Iterable[ContactIdentity]:
    last = None
    while True:
        batch = list(rows.filter(pk__lt=last)[:size] if last else rows[:size])
        yield from batch
        if len(batch) < size:
            return
        last = batch[-1].pk


def people_of(events: list[dict[str, Any]], identities: list[ContactIdentity]) -> tuple[set[str], set[str]]:
    """The people these are about, those with whom they share a ticket, and who they were before."""
    tickets = {event["ticket_id"] for event in events} - {None}
    sharing = (
        Event.objects.filter(ticket__in=tickets).order_by().values_list("contact_id", "visitor").distinct()
    )
    pairs = {(event["contact_id"], text(event["visitor"])) for event in events}
    pairs |= {(contact, text(visitor)) for contact, visitor in sharing}
    pairs |= {(None, identity.value) for identity in identities}
    who = People(visitor for _, visitor in pairs if visitor)
    merged = [event for event in events if event["name"] in JOINED]
    before = {key_of_visitor(identity.value) for identity in identities}
    before |= {
        key_of_contact(contact) for event in merged for contact in (event["contact_id"], event["gone"])
    }
    opened = {
        (event["contact_id"], text(event["visitor"]))
        for event in events
        if event["name"] in (names.PROACTIVE_OPENED, *JOINED)
    } | {(None, identity.value) for identity in identities}
    people = {who.of(*pair) for pair in pairs} - {None}
    return people | before, {who.of(*pair) for pair in opened} - {None}


def text(visitor: UUID | None) -> str | None:
    return None if visitor is None else str(visitor)


# -- what was looked through already. Only a convenience: what is forgotten is read again, and found unchanged.


def seen_before(facts: Edition) -> frozenset[tuple[str, int]]:
    kept = cache.get(f"funnel:seen:{facts.pk}")
    return kept[1] if kept and kept[0] == facts.read_until else frozenset()


def remember_seen(facts: Edition, changes: Changes) -> None:
    """Once it is stored: `facts` are read up to `changes.read_until` now."""
    cache.set(f"funnel:seen:{facts.pk}", (changes.read_until, changes.seen), KEPT_FOR)
