from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inboxes", "0003_raw_by_bytes")]

    operations = [
        migrations.AlterField(
            model_name="inbox",
            name="kind",
            field=models.CharField(
                choices=[
                    ("email", "Email"),
                    ("webchat", "Chat widget"),
                    ("telegram", "Telegram"),
                    ("api", "API"),
                    ("phone", "Phone"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
