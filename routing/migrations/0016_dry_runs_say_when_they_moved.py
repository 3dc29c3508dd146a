from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("routing", "0015_assignment_rules_without_changed_at")]

    operations = [migrations.AddField("dryrun", "noted_at", models.DateTimeField(db_default=Now()))]
