"""What triggers do in the demo shop: two that wait for time, and a few firings on tickets that are still open, so that the log has
something to say. Filling twice changes nothing."""

from helpdesk.conditions import cases_of
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.models import Trigger, TriggerRun
from routing.triggers.listening import fire_fitting
from routing.triggers.saving import save_trigger
from routing.triggers.starters import trigger_from

WAITING = ("late", "solved")  # of the usual ten
LOOKED_AT = 60


def fill_waiting_triggers() -> None:
    """Needs the triggers that sort, which come before them."""
    for key in WAITING:
        trigger = trigger_from(key)
        if not Trigger.objects.filter(name=trigger.name).exists():
            save_trigger(trigger)


def fill_firings() -> None:
    """As if the newest open tickets had come in while the triggers were on. Needs the tickets of the history."""
    if TriggerRun.objects.exists():
        return
    newest = Ticket.objects.unfinished().order_by("-created_at")[:LOOKED_AT]
    created = Event.objects.filter(
        name=names.TICKET_CREATED, ticket__in=list(newest.values_list("pk", flat=True))
    )
    for case in cases_of(created.order_by("occurred_at")):
        fire_fitting(case)
