"""Proactive messages: no rows are kept of them, so they are counted from the ledger by the day they were sent."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Func
from django.db.models.fields.json import KT

from funnel.sessions.people import People
from funnel.sessions.rules import OPENED_WITHIN
from funnel.tallies.cells import NO_DEPARTMENT, PARTS, Key
from funnel.tallies.counters import LANE, PROACTIVE_OPENED, PROACTIVE_SENT
from funnel.tallies.lanes import pack
from funnel.tallies.parts import Part
from funnel.tallies.rows import Cell, with_margins
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox

LONGEST = OPENED_WITHIN // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Sendings:
    """`people`: who was sent anything, by people.py's keys."""

    counts: dict[Key, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    people: set[str] = field(default_factory=set)

    @property
    def cells(self) -> dict[Key, Cell]:
        """By channel and department and their margins. A message of ours has no language and no tag."""
        groups = {key: Cell(counts=pack(counts)) for key, counts in self.counts.items()}
        return with_margins(groups, PARTS)


def count_sendings(start: datetime, end: datetime, *, now: datetime, part: Part | None = None) -> Sendings:
    """Messages sent from `start` up to `end`, and those of them opened within seven days, as known at `now` (aware)."""
    sendings = Sendings()
    if part and (part.tag or (part.languages and "" not in part.languages)):
        return sendings
    sent = events(names.PROACTIVE_SENT, start, end, now=now)
    if not sent:
        return sendings
    messages = {event[5] for event in sent}
    later = events(names.PROACTIVE_OPENED, start, end + OPENED_WITHIN, now=now)
    opened = [event for event in later if event[5] in messages]
    people = People({str(event[4]) for event in (*sent, *opened) if event[4]})
    openings = defaultdict(list)
    for at, _channel, _department, contact, visitor, message in opened:
        openings[people.of(contact, visitor and str(visitor)), message].append(at)
    channels = set(Inbox.Kind.values)
    for at, channel, department, contact, visitor, message in sent:
        channel = channel if channel in channels else ""
        if part and part.channels and channel not in part.channels:
            continue
        if part and part.departments and department not in part.departments:
            continue
        person = people.of(contact, visitor and str(visitor))
        is_opened = message is not None and any(
            at <= moment <= at + LONGEST for moment in openings[person, message]
        )
        key = Key(channel, NO_DEPARTMENT if department is None else str(department), language="")
        sendings.counts[key][LANE[PROACTIVE_SENT]] += 1
        sendings.counts[key][LANE[PROACTIVE_OPENED]] += is_opened
        if person is not None:
            sendings.people.add(person)
    return sendings


class Microseconds(Func):
    """A moment as microseconds since 1970: to make a datetime of each would take longer than all the rest."""

    template = "(extract(epoch from %(expressions)s) * 1000000)::int8"
    output_field = BigIntegerField()


def events(name: str, start: datetime, end: datetime, *, now: datetime) -> list[tuple]:
    """When (in Microseconds), channel, department, contact, visitor and message of each event from `start` up to `end`,
    as known at `now`: what happens in that very moment is."""
    rows = Event.objects.filter(name=name, occurred_at__gte=start, occurred_at__lt=end, occurred_at__lte=now)
    return list(
        rows.annotate(at=Microseconds("occurred_at"), message=KT("data__message")).values_list(
            "at", "channel", "department_id", "contact_id", "visitor", "message"
        )
    )
