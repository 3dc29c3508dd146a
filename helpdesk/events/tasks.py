"""Telling LISTENERS_LATER. The row's `told_at` is the truth, the queue only a hint."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.events.models import Event

log = logging.getLogger(__name__)
MOST_TELLINGS = 20


@app.task
def tell_later(event_id: int) -> None:
    """Tell every listener of one event; mark it told when all have heard."""
    event = Event.objects.filter(pk=event_id, told_at__isnull=True).first()
    if event is None:
        return
    failed = [path for path in settings.LISTENERS_LATER if not heard(path, event)]
    if not failed:
        Event.objects.filter(pk=event_id).update(told_at=clock.now())


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
    late = clock.now() - timedelta(seconds=30)
    forgotten = Event.objects.filter(told_at__isnull=True, recorded_at__lt=late, tellings__lt=MOST_TELLINGS)
    for event_id in list(forgotten.order_by("recorded_at").values_list("pk", flat=True)[:500]):
        Event.objects.filter(pk=event_id).update(tellings=F("tellings") + 1)
        tell_later.delay(event_id)
