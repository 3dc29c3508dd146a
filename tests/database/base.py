"""A test that commits leaves rows in a few of some hundred tables. Truncating all of them makes five files of each anew."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations

from tests.kept_rows import may_hold_back_triggers

# What migrating puts there: emptied, it would be looked for and written again each time.
KEPT = {"django_content_type", "auth_permission"}
# A row for all rules, by which a process knows that they changed; truncating their tables would have renewed it.
STAMP = "routing_rulestamp"
ANEW = f"INSERT INTO {STAMP} (id, version) VALUES (1, gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET version = excluded.version"


class DatabaseOperations(PostgresOperations):
    def sql_flush(
        self, style: Any, tables: list[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        if reset_sequences or not tables or not may_hold_back_triggers():
            return super().sql_flush(
                style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
            )
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {self.quote_name(table)}" for table in self.filled(set(tables) - KEPT - {STAMP})),
            "SET LOCAL session_replication_role = DEFAULT",
            ANEW,
        ]

    def filled(self, tables: set[str]) -> list[str]:
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {self.quote_name(table)})" for table in tables
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            return [table for (table,) in cursor.fetchall()]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
