"""What the lists by waiting, by priority and of everything walk along, and who was mentioned until now."""

from datetime import UTC, datetime

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

AWAKE = Q(status__in=("new", "open", "pending", "on_hold"), is_spam=False, snoozed_until__isnull=True)
WAITING_SINCE = Coalesce(F("waiting_since"), Value(datetime(9999, 1, 1, tzinfo=UTC)))

# Those mentioned until now stand in the ledger alone.
MENTIONS = """
    INSERT INTO tickets_mention (user_id, ticket_id, message_id)
    SELECT mentioned.id::bigint, event.ticket_id, max((event.data ->> 'message')::bigint)
    FROM events_event AS event, jsonb_array_elements_text(event.data -> 'mentions') AS mentioned(id)
    WHERE event.name = 'message.noted' AND event.data -> 'mentions' <> '[]'
        AND EXISTS (SELECT 1 FROM tickets_ticket WHERE id = event.ticket_id)
        AND EXISTS (SELECT 1 FROM people_user WHERE id = mentioned.id::bigint)
    GROUP BY 1, 2 ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    atomic = False  # messages come in meanwhile

    dependencies = [("tickets", "0011_trash_and_mentions")]

    operations = [
        # Not with the table: that locks the tickets, and the ledger is long.
        migrations.RunSQL(MENTIONS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            "ticket",
            models.Index(fields=["trashed_at"], name="ticket_trash", condition=Q(trashed_at__isnull=False)),
        ),
        AddIndexConcurrently(
            "ticket", models.Index(F("last_message_at").desc(), F("id").desc(), name="ticket_newest_message")
        ),
        AddIndexConcurrently(
            "ticket", models.Index(WAITING_SINCE, "id", name="ticket_awake_by_waiting", condition=AWAKE)
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                F("priority").desc(),
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake_by_priority",
                condition=AWAKE,
            ),
        ),
    ]
