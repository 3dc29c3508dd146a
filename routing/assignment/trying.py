"""The dry run of an assignment rule: which of the last tickets it would have taken, with the rules before it as they are now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from helpdesk.conditions import cases_of, compile_group
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.dry_runs.looks import Look, Plan, pages_of

IN_A_LOOK = 2_000


def plan_rule(definition: dict[str, Any], since: datetime) -> Plan:
    """`definition` as saving.definition_of makes it."""
    begun = Event.objects.filter(name=names.TICKET_CREATED, occurred_at__gte=since, ticket__isnull=False)
    begun = begun.filter(data__started_by="customer")
    return Plan(begun.count(), look_at(definition, begun))


def look_at(definition: dict[str, Any], begun: QuerySet[Event]) -> Iterator[Look]:
    holds = compile_group(definition["conditions"])
    earlier = [compile_group(group) for group in definition["before"]]
    for page, number in pages_of(begun, IN_A_LOOK):
        real = page.filter(ticket__in=Ticket.objects.real().filter(merged_into=None))
        hits = [
            (case.ticket.pk, case.event.occurred_at)
            for case in cases_of(real)
            if holds(case) and not any(before(case) for before in earlier)
        ]
        yield Look(number, hits)
