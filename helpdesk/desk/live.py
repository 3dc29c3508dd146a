"""What changed, for the agents who look: pushed as it happens, or asked for by the last event seen.

The event's id is the sequence. Everybody hears the name of what changed and asks again for the lists it
touches; only who has the ticket open gets the entry itself, drawn by the very template of the page.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import format_html

from helpdesk import clock
from helpdesk.desk.lines import LINES, Names, line_of
from helpdesk.desk.timeline import ready_to_draw
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.push import push_all
from helpdesk.tickets.fresh import fresh_message
from helpdesk.tickets.models import Message, Ticket

NO_DEPARTMENT = "desk.department.none"
# Ids are given out before the commit, so a lower one may become visible after a higher: look a little back.
OVERLAP = 50
LATE_WITHIN = timedelta(seconds=10)  # so long a transaction may hold back its number
MOST = 500
GONE = '<p id="message-{}" data-gone hidden></p>'  # the bubble of this id goes
# Events that concern a message; its bubble is drawn anew.
OF_MESSAGES = {
    names.MESSAGE_RECEIVED,
    names.MESSAGE_QUEUED,
    names.MESSAGE_UNDONE,
    names.MESSAGE_REPLIED,
    names.MESSAGE_AUTOREPLIED,
    names.MESSAGE_NOTED,
    names.CALL_LOGGED,
    names.CALL_CHANGED,
    names.TICKET_HANDED_OVER,  # what its visitor was told
    names.MESSAGE_MAILED,
    names.MESSAGE_SENT,
    names.MESSAGE_DELIVERED,
    names.MESSAGE_READ,
    names.MESSAGE_FAILED,
    names.INBOUND_QUARANTINED,
    names.INBOUND_READ,
}
# Of these nothing is drawn but the message itself.
DRAWN_AS_MESSAGES = OF_MESSAGES - LINES.keys() - {names.MESSAGE_UNDONE}


# What says nothing about how a ticket stands: nobody's list changes with it.
UNTOLD = {names.TICKET_HANDLED, names.ARTICLE_SUGGESTED, names.ANSWER_REUSED}


def on_events(events: Iterable[Event]) -> None:
    """Listener: tell the agents who may see the tickets. Carries no content; each socket fetches its own."""
    news = defaultdict(list)
    for event in events:
        for group in groups_of(event) if event.ticket_id and event.name not in UNTOLD else ():
            told = {"seq": event.pk, "name": event.name, "ticket": event.ticket_id}
            news[group].append(told | {"message": event.data.get("message"), "line": event.is_line})
    push_all((group, {"type": "desk.events", "events": told}) for group, told in news.items())


def groups_of(event: Event) -> set[str]:
    groups = {group_of(event.department_id)}
    if event.name == names.TICKET_TRANSFERRED:  # those who lose sight of it must take it off their lists
        groups.add(group_of(event.data.get("from")))
    return groups


def group_of(department_id: int | None) -> str:
    return f"desk.department.{department_id}" if department_id else NO_DEPARTMENT


def groups_for(user: User) -> list[str]:
    """What an agent's socket listens to: the departments open to the agent, and tickets without one."""
    return [NO_DEPARTMENT, *(group_of(department.pk) for department in departments_of(user))]


def newest_event() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_event")
        return cursor.fetchone()[0] or 0


def changes_after(after: int, *, user: User, ticket_id: int | None) -> dict[str, Any]:
    """What this agent missed since the event `after`; entries only of the ticket it has open.

    Says `reset` where that is too much to list: then the page asks for everything anew. Events may be
    repeated; the page knows by `seq` which it has heard, and puts each entry in the place it has already.
    `again` marks those that are only drawn again.
    """
    newest = newest_event()
    visible = Ticket.objects.visible_to(user)
    events = list(
        Event.objects.filter(pk__gt=max(0, after - OVERLAP), pk__lte=newest, ticket__in=visible).order_by(
            "pk"
        )[: MOST + 1]
    )
    if len(events) > MOST:
        return {"seq": newest, "reset": True, "events": []}
    of_ticket = [event for event in events if event.ticket_id == ticket_id]
    html = entries_of(of_ticket, user)
    lately = clock.now() - LATE_WITHIN
    told = []
    for event in events:
        again = event.pk <= after and event.recorded_at <= lately
        if event.pk in html or not again:
            facts = {"seq": event.pk, "name": event.name, "ticket": event.ticket_id, "again": again}
            told.append(facts | {"html": html.get(event.pk, "")})
    return {"seq": newest, "events": told}


def events_told(told: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events of one ticket that `on_events` tells of; where nothing is drawn but their messages, without asking."""
    if all(one["name"] in DRAWN_AS_MESSAGES and one["message"] for one in told):
        return [
            Event(pk=one["seq"], name=one["name"], ticket_id=one["ticket"], data={"message": one["message"]})
            for one in told
        ]
    return list(Event.objects.filter(pk__in=[one["seq"] for one in told]))


def is_at_hand(told: Mapping[str, Any]) -> bool:
    """Whether what `on_events` tells of is a message that this process has just stored, so that nothing is asked to draw it."""
    return told["name"] in DRAWN_AS_MESSAGES and fresh_message(told["seq"]) is not None


def messages_of(events: Iterable[Event]) -> dict[int, Message]:
    """The messages with all that their bubbles print, by the id of the event that tells of them."""
    told = {event.pk: event.data.get("message") for event in events if event.name in OF_MESSAGES}
    fresh = {event_id: message for event_id in told if (message := fresh_message(event_id))}
    wanted = {message_id for event_id, message_id in told.items() if message_id and event_id not in fresh}
    asked = ready_to_draw(Message.objects.filter(pk__in=wanted)) if wanted else ()
    read = {message.pk: message for message in asked}
    return fresh | {
        event_id: read[pk] for event_id, pk in told.items() if pk in read and event_id not in fresh
    }


def entries_of(events: Iterable[Event], user: User) -> dict[int, str]:
    """Event id -> HTML of the bubble or line it stands for, in the agent's language and time zone."""
    messages = messages_of(events)
    named = Names()
    html = {}
    with translation.override(user.language), timezone.override(user.time_zone or "UTC"):
        for event in events:
            drawn = ""
            message = messages.get(event.pk)
            if message and message.ticket_id == event.ticket_id:  # else it has gone to another ticket since
                drawn += drawn_bubble(message, user)
            elif event.name == names.MESSAGE_UNDONE:
                drawn += format_html(GONE, event.data["message"])
            if event.name in LINES:
                line = line_of(event, named)
                drawn += render_to_string("desk/_line.html", {"line": line}) if line else ""
            if drawn:
                html[event.pk] = drawn
    return html


def bubble_of(message: Message, user: User) -> str:
    """The HTML of one message that is ready to draw (timeline.py), as `entries_of` has it."""
    with translation.override(user.language), timezone.override(user.time_zone or "UTC"):
        return drawn_bubble(message, user)


def drawn_bubble(message: Message, user: User) -> str:
    return render_to_string("desk/_message.html", {"message": message, "user": user})
