"""Putting many rows into PostgreSQL at once. COPY is several times faster than INSERT, and lets the past be past:
`auto_now_add` would date every row of the history today."""

from collections.abc import Sequence

from django.db import connection, models


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """So many fresh ids of the table's own sequence, rising."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def give_back_ids(model: type[models.Model]) -> None:
    """Let the sequence go on after the last row, where more ids were taken than used."""
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])


def copy_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Store new rows, ids set. Every field goes in as it stands; no signal, no auto_now_add.

    The planner hears of them at once: where it takes the table for empty still, what the next fillers ask takes seconds.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([prepared(field, getattr(row, field.attname)) for field in fields])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def prepared(field: models.Field, value: object) -> object:
    """psycopg takes everything as it is but for JSON, which it could not tell from an array."""
    return field.get_db_prep_save(value, connection) if isinstance(value, dict) else value
