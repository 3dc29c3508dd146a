"""High load: waiting chats for each agent who takes chats now, and what the widget does about it, in two levels.

A level begins at once; it ends when a lower one would have done for two minutes.
"""

from datetime import datetime, timedelta

from django.db import transaction

from helpdesk import clock
from helpdesk.connectors.webchat.overload import note_overload
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from routing.models import HighLoad
from routing.monitor.snapshot import Snapshot, current_snapshot

CHAT = Inbox.Kind.WEBCHAT.value
LOWER_FOR = timedelta(minutes=2)


def watch_overload() -> int:
    """The level now, said to the widget; a change of it is a fact, once."""
    snapshot = current_snapshot()
    HighLoad.objects.get_or_create(pk=HighLoad.ONLY)
    with transaction.atomic():
        row = HighLoad.objects.select_for_update().get(pk=HighLoad.ONLY)
        waiting, agents = waiting_chats(snapshot), agents_for_chats(snapshot)
        before = row.level
        move(row, level_for(row, waiting, agents), clock.now())
        row.save(update_fields=["level", "level_since", "lower_since"])
        if row.level != before:
            data = {"from": before, "waiting": waiting, "agents": agents}
            record(names.OVERLOAD_CHANGED, by=SYSTEM, channel=CHAT, value=row.level, data=data)
    note_overload(row.level)
    return row.level


def level_for(row: HighLoad, waiting: int, agents: int) -> int:
    """With nobody who takes chats it is as with one."""
    each = waiting / max(1, agents)
    if each >= row.offers_mail_from:
        return HighLoad.Level.MAIL_OFFERED
    return HighLoad.Level.PLACE_HIDDEN if each >= row.hides_place_from else HighLoad.Level.NONE


def move(row: HighLoad, level: int, now: datetime) -> None:
    if level >= row.level:
        row.lower_since = None
        if level == row.level:
            return
    else:
        row.lower_since = row.lower_since or now
        if now - row.lower_since < LOWER_FOR:
            return
    row.level, row.level_since, row.lower_since = level, now, None


def waiting_chats(snapshot: Snapshot) -> int:
    """Those in the queue: nobody has them, or whoever has them has not answered yet."""
    return sum(
        figures.waiting for (channel, _department), figures in snapshot.cells.items() if channel == CHAT
    )


def agents_for_chats(snapshot: Snapshot) -> int:
    """At their desk, online, and their channels now are all or chats among them."""
    return sum(
        agent.load.takes_tickets and (agent.load.channels is None or CHAT in agent.load.channels)
        for agent in snapshot.agents
    )
