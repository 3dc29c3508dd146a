"""What was left alone on purpose is told apart from what went wrong; the column stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0015_dry_runs_say_when_they_moved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="triggerrun",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("done", "done"),
                    ("partly", "partly done"),
                    ("failed", "not done"),
                    ("held", "stopped"),
                    ("skipped", "skipped"),
                ],
                default="done",
                max_length=8,
            ),
        ),
    ]
