"""What the lists by waiting, by priority and of everything walk along."""

from datetime import UTC, datetime

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

AWAKE = Q(status__in=("new", "open", "pending", "on_hold"), is_spam=False, snoozed_until__isnull=True)
WAITING_SINCE = Coalesce(F("waiting_since"), Value(datetime(9999, 1, 1, tzinfo=UTC)))


class Migration(migrations.Migration):
    atomic = False  # messages come in meanwhile

    dependencies = [("tickets", "0011_trash_and_mentions")]

    operations = [
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
