from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_phone_calls")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="description",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
