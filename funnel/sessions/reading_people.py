"""All that happened to some people, as of now: what their sessions and conversations can be made from."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from funnel.sessions.facts import History
from funnel.sessions.people import CONTACT, People, contact_of_key
from funnel.sessions.reading import read_facts, read_traits
from funnel.sessions.rules import Rules
from funnel.sessions.walk import build_history
from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity


def read_people(keys: Iterable[str], *, now: datetime, rules: Rules) -> History:
    """The sessions, conversations, sendings and spam of these people, straight from the ledger. Nothing of others.

    A ticket belongs to one person whoever caused its events, so the tickets that any of them touched are read whole.
    """
    keys = set(keys)
    contacts = {contact_of_key(key) for key in keys} - {None}
    contacts |= aliases_of(contacts)
    visitors = {key[1:] for key in keys if not key.startswith(CONTACT) and is_uuid(key[1:])}
    visitors |= visitors_of(contacts)
    own = Q(contact__in=contacts) | Q(contact=None, visitor__in=visitors)
    tickets = set(
        Event.objects.filter(own, ticket__isnull=False).order_by().values_list("ticket", flat=True).distinct()
    )
    strangers = Event.objects.filter(ticket__in=tickets, contact=None, visitor__isnull=False).values_list(
        "visitor"
    )
    visitors |= {str(visitor) for (visitor,) in strangers}
    facts = read_facts(until=now, among=own | Q(ticket__in=tickets), people=People(visitors))
    return only(keys, build_history(facts, now=now, rules=rules, traits=read_traits(tickets)))


def aliases_of(contacts: set[int]) -> set[int]:
    """Contacts that were merged into one of these."""
    people = People(visitors=())
    gone_into = defaultdict(set)
    for gone in people.went_into:
        gone_into[people.kept(gone)].add(gone)
    return {gone for contact in contacts for gone in gone_into[contact]}


def visitors_of(contacts: set[int]) -> set[str]:
    """The browsers that these contacts were seen in."""
    identities = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR, contact__in=contacts)
    return {value for value in identities.values_list("value", flat=True) if is_uuid(value)}


def is_uuid(word: str) -> bool:
    """The ledger knows visitors by UUID; whatever else an import called one was never seen there."""
    try:
        UUID(word)
    except ValueError:
        return False
    return True


def only(keys: set[str], history: History) -> History:
    """What is theirs. Of others whom they met on a ticket not everything was read."""
    return History(
        sessions=[session for session in history.sessions if session.person in keys],
        conversations=[conversation for conversation in history.conversations if conversation.person in keys],
        sendings=[sending for sending in history.sendings if sending.person in keys],
        spam=[sending for sending in history.spam if sending.person in keys],
    )
