"""Doors for the desk's jobs. The timetable is in helpdesk/celery.py."""

from datetime import timedelta

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.desk.models import Undo

KEPT = timedelta(days=1)


@app.task
def forget_undone() -> None:
    """What could be taken back once, and is not any more."""
    Undo.objects.filter(made_at__lt=clock.now() - KEPT).delete()
