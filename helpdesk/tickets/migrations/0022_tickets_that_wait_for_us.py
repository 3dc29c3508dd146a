from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

UNFINISHED = ("new", "open", "pending", "on_hold")


class Migration(migrations.Migration):
    atomic = False  # messages come in meanwhile

    dependencies = [("tickets", "0021_words_in_plain_letters")]

    operations = [
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["department", "waiting_since", "id"],
                include=["assignee", "channel", "status", "first_replied_at"],
                name="ticket_waits_for_us",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True)
                & Q(trashed_at__isnull=True, waiting_since__isnull=False),
            ),
        )
    ]
