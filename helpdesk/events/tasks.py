"""Telling LISTENERS_LATER. The row's `told_at` is the truth, the queue only a hint."""

import logging
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.events.models import Event

log = logging.getLogger(__name__)
# A listener that fails is told again after 30 seconds, then a minute, two ... the last time after 34 hours.
FIRST_WAIT = timedelta(seconds=30)
MOST_TELLINGS = 13


@app.task
def tell_later(event_id: int) -> None:
    """Tell every listener of one event; mark it told when all have heard."""
    event = Event.objects.filter(pk=event_id, told_at__isnull=True).first()
    if event is None:
        return
    failed = [path for path in settings.LISTENERS_LATER if not heard(path, event)]
    if not failed:
        Event.objects.filter(pk=event_id).update(told_at=clock.now())
    elif event.tellings >= MOST_TELLINGS:
        log.error("given up: %s has not reached %s", event, ", ".join(failed))


def heard(path: str, event: Event) -> bool:
    """Run one listener in its own transaction; False where it failed, so that the sweep tells it again."""
    try:
        with transaction.atomic():
            import_string(path)(event)
    except Exception:
        log.exception("%s failed on %s", path, event)
        return False
    return True


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
