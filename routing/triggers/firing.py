"""Firing a trigger: its actions one by one, and the row that says what came of each."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.conditions import Case, explain
from helpdesk.errors import HelpdeskError, Skipped
from helpdesk.events.actor import Actor
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify_admins
from helpdesk.people.contacts import lock_contact
from routing.models import Trigger, TriggerRun
from routing.triggers.actions import find_action

log = logging.getLogger(__name__)
# Of one ticket. What goes beyond is no rule that sorts, but one that turns in a circle with another program.
MOST_AN_HOUR = 200
Outcome = TriggerRun.Outcome


def fire(
    trigger: Trigger, case: Case, *, moment: str = "", since: datetime | None = None
) -> TriggerRun | None:
    """Do the actions and write down what came of each. None where this event, or the state that has lasted `since` then,
    has fired it before, where it fires once for a ticket and has, or where the ticket has been acted on too often.

    The contact is locked before the ticket, as in `receive`: two who lock in one order can't block each other.
    """
    lock_contact(case.ticket.contact_id)
    if trigger.once_per_ticket and trigger.runs.filter(ticket=case.ticket).exists():
        return None
    recent = count_recent(case)
    if recent > MOST_AN_HOUR:
        return None
    run = begin_run(trigger, case, moment=moment, since=since)
    if run is None:
        return None
    if recent == MOST_AN_HOUR:
        hold(run)
    else:
        take_steps(run, trigger, case)
    run.save(update_fields=["steps", "outcome"])
    return run


def count_recent(case: Case) -> int:
    within = TriggerRun.objects.filter(ticket=case.ticket, ran_at__gt=clock.now() - timedelta(hours=1))
    return within[: MOST_AN_HOUR + 1].count()


def begin_run(trigger: Trigger, case: Case, *, moment: str, since: datetime | None) -> TriggerRun | None:
    """The row comes first: its unique key makes a second telling wait for the first, and then stop."""
    try:
        with transaction.atomic():
            return TriggerRun.objects.create(
                trigger=trigger,
                trigger_name=trigger.name,
                version=trigger.version,
                moment=moment or (case.event.name if case.event else ""),
                event=case.event,
                since=since,
                ticket=case.ticket,
                conditions=[list(each) for each in explain(trigger.conditions, case)],
                ran_at=clock.now(),
            )
    except IntegrityError:
        return None


def hold(run: TriggerRun) -> None:
    """Nothing is done any more on this ticket within the hour; the admins are told once of it."""
    run.outcome = Outcome.HELD
    notify_admins(
        Notice.Kind.AUTOMATION,
        key=f"triggers-held:{run.ticket_id}",
        title=format_lazy(
            gettext_lazy("Triggers have stopped on {ticket}: they fired {count} times within an hour"),
            ticket=str(run.ticket),
            count=MOST_AN_HOUR,
        ),
        url=f"/settings/triggers/log/?ticket={run.ticket_id}",
        ticket_id=run.ticket_id,
        renews=True,
    )


def take_steps(run: TriggerRun, trigger: Trigger, case: Case) -> None:
    by = Actor.trigger(trigger)
    run.steps = [take_step(step, case, by) for step in trigger.actions]
    run.outcome = outcome_of(run.steps)


def outcome_of(steps: list[dict[str, Any]]) -> str:
    undone = [step for step in steps if step["error"]]
    if not undone:
        return Outcome.DONE
    if len(undone) < len(steps):
        return Outcome.PARTLY
    return Outcome.SKIPPED if all(step["skipped"] for step in undone) else Outcome.FAILED


def take_step(step: dict[str, Any], case: Case, by: Actor) -> dict[str, Any]:
    """One action in its own savepoint: where it is refused the others still happen, and the log says why."""
    do, value = str(step.get("do", "")), str(step.get("value", ""))
    action = find_action(do)
    if action is None:
        return {"do": do, "value": value, "error": _("There is no such action."), "skipped": False}
    is_skipped = False
    try:
        with transaction.atomic():
            error = action.do(case, value, by) or ""
    except HelpdeskError as refusal:
        error, is_skipped = str(refusal), isinstance(refusal, Skipped)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the whole event is told again
    except Exception as fault:
        log.exception("trigger %s, action %s, ticket %s", by.id, step, case.ticket.pk)
        error = _("A fault of the helpdesk: %(kind)s. See the log.") % {"kind": type(fault).__name__}
    return {"do": do, "value": value, "error": error, "skipped": is_skipped}
