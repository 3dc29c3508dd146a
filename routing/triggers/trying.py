"""The dry run: what a trigger would have done, without doing it."""

from dataclasses import dataclass

from helpdesk.events.models import Event
from routing.models import Trigger
from routing.triggers.matching import matches
from routing.triggers.moments import is_heard
from routing.triggers.occasions import Occasion, occasions_of

LAST = 500


@dataclass(frozen=True)
class Trial:
    looked_at: int
    hits: list[Occasion]  # newest first


def try_trigger(trigger: Trigger, *, last: int = LAST) -> Trial:
    """Hold the trigger, saved or not, against the last events it listens to. Words and senders are as they
    came; department, tags, priority and status are those the tickets have now."""
    told = Event.objects.filter(name__in=trigger.on, ticket__isnull=False).exclude(actor_kind="trigger")
    newest = told.order_by("-occurred_at", "-id")[:last]
    occasions = occasions_of(event for event in newest if is_heard(event))
    real = [occasion for occasion in occasions if occasion.ticket.is_real]
    return Trial(len(real), [occasion for occasion in real if matches(trigger, occasion)])
