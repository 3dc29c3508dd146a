"""The funnel's jobs; helpdesk/celery.py says when."""

from time import monotonic

from django.core.cache import cache

from funnel.tallies.editions import building_edition
from funnel.tallies.refresh import refresh as refresh_funnel
from helpdesk import clock
from helpdesk.celery import app

RESTS = "funnel:rests"
OLDEST = 40  # seconds; what is begun after that is done before a report is a minute old


@app.task(expires=20)
def refresh() -> None:
    """One that came late is none: the next is due already. Where a refresh takes long, some are left out."""
    if cache.get(RESTS):
        return
    began = monotonic()
    refresh_funnel(clock.now())
    if building_edition() is None:
        cache.set(RESTS, True, rest_after(monotonic() - began))


def rest_after(seconds: float) -> int:
    """How many seconds to let others work after so many of one's own: four times as many, as long as nobody waits."""
    return max(0, int(min(4 * seconds, OLDEST - seconds)))
