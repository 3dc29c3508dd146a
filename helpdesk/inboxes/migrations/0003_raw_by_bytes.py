from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table is large where a helpdesk has run for a year, and mail comes in meanwhile

    dependencies = [("inboxes", "0002_initial")]

    operations = [
        AddIndexConcurrently("rawmessage", models.Index(fields=["inbox", "digest"], name="raw_by_bytes")),
    ]
