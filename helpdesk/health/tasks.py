from helpdesk.celery import app
from helpdesk.health.heartbeat import note_heartbeat


@app.task(ignore_result=True, expires=30)
def beat() -> None:
    """A job that came late is no sign of life, so it expires in the queue."""
    note_heartbeat()
