"""Writing facts. `record` and `record_all` are the only writers of Event, but for the one statement that stores a further
line of a chat together with its fact (tickets/appending.py)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.events.telling import tell_line_once_committed, tell_once_committed


def record(name: str, *, by: Actor, **known: Any) -> Event:
    """Write one fact, as `fact` takes it, inside the caller's transaction; tell the listeners once it is committed."""
    return record_all(fact(name, by=by, **known))[0]


def record_all(*events: Event) -> list[Event]:
    """As `record`, for facts of the same moment, in this order: one statement."""
    written = Event.objects.bulk_create(events)
    for event in written:
        tell_once_committed(event)
    return written


def tell_written(event: Event) -> None:
    """Tell of a fact that a statement has written together with its change."""
    tell_line_once_committed(event)


def fact(
    name: str,
    *,
    by: Actor,
    ticket: Any = None,
    contact: Any = None,
    visitor: UUID | None = None,
    channel: str = "",
    department_id: int | None = None,
    value: int | None = None,
    business_value: int | None = None,
    data: dict | None = None,
    occurred_at: datetime | None = None,
) -> Event:
    """A fact, not written yet. What the ticket knows (contact, channel, department) is taken from it where not given."""
    if name not in names.ALL:
        raise ValueError(f"{name} is not in helpdesk.events.names")
    return Event(
        occurred_at=occurred_at or clock.now(),
        name=name,
        channel=channel or getattr(ticket, "channel", ""),
        department_id=department_id or getattr(ticket, "department_id", None),
        contact_id=contact.pk if contact else getattr(ticket, "contact_id", None),
        visitor=visitor,
        ticket_id=ticket.pk if ticket else None,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:120],
        value=value,
        business_value=business_value,
        data=data or {},
    )
