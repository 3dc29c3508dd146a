"""How far the ledger is complete. Ids are given out before the commit, so a lower one may become visible after a higher:
whoever goes on from the highest they have seen would never hear of it."""

from datetime import timedelta

from django.db import connection

from helpdesk import clock

LATE_WITHIN = timedelta(seconds=30)  # so long a missing number may be a fact of a transaction that is running
LOOKED_AT = 5_000  # the newest rows
LAST_BEFORE_A_GAP = """
    SELECT min(before) FROM (
        SELECT id, recorded_at, lag(id) OVER (ORDER BY id) AS before
        FROM (SELECT id, recorded_at FROM events_event ORDER BY id DESC LIMIT %s) newest
    ) numbered WHERE id > before + 1 AND recorded_at > %s"""


def complete_up_to() -> int | None:
    """The id up to which nothing can come in any more; None where that holds for all there is."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_BEFORE_A_GAP, [LOOKED_AT, clock.now() - LATE_WITHIN])
        return cursor.fetchone()[0]
