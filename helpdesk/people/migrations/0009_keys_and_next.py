from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_words_to_search_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="after_closing",
            field=models.CharField(
                choices=[("next", "Open the next ticket of the list"), ("stay", "Stay on the ticket")],
                db_default="next",
                default="next",
                max_length=4,
                verbose_name="after closing a ticket",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="keys",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="user",
            name="uses_letters",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="use single letters as shortcuts"
            ),
        ),
    ]
