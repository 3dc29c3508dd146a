"""A trash, and who was mentioned where."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
    dependencies = [
        ("events", "0003_recorded_brin"),
        ("tickets", "0010_words_to_search_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("ticket", "trashed_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.BigIntegerField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "ticket"), name="mentioned_once")],
            },
        ),
        migrations.RunSQL(MENTIONS, migrations.RunSQL.noop),
    ]
