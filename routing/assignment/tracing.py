"""Why a ticket is where it is, step by step. Kept for 90 days.

What a trace holds by its step: RULES tried [[rule id, name], ...] in order, matched (id or null), name, lines [[words, held,
value], ...], went (department, agent, skill: names), outcome (placed | inbox | escalated | left); GIVEN agent, name, why
(choosing.py), of, load, capacity; RETURNED agent, name, why (missed | absent | away).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from helpdesk import clock
from routing.assignment.choosing import Choice
from routing.models import Trace

KEPT = timedelta(days=90)
MISSED, ABSENT, AWAY = "missed", "absent", "away"
PLACED, INBOX, ESCALATED, LEFT = "placed", "inbox", "escalated", "left"


def trace_given(given: Iterable[tuple[int, Choice]]) -> None:
    """(ticket id, choice) of all that one round gave."""
    now = clock.now()
    Trace.objects.bulk_create(
        Trace(
            ticket_id=ticket,
            step=Trace.Step.GIVEN,
            at=now,
            data={
                "agent": choice.agent.id,
                "name": choice.agent.name,
                "why": choice.why,
                "of": choice.of,
                "load": choice.load,
                "capacity": choice.agent.capacity,
            },
        )
        for ticket, choice in given
    )


def trace_returned(ticket: int, *, agent: int, name: str, why: str) -> None:
    data = {"agent": agent, "name": name, "why": why}
    Trace.objects.create(ticket_id=ticket, step=Trace.Step.RETURNED, at=clock.now(), data=data)


def trace_rules(ticket: int, event: int | None, data: dict[str, Any]) -> bool:
    """False where the rules have been asked for this fact before. Inside the transaction of what follows from it: the unique
    row makes a second telling wait for the first."""
    row = Trace(ticket_id=ticket, event=event, step=Trace.Step.RULES, at=clock.now(), data=data)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def forget_old_traces() -> None:
    Trace.objects.filter(at__lt=clock.now() - KEPT).delete()
