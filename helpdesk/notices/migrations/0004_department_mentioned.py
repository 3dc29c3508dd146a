from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_who_is_told_of_what_and_how")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("assignee", "the ticket is yours"),
                    ("mentioned", "a colleague named you in a note"),
                    ("department", "a colleague named your department in a note"),
                    ("member", "you are in the department that has it"),
                    ("everybody", "no department has it, and you asked for new tickets"),
                    ("admin", "you are an admin"),
                ],
                db_default="",
                max_length=12,
            ),
        ),
    ]
