"""Listening and firing. A trigger fires once for an event; what a trigger did never fires another."""

import logging
from collections.abc import Iterable

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.people.contacts import lock_contact
from routing.models import Trigger, TriggerRun
from routing.triggers.actions import ACTIONS
from routing.triggers.matching import matches
from routing.triggers.moments import MOMENTS, is_heard
from routing.triggers.occasions import Occasion, occasion_of

log = logging.getLogger(__name__)


def moments_listened_to() -> set[str]:
    """The facts that any trigger which is on listens to."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT unnest("on") FROM routing_trigger WHERE is_active')
        return {name for (name,) in cursor.fetchall()}


@hears(*MOMENTS, now=moments_listened_to)
def on_event(event: Event) -> None:
    """Listener: fire what listens to this event, in the order of the list, each on what the ones before left."""
    if not is_heard(event):
        return
    if triggers := list(Trigger.objects.filter(is_active=True, on__contains=[event.name])):
        fire_all(triggers, event)


@transaction.atomic
def fire_all(triggers: Iterable[Trigger], event: Event) -> None:
    occasion = occasion_of(event)
    for trigger in triggers:
        if occasion is None or not occasion.ticket.is_real:
            return
        if matches(trigger, occasion) and fire(trigger, occasion):
            occasion = occasion_of(event)


def fire(trigger: Trigger, occasion: Occasion) -> TriggerRun | None:
    """Do the actions and write down what came of each. None where this event has fired it before.

    The contact is locked before the ticket, as in `receive`: two who lock in one order can't block each other.
    """
    lock_contact(occasion.ticket.contact_id)
    run = begin_run(trigger, occasion)
    if run is None:
        return None
    by = Actor.trigger(trigger)
    run.steps = [take_step(step, occasion, by) for step in trigger.actions]
    failed = sum(bool(step["error"]) for step in run.steps)
    if failed:
        all_failed = failed == len(run.steps)
        run.outcome = TriggerRun.Outcome.FAILED if all_failed else TriggerRun.Outcome.PARTLY
    run.save(update_fields=["steps", "outcome"])
    return run


def begin_run(trigger: Trigger, occasion: Occasion) -> TriggerRun | None:
    """The row comes first: its unique key makes a second telling wait for the first, and then stop."""
    try:
        with transaction.atomic():
            return TriggerRun.objects.create(
                trigger=trigger,
                trigger_name=trigger.name,
                event=occasion.event,
                ticket=occasion.ticket,
                ran_at=clock.now(),
            )
    except IntegrityError:
        return None


def take_step(step: dict, occasion: Occasion, by: Actor) -> dict:
    """One action in its own savepoint: where it is refused the others still happen, and the log says why."""
    value = str(step.get("value", ""))
    try:
        with transaction.atomic():
            error = ACTIONS[step["do"]].do(occasion, value, by) or ""
    except HelpdeskError as refusal:
        error = str(refusal)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the whole event is told again
    except Exception as fault:
        log.exception("trigger %s, action %s, ticket %s", by.id, step, occasion.ticket.pk)
        error = _("A fault of the helpdesk: %(kind)s. See the log.") % {"kind": type(fault).__name__}
    return {"do": step["do"], "value": value, "error": error}
