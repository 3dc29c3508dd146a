"""The dry run of a trigger: what it would have fired on, without doing it.

What a message, its sender or a rating said is taken as it came. What stands on a ticket or is known of a customer (department,
agent, tags, priority, status, plan ...) is taken as it is today: the ledger does not keep every value of every day.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from helpdesk import clock
from helpdesk.conditions import cases_of, compile_group
from helpdesk.conditions.groups import Holds
from helpdesk.conditions.sql import as_q, first_cut
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.dry_runs.looks import Hit, Look, Plan, pages_of
from routing.models import Trigger
from routing.triggers.spells import spells_of
from routing.triggers.states import STATES
from routing.triggers.versions import with_definition
from routing.triggers.waiting import hours_by_department, lasted

IN_A_LOOK = 25_000  # each look reads the tickets once; a few a second are enough to see how far it is
# The ticket of an event as it must be for any trigger to look at it.
WORKED_ON = {"ticket__is_spam": False, "ticket__trashed_at": None, "ticket__merged_into": None}


def plan_trigger(definition: dict[str, Any], since: datetime) -> Plan:
    trigger = with_definition(Trigger(), definition)
    if trigger.after_minutes is not None:
        return plan_wait(trigger, since)
    facts = heard_facts(trigger, since)
    return Plan(facts.count(), look_at_facts(trigger, facts))


def heard_facts(trigger: Trigger, since: datetime) -> QuerySet[Event]:
    """What it listens to, as moments.is_heard has it, in SQL."""
    told = Event.objects.filter(name__in=trigger.on, occurred_at__gte=since, ticket__isnull=False)
    of_team = Q(name=names.TICKET_CREATED, data__started_by="agent")
    return told.exclude(actor_kind="trigger").exclude(of_team).exclude(data__has_key="again")


def look_at_facts(trigger: Trigger, facts: QuerySet[Event], *, at_once: int = IN_A_LOOK) -> Iterator[Look]:
    """The database makes the first cut; what it can't tell is asked one by one."""
    cut, holds = first_cut(trigger.conditions), compile_group(trigger.conditions)
    for page, number in pages_of(facts, at_once):
        found = list(page.filter(cut.q, **WORKED_ON).values_list("id", "ticket_id", "occurred_at"))
        if found and not cut.is_exact:
            held = ids_that_hold(holds, [pk for pk, _ticket, _at in found])
            found = [row for row in found if row[0] in held]
        yield Look(number, [(ticket, moment) for _id, ticket, moment in found])


def ids_that_hold(holds: Holds, event_ids: list[int]) -> set[int]:
    return {case.event.pk for case in cases_of(Event.objects.filter(pk__in=event_ids)) if holds(case)}


def plan_wait(trigger: Trigger, since: datetime) -> Plan:
    """Of a state that has to last: the stretches in which tickets were in it, taken from the ledger."""
    state = STATES[trigger.on[0]]
    begin = since - timedelta(minutes=trigger.after_minutes)
    changed = Event.objects.filter(
        name__in=[*state.begins, *state.ends], occurred_at__gte=begin, ticket__isnull=False
    )
    ids = list(changed.order_by().values_list("ticket_id", flat=True).distinct())
    ids.sort()
    return Plan(len(ids), look_at_spells(trigger, ids, begin, since))


def look_at_spells(trigger: Trigger, ids: list[int], begin: datetime, since: datetime) -> Iterator[Look]:
    holds = as_q(trigger.conditions)
    for at in range(0, len(ids), IN_A_LOOK):
        batch = ids[at : at + IN_A_LOOK]
        # All of the range, of which most are in the batch: so many numbers in a statement take longer than its answer.
        known = Ticket.objects.real().filter(holds, pk__range=(batch[0], batch[-1]), merged_into=None)
        departments = dict(known.values_list("id", "department_id"))
        fitting = {pk: departments[pk] for pk in batch if pk in departments}
        yield Look(len(batch), [hit for hit in fired_in(trigger, fitting, begin) if hit[1] >= since])


def fired_in(trigger: Trigger, departments: dict[int, int | None], begin: datetime) -> Iterator[Hit]:
    """When each of these tickets, with their departments, came of age in its state."""
    now, wait = clock.now(), timedelta(minutes=trigger.after_minutes)
    hours = hours_by_department(trigger, set(departments.values()))
    for ticket, began, ended in spells_of(trigger.on[0], set(departments), begin):
        until = ended or now
        if until - began < wait:
            continue
        calendar = hours[departments[ticket]]
        if calendar is None:
            yield ticket, began + wait
        elif lasted(began, until, calendar) >= wait.total_seconds():
            yield ticket, calendar.after(began, int(wait.total_seconds())) or until
