"""What a message is to bring about: its visitor comes to a page, or the site tracks an event, within so many hours.

Every sign of life asks, so what the messages wait for is kept at hand in each process, and the database is asked only
where somebody has just come to such a page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.cache import cache, caches
from django.db import transaction
from django.db.models import Q

from helpdesk import clock
from helpdesk.conditions import OPERATORS
from helpdesk.events import names
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import ContactIdentity
from helpdesk.people.presence import Here
from helpdesk.proactive.audience import AT_HAND, goals_key
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from helpdesk.proactive.showing import reader, tell

ASKED_FOR = 30 * 60  # seconds that one arrival at a page is remembered
Goal = ProactiveMessage.Goal


@dataclass(frozen=True)
class Wanted:
    """What one message of an inbox is to bring about."""

    message: int
    kind: str
    value: str


def note_page(inbox: Inbox, here: Here) -> int:
    """The visitor is on a page. Returns how many messages reached their goal with it."""
    wanted = [
        one for one in goals_at_hand(inbox) if one.kind == Goal.PAGE and fits("contains", here.url, one)
    ]
    if not wanted or not here.page_since:
        return 0
    # Once for each arrival: what is shown while they are there already did not bring them.
    arrival = f"{here.page_since}"
    if cache.get(arrival_key(inbox, here)) == arrival:
        return 0
    cache.set(arrival_key(inbox, here), arrival, ASKED_FOR)
    return reach_goals(
        {one.message for one in wanted},
        inbox=inbox,
        visitor=UUID(here.visitor),
        at=datetime.fromtimestamp(here.page_since, UTC),
    )


def note_event(inbox: Inbox, visitor: UUID, event: str) -> int:
    """The site has tracked this of the visitor. Returns how many messages reached their goal with it."""
    wanted = [one for one in goals_at_hand(inbox) if one.kind == Goal.EVENT and fits("is", event, one)]
    if not wanted:
        return 0
    return reach_goals({one.message for one in wanted}, inbox=inbox, visitor=visitor, at=clock.now())


def fits(op: str, text: str, wanted: Wanted) -> bool:
    return OPERATORS[op].prepare("text", wanted.value)([text])


def reach_goals(messages: Collection[int], *, inbox: Inbox, visitor: UUID, at: datetime) -> int:
    """Write down, of those of these messages that the visitor was shown in time before this moment, that they reached
    their goal, and the fact. Once for each, however often it is said."""
    contact = find_contact(ContactIdentity.Kind.VISITOR, str(visitor))
    of_them = Q(visitor=visitor) | (Q(contact=contact) if contact else Q())
    count = 0
    with transaction.atomic():
        waiting = ProactiveSending.objects.select_for_update(of=("self",)).select_related(
            "message", "contact", "inbox"
        )
        for sending in waiting.filter(
            of_them, inbox=inbox, message__in=messages, goal_at=None, shown_at__lt=at
        ):
            if at - sending.shown_at <= timedelta(hours=sending.message.goal_hours):
                sending.goal_at = at
                sending.save(update_fields=["goal_at"])
                tell(names.GOAL_MET, sending, by=reader(sending), goal=sending.message.goal)
                count += 1
    return count


def goals_at_hand(inbox: Inbox) -> list[Wanted]:
    """Also of messages that are paused by now: what they were shown for may still come."""
    known = caches["process"].get(goals_key(inbox.pk))
    if known is None:
        rows = ProactiveMessage.objects.filter(inbox=inbox).exclude(goal_kind=Goal.NONE)
        known = [Wanted(one.pk, one.goal_kind, one.goal) for one in rows]
        caches["process"].set(goals_key(inbox.pk), known, AT_HAND)
    return known


def arrival_key(inbox: Inbox, here: Here) -> str:
    return f"proactive.arrival.{inbox.pk}.{here.visitor}"
