"""Doors for jobs: ids in, one verb called. The timetable is in helpdesk/celery.py."""

from django.conf import settings

from helpdesk.celery import app
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.tickets import asking_surveys, copies, left_surveys, pile_counts, silence, trash, waiting
from helpdesk.tickets.actions import wake_ticket
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message, Ticket


@app.task
def deliver_message(message_id: int) -> None:
    deliver(message_id)


@app.task
def deliver_due() -> None:
    """Answers whose undo window or back-off is over, and those that a crash left behind."""
    due = Message.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)
    for message_id in list(due[:500]):
        deliver_message.delay(message_id)


# The soft limit lets the message be set aside; a process that does not even hear it is killed, and that is counted.
READING_LIMITS = {
    "soft_time_limit": settings.READING_SECONDS + waiting.SHIFT,
    "time_limit": settings.READING_SECONDS + waiting.SHIFT + 15,
}


@app.task(**READING_LIMITS)
def read_waiting() -> None:
    waiting.read_waiting()


@app.task(**READING_LIMITS)
def read_again(raw_id: int, *actor: str | int | None) -> None:
    """`actor`: kind, id and name of who asked for it; the sweep names nobody."""
    waiting.read_again(raw_id, by=Actor(*actor) if actor else SYSTEM)


@app.task
def read_forgotten() -> None:
    for raw_id in waiting.find_forgotten():
        read_again.delay(raw_id)


@app.task
def wake_due() -> None:
    for ticket in Ticket.objects.real().due_to_wake()[:500]:
        wake_ticket(ticket, by=SYSTEM, reason="due")


@app.task
def mail_unread_answers() -> None:
    copies.mail_unread()
    left_surveys.mail_left_surveys()


@app.task
def empty_trash() -> None:
    trash.empty_trash()


@app.task
def close_silent() -> None:
    silence.close_silent()


@app.task(ignore_result=True, expires=30)
def fold_pile_counts() -> None:
    pile_counts.fold_counts()


@app.task
def check_pile_counts() -> None:
    """What differs is put right and logged as an error."""
    pile_counts.repair_counts()


@app.task
def send_due_surveys() -> None:
    asking_surveys.send_due_surveys()
