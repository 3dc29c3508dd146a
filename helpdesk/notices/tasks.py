"""Doors for jobs. The timetable is in helpdesk/celery.py."""

from helpdesk.celery import app
from helpdesk.notices import mailing, pushing


@app.task
def mail_due() -> None:
    mailing.mail_due()


@app.task
def send_push(push_id: int) -> None:
    pushing.send_push(push_id)


@app.task
def send_due_pushes() -> None:
    for push_id in pushing.due_pushes():
        send_push.delay(push_id)


@app.task
def forget_old_pushes() -> None:
    pushing.forget_old_pushes()
