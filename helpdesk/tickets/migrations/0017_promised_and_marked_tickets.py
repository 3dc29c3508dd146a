"""Until when a ticket's next promise is to be kept, and what is to be known of it before a machine says anything."""

from datetime import UTC, datetime

import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

AWAKE = Q(status__in=("new", "open", "pending", "on_hold"), is_spam=False, snoozed_until__isnull=True)
DUE_AT = Coalesce(F("due_at"), Value(datetime(9999, 1, 1, tzinfo=UTC)))


class Migration(migrations.Migration):
    atomic = False  # messages come in meanwhile

    dependencies = [("tickets", "0016_escalated_tickets")]

    operations = [
        migrations.AddField("ticket", "due_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "ticket",
            "marks",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        AddIndexConcurrently(
            "ticket", models.Index(DUE_AT, "id", name="ticket_awake_by_due", condition=AWAKE)
        ),
    ]
