from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proactive", "0001_messages_before_a_visitor"),
    ]

    operations = [
        migrations.AddField(
            model_name="proactivemessage",
            name="goal_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nothing: opened and answered are enough"),
                    ("page", "come to a page whose address contains"),
                    ("event", "do what the site tracks as"),
                ],
                db_default="",
                default="",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="proactivemessage",
            name="goal",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="proactivemessage",
            name="goal_hours",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.AddField(
            model_name="proactivesending",
            name="goal_at",
            field=models.DateTimeField(null=True),
        ),
    ]
