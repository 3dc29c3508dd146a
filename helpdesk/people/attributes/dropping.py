"""Taking away what is known under a key, of everybody."""

from django.db import connection

from helpdesk.people.attributes.definitions import CARRIERS

AT_ONCE = 2000  # rows held at a time: meanwhile mail comes in
DROP = """
WITH batch AS (
    SELECT id FROM {table} WHERE id > %(after)s
    AND (attributes ? %(key)s OR attributes->'claims' ? %(key)s) ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE
), dropped AS (
    UPDATE {table} carrier SET attributes = (attributes - %(key)s) #- ARRAY['claims', %(key)s]
    FROM batch WHERE carrier.id = batch.id RETURNING carrier.id
) SELECT count(*), max(id) FROM dropped"""


def drop_values(of: str, key: str) -> int:
    """Forget the values of everybody, also those that a site said without a proof. Returns of how many. Each batch is a
    transaction of its own; done again it goes on."""
    query = DROP.format(table=CARRIERS[of]._meta.db_table)
    total, after = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, {"after": after, "key": key, "most": AT_ONCE})
            count, newest = cursor.fetchone()
        total += count
        if count < AT_ONCE:
            return total
        after = newest
