"""Doors for jobs. The timetable is in helpdesk/celery.py."""

from helpdesk.celery import app
from helpdesk.notices import mailing


@app.task
def mail_due() -> None:
    mailing.mail_due()
