"""The funnel's jobs; helpdesk/celery.py says when."""

from funnel.tallies.refresh import refresh as refresh_funnel
from helpdesk import clock
from helpdesk.celery import app


@app.task(expires=20)
def refresh() -> None:
    """One that came late is none: the next is due already."""
    refresh_funnel(clock.now())
