"""Doors for jobs: ids in, one verb called. The timetable is in helpdesk/celery.py."""

from helpdesk.celery import app
from helpdesk.events.actor import SYSTEM
from helpdesk.tickets import raw, silence
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


@app.task
def handle_raw(raw_id: int) -> None:
    raw.handle_raw(raw_id)


@app.task
def handle_forgotten() -> None:
    for raw_id in raw.forgotten_ids():
        handle_raw.delay(raw_id)


@app.task
def wake_due() -> None:
    for ticket in Ticket.objects.due_to_wake()[:500]:
        wake_ticket(ticket, by=SYSTEM, reason="due")


@app.task
def close_silent() -> None:
    silence.close_silent()
