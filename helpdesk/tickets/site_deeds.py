"""What a customer who waits for us does on the site meanwhile: a fact of their ticket, for its timeline and for triggers."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.querysets import TicketQuerySet

MOST_AN_HOUR = 30  # of one ticket: a page that tells all it can would bury what was said
LONGEST_FACTS = 1_000  # characters, names and values together
ID = "id"  # the site's own name of what was done: an order's number, say


def note_did(tickets: TicketQuerySet, did: str, *, facts: Mapping[str, str]) -> Event | None:
    """Write down, of the newest of these tickets that is open, that its customer did this. `facts`: short texts by name;
    where they have an `id`, the same is written once for it. None where nothing was written: no ticket is open, it stands
    there already, or too much of the kind has come within the hour."""
    open_tickets = tickets.unfinished().filter(merged_into=None).order_by("-created_at", "-id")
    newest = open_tickets.values_list("pk", flat=True).first()
    if newest is None:
        return None
    with transaction.atomic():
        # Two tellings of one deed wait for each other; whoever writes a message meanwhile does not wait.
        held = Ticket.objects.select_related("contact").select_for_update(of=("self",), no_key=True)
        ticket = held.unfinished().filter(pk=newest).first()
        if ticket is None or is_too_much(ticket) or is_told(ticket, did, facts):
            return None
        said = {"did": did} | ({"facts": kept} if (kept := first_of(facts)) else {})
        return record(names.VISITOR_DID, by=Actor.customer(ticket.contact), ticket=ticket, data=said)


def is_too_much(ticket: Ticket) -> bool:
    lately = Event.objects.filter(ticket=ticket, occurred_at__gt=clock.now() - timedelta(hours=1))
    return lately.filter(name=names.VISITOR_DID).count() >= MOST_AN_HOUR


def is_told(ticket: Ticket, did: str, facts: Mapping[str, str]) -> bool:
    told = Event.objects.filter(ticket=ticket, name=names.VISITOR_DID, data__did=did)
    return bool(facts.get(ID)) and told.filter(data__facts__id=facts[ID]).exists()


def first_of(facts: Mapping[str, str]) -> dict[str, str]:
    """As many as there is room for, in their order; the id in any case."""
    kept: dict[str, str] = {ID: facts[ID]} if facts.get(ID) else {}
    left = LONGEST_FACTS - sum(map(len, kept.values()))
    for name, value in facts.items():
        left -= len(name) + len(value)
        if left >= 0:
            kept.setdefault(name, value)
    return kept


def say_facts(facts: Mapping[str, str]) -> list[str]:
    """ "plan: pro", of each."""
    return [f"{name}: {value}" for name, value in facts.items()]
