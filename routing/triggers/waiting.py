"""Triggers that wait for time: a job looks every half minute for what has lasted long enough by now.

It reads no table from end to end. What becomes old enough lies in a stretch of the ledger that moves on with the clock: the
facts that may begin the state, as old as the trigger waits. And what has happened since the last look names the tickets
that may fit only now. Each is then asked exactly: since when is it in this state, and do the conditions hold?
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from helpdesk import clock
from helpdesk.conditions import compile_group
from helpdesk.conditions.cases import cases_of_tickets
from helpdesk.events.models import Event
from helpdesk.events.settled import complete_up_to
from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.models import Ticket
from routing.hours import Hours, hours_of
from routing.models import BusinessHours, Department, Trigger, TriggerRun, TriggerSweep
from routing.triggers.firing import fire
from routing.triggers.states import STATES, State

log = logging.getLogger(__name__)
AT_ONCE = 20_000  # facts in one look of one trigger; the next look goes on from there
IN_A_BATCH = 300
# Facts of a transaction that took its time come in after the look that should have seen them.
ONCE_MORE = timedelta(minutes=2)
FURTHEST_BACK = timedelta(days=400)


def sweep_all() -> int:
    """Look once for every trigger that waits and is on; how many fired. Where one can't be looked at, its mark stays where it
    was, and the others are looked at all the same."""
    until, fired = newest_event(), 0
    for trigger in Trigger.objects.filter(is_active=True, after_minutes__isnull=False):
        try:
            fired += sweep(trigger, until_event=until)
        except Exception:
            log.exception("looking for what the trigger %s waits for failed", trigger.pk)
    return fired


def newest_event() -> int:
    """Up to which id the ledger is complete."""
    complete = complete_up_to()
    if complete is not None:
        return complete
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def sweep(trigger: Trigger, *, until_event: int) -> int:
    """One look; how many fired. Two jobs that look at the same moment fire once: each firing is held by its row. A job that
    dies has moved no mark, and the next one looks again."""
    state = STATES[trigger.on[0]]
    now = clock.now()
    mark, _is_new = TriggerSweep.objects.get_or_create(
        trigger=trigger, defaults={"seen_event": until_event, "swept_at": now}
    )
    ids, marks = due_ids(trigger, state, mark.marks)
    touched, seen = touched_ids(mark.seen_event, until_event)
    wanted = sorted(ids | touched)
    batches = (wanted[at : at + IN_A_BATCH] for at in range(0, len(wanted), IN_A_BATCH))
    fired = sum(look_at(trigger, state, batch) for batch in batches)
    TriggerSweep.objects.filter(pk=mark.pk).update(marks=marks, seen_event=seen, swept_at=now)
    return fired


def touched_ids(seen: int, until: int) -> tuple[set[int], int]:
    """Tickets that something happened to after the fact `seen`, and up to which fact that is."""
    facts = Event.objects.filter(id__gt=seen, id__lte=until).order_by("id")
    rows = list(facts.values_list("id", "ticket_id")[:AT_ONCE])
    ids = {ticket for _id, ticket in rows if ticket}
    return ids, rows[-1][0] if len(rows) == AT_ONCE else max(seen, until)


def due_ids(trigger: Trigger, state: State, marks: Mapping[str, str]) -> tuple[set[int], dict[str, str]]:
    """Tickets of the stretches that have become old enough since the marks, and the new marks: one stretch for each
    calendar in use, as a quarter of an hour of one may be a night of another."""
    found: set[int] = set()
    reached: dict[str, str] = {}
    for key, hours in calendars_of(trigger):
        until = moment_before(clock.now(), trigger.after_minutes * 60, hours)
        begun = marks.get(key)
        if begun:
            since = datetime.fromisoformat(begun)
        else:
            since = moment_before(trigger.counts_from or clock.now(), trigger.after_minutes * 60, hours)
        ids, until = ids_between(state, since - ONCE_MORE, until)
        found |= ids
        reached[key] = max(until.isoformat(), begun or "")
    return found, reached


def ids_between(state: State, since: datetime, until: datetime) -> tuple[set[int], datetime]:
    facts = Event.objects.filter(
        name__in=state.begins, occurred_at__gte=since, occurred_at__lte=until, ticket__isnull=False
    )
    rows = list(facts.order_by("occurred_at").values_list("ticket_id", "occurred_at")[:AT_ONCE])
    reached = rows[-1][1] + ONCE_MORE if len(rows) == AT_ONCE else until
    return {ticket for ticket, _at in rows}, reached


def calendars_of(trigger: Trigger) -> Iterator[tuple[str, Hours | None]]:
    """(key, hours) of what it may reckon with: nothing but the clock on the wall, or every schedule in use."""
    if trigger.clock == Trigger.Clock.WALL:
        yield "", None
        return
    used = Department.objects.filter(is_active=True, hours__isnull=False).values_list("hours_id", "id")
    for hours_id, department_id in dict(used).items():
        yield str(hours_id), hours_of(department_id)
    default = BusinessHours.objects.filter(is_default=True).values_list("id", flat=True).first()
    yield str(default or ""), hours_of(None)


def moment_before(end: datetime, seconds: int, hours: Hours | None) -> datetime:
    """The latest moment from which so many seconds have passed until `end`, inside the hours where there are any; with
    hours, up to a second after it."""
    latest = end - timedelta(seconds=seconds)
    if hours is None:
        return latest
    back = timedelta(seconds=2 * seconds, days=4)
    while back < FURTHEST_BACK and hours.seconds(end - back, end) < seconds:
        back *= 2
    earliest = end - back
    while latest - earliest > timedelta(seconds=1):
        middle = earliest + (latest - earliest) / 2
        if hours.seconds(middle, end) >= seconds:
            earliest = middle
        else:
            latest = middle
    return latest


def look_at(trigger: Trigger, state: State, ticket_ids: Iterable[int]) -> int:
    """Fire on those that have been long enough in this state, not before the trigger counted, and fit; how many."""
    known = Ticket.objects.real().filter(pk__in=ticket_ids, merged_into=None)
    tickets = list(known.select_related("contact__company", "inbox", "department"))
    began = state.since(tickets)
    hours = hours_by_department(trigger, {ticket.department_id for ticket in tickets})
    old_enough = [
        ticket
        for ticket in tickets
        if ticket.pk in began and has_come_of_age(trigger, began[ticket.pk], hours[ticket.department_id])
    ]
    fired_before = set(
        TriggerRun.objects.filter(trigger=trigger, ticket__in=old_enough).values_list("ticket_id", "since")
    )
    fresh = [ticket for ticket in old_enough if (ticket.pk, began[ticket.pk]) not in fired_before]
    holds = compile_group(trigger.conditions)
    fitting = [case.ticket for case in cases_of_tickets(fresh) if holds(case)] if fresh else []
    return sum(fire_if_still_so(trigger, state, ticket.pk, began[ticket.pk]) for ticket in fitting)


def hours_by_department(trigger: Trigger, departments: set[int | None]) -> dict[int | None, Hours | None]:
    is_office = trigger.clock == Trigger.Clock.OFFICE
    return {department: hours_of(department) if is_office else None for department in departments}


def has_come_of_age(trigger: Trigger, began: datetime, hours: Hours | None) -> bool:
    """Long enough by now, and not already when the trigger was written or switched on."""
    wanted = trigger.after_minutes * 60
    if lasted(began, clock.now(), hours) < wanted:
        return False
    return trigger.counts_from is None or lasted(began, trigger.counts_from, hours) < wanted


def lasted(began: datetime, until: datetime, hours: Hours | None) -> float:
    return hours.seconds(began, until) if hours else (until - began).total_seconds()


@transaction.atomic
def fire_if_still_so(trigger: Trigger, state: State, ticket_id: int, began: datetime) -> bool:
    """Asked once more with the customer locked: somebody may have answered in this moment."""
    ticket = Ticket.objects.select_related("contact__company", "inbox", "department").get(pk=ticket_id)
    lock_contact(ticket.contact_id)
    ticket = Ticket.objects.select_related("contact__company", "inbox", "department").get(pk=ticket_id)
    [case] = cases_of_tickets([ticket])
    if state.since([ticket]).get(ticket_id) != began or not compile_group(trigger.conditions)(case):
        return False
    return fire(trigger, case, moment=state.key, since=began) is not None


def forget_marks(trigger: Any) -> None:
    """It was changed, or switched on again: it counts from now."""
    TriggerSweep.objects.filter(trigger=trigger).delete()
