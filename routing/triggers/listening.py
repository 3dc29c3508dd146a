"""Listening: a trigger fires once for an event, and what a trigger did never fires another."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from django.db import transaction

from helpdesk.conditions import Case, case_of, compile_group
from helpdesk.conditions.groups import Holds
from helpdesk.events.models import Event
from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.models import Ticket
from routing.at_hand import AtHand
from routing.models import Trigger, TriggerRun
from routing.triggers.firing import fire
from routing.triggers.moments import MOMENTS, OF_CUSTOMERS, is_heard


@dataclass(frozen=True)
class Ready:
    """A trigger that is on, ready to be asked."""

    trigger: Trigger
    holds: Holds


def read_ready() -> dict[str, list[Ready]]:
    """By the facts that they listen to, in their order."""
    ready: dict[str, list[Ready]] = {}
    for trigger in Trigger.objects.filter(is_active=True):
        one = Ready(trigger, compile_group(trigger.conditions))
        for name in trigger.on:
            ready.setdefault(name, []).append(one)
    return ready


READY = AtHand(read_ready)


def moments_listened_to() -> set[str]:
    """The facts that any trigger which is on listens to."""
    return set(READY.get()) & set(MOMENTS)


def fire_fitting(case: Case | None) -> None:
    """Fire what listens to the case's event, in the order of the list, each on what the ones before left, until one says that
    none is to follow, or the ticket is no longer anybody's work."""
    if case is None or not is_heard(case.event) or not is_worked_on(case):
        return
    ready = READY.get().get(case.event.name, [])
    first = next((at for at, one in enumerate(ready) if one.holds(case)), None)
    if first is not None:
        fire_all(ready[first:], case)


@transaction.atomic
def fire_all(ready: Iterable[Ready], case: Case) -> None:
    """All that an event fires is done in one transaction: where it is told again and has fired any, nothing is left to do,
    whatever would fit by now."""
    lock_contact(case.ticket.contact_id)
    if TriggerRun.objects.filter(event=case.event.pk).exists():
        return
    for one in ready:
        if case is None or not is_worked_on(case):
            return
        if one.holds(case) and fire(one.trigger, case):
            if one.trigger.stops:
                return
            case = case_of(case.event)


def is_worked_on(case: Case) -> bool:
    ticket = case.ticket
    return ticket is not None and ticket.is_real and ticket.merged_into_id is None


def with_ticket(event: Event) -> Event:
    """What a customer did beside any ticket belongs to the ticket of theirs that is open, the newest of them."""
    if event.name not in OF_CUSTOMERS or event.ticket_id or not event.contact_id:
        return event
    theirs = Ticket.objects.unfinished().filter(contact=event.contact_id, merged_into=None)
    open_ticket = theirs.order_by("-created_at", "-id").first()
    fitting = copy(event)  # the fact itself stays as it is, for whoever else hears of it
    fitting.ticket_id = open_ticket.pk if open_ticket else None
    return fitting
