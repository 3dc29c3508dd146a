from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0012_thresholds_and_high_load")]

    operations = [
        migrations.AlterField(
            "webhookcall",
            "ticket",
            models.ForeignKey("tickets.Ticket", models.CASCADE, null=True, related_name="+"),
        ),
    ]
