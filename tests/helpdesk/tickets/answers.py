"""What an answer leaves behind, by whichever way it was stored; and the short ways of one in a chat, to be tested alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.sessions.backends.db import SessionStore

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import User
from helpdesk.tickets.answering import TICKET, answer_line
from helpdesk.tickets.further import Seat, answer_further, statement_for
from helpdesk.tickets.models import Message
from helpdesk.tickets.visibility import visible_to
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes

OWN = {"id", "ticket_id", "contact_id", "data", "client_uuid", "message_id"}
NOW = clock.now()
TEXT = "It left today: äöü %s {0} '\\ 中文"


def asked(chat, *_):
    """A visitor's ticket, an hour old."""
    with clock.frozen_at(NOW - timedelta(hours=1)):
        return customer_writes(chat, sender=Sender("visitor", str(uuid4()), name="Carla")).ticket


def answered(chat, user):
    """A visitor's ticket with the first answer of this agent."""
    ticket = asked(chat)
    reply(ticket, "Which one?", by=by(user))
    return ticket


def row(thing, but=()):
    """What is stored of it, without what is its own."""
    stored = type(thing).objects.get(pk=thing.pk)
    fields = [field for field in stored._meta.concrete_fields if not field.generated]
    names = [one.attname for one in fields if one.attname not in OWN.union(but)]
    return {name: getattr(stored, name) for name in names}


def written(write, ticket, prepare):
    """The message and the fact of an answer that was stored this way."""
    with clock.frozen_at(NOW - timedelta(minutes=9)):
        prepare(ticket)
    with clock.frozen_at(NOW):
        write(ticket)
        Event.objects.update(recorded_at=NOW)
    message, event = Message.objects.latest("pk"), Event.objects.latest("pk")
    assert (message.ticket_id, event.ticket_id) == (ticket.pk, ticket.pk)
    assert event.contact_id == ticket.contact_id and message.client_uuid
    assert event.data.pop("message") == message.pk
    return message, event


def left_by(write, chat, prepare):
    """Everything that an answer in a chat has left when it was stored this way."""
    ticket = asked(chat)
    message, event = written(write, ticket, prepare)
    assert message.contact_id == ticket.contact_id
    return [row(thing) for thing in (message, event, ticket)] + [event.data]


def seat_of(user):
    session = SessionStore()
    session.create()
    return Seat(session.session_key, User.objects.get(pk=user.pk).password)


def first(ticket, user, text="One.", **details):
    return answer_line(ticket.pk, text, by=user, **{"client_uuid": uuid4()} | details)


def further(ticket, user, text="One.", seat=None, **details):
    details = {"client_uuid": uuid4()} | details
    return answer_further(ticket.pk, text, by=user, seat=seat or seat_of(user), **details)


def lookup_of_first(ticket, user):
    visible, params = visible_to(user)
    return TICKET.format(visible=visible), [ticket.pk, *params]


def lookup_of_further(ticket, user):
    words, seen = statement_for(*visible_to(user))
    return words[words.index("SELECT xmin") : words.index("), locked")], {"ticket": ticket.pk} | seen


@dataclass(frozen=True)
class Way:
    """`begin` makes a ticket that it is for; `lookup` is how it finds it."""

    begin: Callable[..., Any]
    write: Callable[..., Any]
    lookup: Callable[..., Any]

    def refuses(self, ticket, user, text="One.", **details):
        """Whether it stands back, and leaves nothing."""
        before = Message.objects.count(), Event.objects.count()
        stored = self.write(ticket, user, text, **details)
        return stored is None and (Message.objects.count(), Event.objects.count()) == before


FIRST = Way(asked, first, lookup_of_first)
FURTHER = Way(answered, further, lookup_of_further)
