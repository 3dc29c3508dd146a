"""Which messages may come to a visitor who is on a page now.

A page asks every few seconds, so what the database says is kept at hand for a moment: of the messages in this process, of
the visitor in Redis. Before a message is shown all of it is read anew (showing.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache, caches
from django.db.models import Q
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.conditions.moments import Moment
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import find_contact
from helpdesk.people.duty import team_is_there
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.presence import Here
from helpdesk.people.visitors import CLAIMS
from helpdesk.proactive.conditions import held_of, left_to_try
from helpdesk.proactive.models import ProactiveLimits, ProactiveMessage, ProactiveSending
from helpdesk.tickets.models import Ticket

AT_HAND = 10  # seconds that a process goes on with the messages as it has read them
KNOWN_FOR = 60  # seconds that what the database says of a visitor is believed
STANDS = timedelta(
    minutes=30
)  # a card goes along from page to page until it is opened or closed, but no longer
DAY = timedelta(days=1)
IN_TALK = timedelta(hours=24)  # who wrote or was answered so lately is in a conversation


@dataclass(frozen=True)
class Offer:
    """The messages of one inbox that are live, in their order, with what holds for all of them."""

    messages: list[ProactiveMessage]
    a_day: int = 1
    pause_days: int = 0
    hours: Any = None  # of the inbox's department, where a message asks for them
    department: int | None = None


def rules_for(inbox: Inbox, here: Here | None, *, is_new: bool = False) -> list[dict[str, Any]]:
    """What the visitor's browser is to try, in this order: {message, if, any}; or of a card that they have before them
    already {message, stands}. Nothing in it tells what was decided here. `is_new`: nobody has seen this visitor before.
    """
    offer = offer_at_hand(inbox)
    if not offer.messages or here is None:
        return []
    return may_come(offer, known_at_hand(inbox, UUID(here.visitor), is_new=is_new), here)


def may_come(offer: Offer, known: Mapping[str, Any], here: Here) -> list[dict[str, Any]]:
    ids = {message.pk for message in offer.messages}
    if known["is_in_talk"]:
        return []
    if known["stands"] in ids and is_still_standing(known["stands_since"]):
        return [{"message": known["stands"], "stands": True}]
    if is_quiet(offer, known):
        return []
    moment, rules = moment_of(known, here), []
    held = known["held"] if known["contact"] else held_of(None, offer.messages)
    for message in offer.messages:
        if message.pk in known["had"] or (message.is_for_hours and not is_attended(offer)):
            continue
        left = left_to_try(message, moment, held)
        if left is not None:
            rules.append({"message": message.pk, **left})
    return rules


def is_quiet(offer: Offer, known: Mapping[str, Any]) -> bool:
    """Whether this visitor has had enough for now."""
    now = clock.now().timestamp()
    today = [moment for moment in known["shown"] if moment > now - DAY.total_seconds()]
    is_paused = known["closed"] > now - offer.pause_days * DAY.total_seconds()
    return is_paused or len(today) >= offer.a_day


def is_attended(offer: Offer) -> bool:
    """Whether somebody would answer now: inside the hours, and at the desk."""
    is_open = offer.hours is None or offer.hours.is_open(clock.now())
    return is_open and team_is_there(offer.department)


def moment_of(known: Mapping[str, Any], here: Here) -> Moment:
    return Moment(
        url=here.url,
        referrer=here.referrer,
        language=here.language,
        visits=here.visits,
        page_seconds=int(here.at - here.page_since) if here.page_since else 0,
        site_seconds=int(here.at - here.since),
        scroll=here.scroll,
        is_known=bool(known["contact"] or here.said.get("user_id") or here.said.get("email")),
        said=known["attributes"] | here.said,
    )


# ---------------------------------------------------------------- what is kept at hand
def offer_at_hand(inbox: Inbox) -> Offer:
    offer = caches["process"].get(offer_key(inbox.pk))
    if offer is None:
        offer = read_offer(inbox)
        caches["process"].set(offer_key(inbox.pk), offer, AT_HAND)
    return offer


def read_offer(inbox: Inbox) -> Offer:
    messages = list(ProactiveMessage.objects.live(clock.now()).filter(inbox=inbox).select_related("sender"))
    if not messages:
        return Offer([])
    limits, hours = ProactiveLimits.get(), None
    if any(message.is_for_hours for message in messages):
        hours = import_string(settings.BUSINESS_HOURS)(inbox.department_id)
    return Offer(messages, limits.a_day, limits.pause_days, hours, inbox.department_id)


def forget_offers() -> None:
    """A message has changed. Other processes hear of it within AT_HAND."""
    for pk in Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT).values_list("pk", flat=True):
        caches["process"].delete_many([offer_key(pk), goals_key(pk)])


def known_at_hand(inbox: Inbox, visitor: UUID, *, is_new: bool) -> dict[str, Any]:
    key = known_key(inbox.pk, visitor)
    known = None if is_new else cache.get(key)
    if known is None:
        known = NOBODY if is_new else read_known(inbox, visitor, offer_at_hand(inbox).messages)
        cache.set(key, known, KNOWN_FOR)
    return known


def forget_known(inbox: Inbox, visitor: UUID) -> None:
    cache.delete(known_key(inbox.pk, visitor))


def offer_key(inbox: int) -> str:
    return f"proactive.offer.{inbox}"


def goals_key(inbox: int) -> str:
    return f"proactive.goals.{inbox}"


def known_key(inbox: int, visitor: UUID) -> str:
    return f"proactive.known.{inbox}.{visitor.hex}"


NOBODY = {
    "contact": None,
    "attributes": {},
    "held": {},
    "is_in_talk": False,
    "had": [],
    "shown": [],
    "closed": 0.0,
    "stands": None,
    "stands_since": 0.0,
}


def read_known(inbox: Inbox, visitor: UUID, messages: Iterable[ProactiveMessage]) -> dict[str, Any]:
    """What the database says of a visitor: who it is, what these messages ask of them, and what they have had, in this
    browser or another of theirs."""
    contact = find_contact(ContactIdentity.Kind.VISITOR, str(visitor))
    of_them = Q(visitor=visitor) | (Q(contact=contact) if contact else Q())
    had = list(ProactiveSending.objects.filter(of_them, inbox=inbox).order_by("shown_at"))
    standing = next((one for one in had if one.visitor == visitor and stands(one)), None)
    return NOBODY | {
        "contact": contact.pk if contact else None,
        "attributes": attributes_of(contact) if contact else {},
        "held": held_of(contact, messages) if contact else {},
        "is_in_talk": bool(contact and is_in_talk(inbox, contact)),
        "had": [one.message_id for one in had if one.message_id],
        "shown": [one.shown_at.timestamp() for one in had],
        "closed": max((one.dismissed_at.timestamp() for one in had if one.dismissed_at), default=0.0),
        "stands": standing.message_id if standing else None,
        "stands_since": standing.shown_at.timestamp() if standing else 0.0,
    }


def attributes_of(contact: Contact) -> dict[str, str]:
    """What the team's own systems said of the contact, before what the site said without a proof."""
    own = dict(contact.attributes)
    claims = own.pop(CLAIMS, {})
    return {**claims, **own, "name": contact.name, "email": contact.email}


def is_in_talk(inbox: Inbox, contact: Contact) -> bool:
    """Blocked, or in the middle of a conversation: nobody interrupts their own conversation."""
    since = clock.now() - IN_TALK
    going_on = Ticket.objects.unfinished().filter(inbox=inbox, contact=contact, last_message_at__gte=since)
    return contact.is_blocked or going_on.exists()


def stands(sending: ProactiveSending) -> bool:
    """Whether the card is still before the visitor, on whichever page."""
    is_over = sending.opened_at or sending.dismissed_at or sending.answered_at
    return not is_over and is_still_standing(sending.shown_at.timestamp())


def is_still_standing(since: float) -> bool:
    return since > clock.now().timestamp() - STANDS.total_seconds()
