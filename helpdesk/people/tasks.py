"""The jobs about the team."""

from helpdesk.celery import app
from helpdesk.people.availability import end_due_absences
from helpdesk.people.duty import note_who_left


@app.task
def look_who_is_there() -> None:
    """Who left, and whose absence is over."""
    end_due_absences()
    note_who_left()
