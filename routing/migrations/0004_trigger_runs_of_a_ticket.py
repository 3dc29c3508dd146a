from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The log of one ticket, and how often it was acted on within the hour."""

    atomic = False
    dependencies = [("routing", "0003_triggers_wait_versions_webhooks")]

    operations = [
        AddIndexConcurrently(
            model_name="triggerrun",
            index=models.Index(fields=["ticket", "-ran_at", "-id"], name="run_of_ticket"),
        ),
    ]
