"""Since when and why a ticket waits for a person to look at it. Of a default kept by the database no row is written anew."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0015_pictures_described")]

    operations = [
        migrations.AddField("ticket", "escalated_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "ticket",
            "escalation_reason",
            models.CharField(
                blank=True,
                choices=[
                    ("no_rule", "No rule took it"),
                    ("nobody", "Nobody could take it"),
                    ("late", "It waited too long"),
                    ("asked", "Somebody asked for help"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["escalated_at"], name="ticket_escalated", condition=Q(escalated_at__isnull=False)
            ),
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["department", "id"],
                name="ticket_unassigned",
                condition=Q(
                    assignee__isnull=True, status__in=("new", "open", "pending", "on_hold"), is_spam=False
                )
                & Q(snoozed_until__isnull=True, queued_at__isnull=False),
            ),
        ),
    ]
