"""Who waits for a lock, in this test's database: another one on the same server is that of other tests."""

from time import monotonic

from django.db import connection

# A transaction's own lock, for which one waits, belongs to no database; whoever waits holds others that do.
WAITING = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE NOT granted AND pid IN (
        SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
)
"""


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


def wait_until_somebody_waits(seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not somebody_waits():
        assert monotonic() < end, "nobody waits for a lock"
