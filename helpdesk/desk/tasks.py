"""Doors for the desk's jobs. The timetable is in helpdesk/celery.py."""

from datetime import timedelta

from helpdesk import clock
from helpdesk.celery import app
from helpdesk.desk.drafts import forgotten_drafts
from helpdesk.desk.models import Undo
from helpdesk.desk.spent import record_time_spent

KEPT = timedelta(days=1)


@app.task
def forget_undone() -> None:
    """What could be taken back once, and is not any more."""
    Undo.objects.filter(made_at__lt=clock.now() - KEPT).delete()


@app.task
def forget_drafts() -> None:
    forgotten_drafts().delete()


@app.task
def record_time() -> None:
    record_time_spent()
