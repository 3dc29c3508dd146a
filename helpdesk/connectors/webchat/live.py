"""Telling a customer's open widgets that something is new. The news carry no content: each asks for its own."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from helpdesk import clock
from helpdesk.connectors.webchat.conversation import SHOWN
from helpdesk.connectors.webchat.known import forget_known
from helpdesk.connectors.webchat.parsing import page_of
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.crews import afterwards, hellos
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import BROWSERS
from helpdesk.people.presence import note_all
from helpdesk.push import push_all

GROUP = "visitor."
ANSWERS = (names.MESSAGE_REPLIED, names.MESSAGE_AUTOREPLIED)
# After these, too, a page's next sign of life must not be answered with what was known before.
REGARDED_ANEW = (
    *(names.VISITOR_BANNED, names.VISITOR_UNBANNED, names.MESSAGE_FAILED),
    *(names.TICKET_MERGED, names.TICKET_UNMERGED, names.TICKET_SPLIT),
)


def on_events(events: Iterable[Event]) -> None:
    """Listener: tell the visitor's sockets of an answer, an own message from another tab, a rating, a ban."""
    if told := [news for event in events for news in news_of(event)]:
        if any(event.name in ANSWERS for event in events):
            visitors = [group.removeprefix(GROUP) for group, _news in told]
            afterwards(lambda: forget_known(visitors))
        push_all(told)
    for event in events:
        if event.name in REGARDED_ANEW:
            forget_known(group.removeprefix(GROUP) for group in all_groups_of(event))


def news_of(event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each group that hears of the event, and what it hears."""
    if event.name == names.VISITOR_BANNED:
        for group in all_groups_of(event):
            yield group, {"type": "banned"}
    channels = (event.channel, event.data.get("began"))  # a chat may be answered by mail
    if Inbox.Kind.WEBCHAT in channels and event.name in SHOWN and event.ticket_id:
        news = {"type": "changed", "event": event.pk, "ticket": event.ticket_id}
        for group in groups_of(event):
            yield group, news | {"message": event.data.get("message")}


def all_groups_of(event: Event) -> set[str]:
    """Of the browser that the event names, and of all those of its contact."""
    named = {group_of(event.visitor)} if event.visitor else set()
    return named | set(groups_of(event) if event.contact_id else ())


def groups_of(event: Event) -> list[str]:
    """The groups of all browsers of its contact."""
    if event.browsers is not None:
        return [group_of(value) for value in event.browsers]
    with connection.cursor() as cursor:  # plain SQL is half the work
        cursor.execute(BROWSERS.format(contact="%s"), [event.contact_id])
        return [group_of(value) for (value,) in cursor.fetchall()]


def group_of(visitor: object) -> str:
    """The group of one browser: `visitor.` and the id's 32 hexadecimal digits."""
    return f"{GROUP}{str(visitor).replace('-', '')}"


class Signs:
    """Signs of life of this process's sockets, written together: thousands ping, and each would go to Redis alone."""

    WITHIN = 0.5  # seconds

    def __init__(self) -> None:
        self.waiting: dict[UUID, dict[str, Any]] = {}
        self.loop: asyncio.AbstractEventLoop | None = None

    def note(self, visit: Visit, frame: Mapping[str, Any]) -> None:
        """The visitor is here, on the page that the frame names. Called in the loop."""
        loop = asyncio.get_running_loop()
        if not self.waiting or loop is not self.loop:
            self.loop = loop
            loop.call_later(self.WITHIN, self.send)
        page = page_of(frame)
        place = {"url": page.get("page", ""), "title": page.get("page_title", "")}
        moment = clock.now().timestamp()
        self.waiting[visit.visitor] = {"inbox": visit.inbox.pk, "moment": moment, **place}

    def drop(self, visit: Visit) -> None:
        """The visitor is to be nowhere: what is not written yet won't be."""
        self.waiting.pop(visit.visitor, None)

    def send(self) -> None:
        waiting, self.waiting = self.waiting, {}
        writing = asyncio.ensure_future(hellos.do(note_all, waiting))
        under_way.add(writing)
        writing.add_done_callback(under_way.discard)


signs = Signs()
under_way: set[asyncio.Future] = set()  # the loop itself holds its tasks only loosely
