"""Rows that take long to come about: made once in a process, copied in whenever a further test wants the same."""

from collections.abc import Callable

from django.core.cache import cache, caches
from django.db import connection

Table = tuple[str, str]  # its name, and its columns as SQL
# Of this transaction, and of those before it that the server has not yet added up elsewhere.
CHANGES = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


class KeptRows:
    """What `make` leaves in the database, and nothing else of it: neither jobs nor what a cache holds.

    For the first thing that a test writes, inside its transaction; later in it, all is done again. So it is on a server
    where we may not hold back the triggers, which have had their say when the rows came about.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make
        self.kept: dict[Table, bytes] = {}

    def bring(self) -> None:
        cache.clear()
        if has_written() or not may_hold_back_triggers():
            self.make()
        elif self.kept:
            self.copy_in()
            caches["process"].clear()
        else:
            before = changes()
            self.make()
            changed = [name for name, times in changes().items() if times != before.get(name, 0)]
            self.kept = {(name, columns := columns_of(name)): read(name, columns) for name in changed}

    def copy_in(self) -> None:
        """Numbers of rows stay those of the first time: their sequences have gone on from there, and never go back."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for (name, columns), rows in self.kept.items():
                cursor.execute(f'DELETE FROM "{name}"')
                with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN (FORMAT binary)') as copy:
                    copy.write(rows)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def has_written() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return cursor.fetchone()[0]


def may_hold_back_triggers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')::boolean")
        return cursor.fetchone()[0]


def changes() -> dict[str, int]:
    """How often each table was changed."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
        return dict(cursor.fetchall())


def columns_of(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [f'"{name}"'])
        return cursor.fetchone()[0]


def read(name: str, columns: str) -> bytes:
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{name}" ({columns}) TO STDOUT (FORMAT binary)') as copy,
    ):
        return b"".join(bytes(part) for part in copy)
