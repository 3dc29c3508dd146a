from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("routing", "0014_bots_that_ask")]

    operations = [migrations.AddField("dryrun", "noted_at", models.DateTimeField(db_default=Now()))]
