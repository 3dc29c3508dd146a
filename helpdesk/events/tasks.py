"""The jobs of telling. The row's `told_at` is the truth, the queue only a hint."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.events.models import Event
from helpdesk.events.telling import MOST_TELLINGS, tell_listeners, telling_here

# A listener that fails is told again after 30 seconds, then a minute, two ... the last time after 34 hours.
FIRST_WAIT = timedelta(seconds=30)


@app.task
def tell_later(*event_ids: int) -> None:
    """Tell every listener of these events, as far as nobody has before."""
    with telling_here():
        tell_listeners(Event.objects.filter(pk__in=event_ids, told_at__isnull=True).order_by("pk"))


@app.task
def tell_forgotten() -> None:
    """Queue again what a crash, an absent broker or a failing listener left untold."""
    for event in forgotten()[:500]:
        Event.objects.filter(pk=event.pk).update(tellings=F("tellings") + 1)
        tell_later.delay(event.pk)


def forgotten() -> QuerySet[Event]:
    """Untold events that are due again, each after twice the wait before; after MOST_TELLINGS none."""
    now = clock.now()
    due = [Q(tellings=told, recorded_at__lt=now - FIRST_WAIT * 2**told) for told in range(MOST_TELLINGS)]
    return Event.objects.filter(reduce(or_, due), told_at__isnull=True).order_by("recorded_at")
