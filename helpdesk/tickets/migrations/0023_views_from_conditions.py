from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0022_tickets_that_wait_for_us")]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="conditions",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="conditions"),
        ),
        migrations.AlterField(
            model_name="savedview",
            name="query",
            field=models.CharField(blank=True, max_length=200, verbose_name="filter"),
        ),
    ]
