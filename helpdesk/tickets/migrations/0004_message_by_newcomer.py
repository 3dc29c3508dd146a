from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_undo_window_and_delivery_search")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="is_by_newcomer",
            field=models.BooleanField(default=False),
        ),
    ]
